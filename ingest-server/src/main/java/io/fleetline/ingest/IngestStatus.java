package io.fleetline.ingest;

import java.time.Duration;
import java.util.Optional;

/**
 * What a node is doing, at one moment.
 *
 * @param devicesConnected how many devices are connected
 * @param itemsAcknowledged how many items it has acknowledged since it started
 * @param ackLatencyP50 from the arrival of an item to its acknowledgement: half of the acks of the last minutes took no longer
 * @param ackLatencyP99 the same for 99 of 100
 * @param budgetUsedBytes how many bytes are on their way to Kafka
 * @param notReady why devices that come now are sent away, to come again later: the node starts or stops, or Kafka cannot be
 *     reached or has stored nothing for ten seconds; empty if they are taken
 */
public record IngestStatus(
        int devicesConnected,
        long itemsAcknowledged,
        Duration ackLatencyP50,
        Duration ackLatencyP99,
        long budgetUsedBytes,
        Optional<String> notReady) {}
