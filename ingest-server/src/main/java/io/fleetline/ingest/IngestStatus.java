package io.fleetline.ingest;

import java.time.Duration;

/**
 * What a node is doing, at one moment.
 *
 * @param devicesConnected how many devices are connected
 * @param itemsAcknowledged how many items it has acknowledged since it started
 * @param ackLatencyP50 from the arrival of an item to its acknowledgement: half of the acks of the last minutes took no longer
 * @param ackLatencyP99 the same for 99 of 100
 * @param budgetUsedBytes how many bytes are on their way to Kafka
 */
public record IngestStatus(
        int devicesConnected,
        long itemsAcknowledged,
        Duration ackLatencyP50,
        Duration ackLatencyP99,
        long budgetUsedBytes) {}
