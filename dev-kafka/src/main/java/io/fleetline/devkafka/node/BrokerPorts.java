package io.fleetline.devkafka.node;

/**
 * Where a broker listens on 127.0.0.1.
 *
 * @param client for clients and other brokers
 * @param controller for other controllers
 */
public record BrokerPorts(int client, int controller) {}
