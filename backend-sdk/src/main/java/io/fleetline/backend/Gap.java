package io.fleetline.backend;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.RecordPosition;
import java.time.Instant;

/**
 * Numbers of a stream that the device dropped, and said so. What it dropped after it had sent it may have been stored
 * nevertheless: then the event was delivered, and the gap comes in parts around it.
 *
 * @param device whose stream it is
 * @param position where the gap's record stands in the stream
 * @param from the first number of this part
 * @param to the last number of this part
 * @param reason why they were dropped
 * @param recordTime when a node wrote the gap to Kafka, by that node's clock
 * @param topic the record's topic
 * @param partition the record's partition
 * @param offset the record's offset
 */
public record Gap(
        DeviceId device,
        RecordPosition position,
        long from,
        long to,
        GapReason reason,
        Instant recordTime,
        String topic,
        int partition,
        long offset)
        implements Delivery {}
