package io.fleetline.backend;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record that claims a place in a device's stream and cannot be read. The reader goes on behind it; if it was a node's
 * and acknowledged, the filter reports its number as lost.
 *
 * @param record the record, to be left alone
 * @param reason what is wrong with it
 */
public record UnreadableRecord(ConsumerRecord<byte[], byte[]> record, String reason) {
    /** Where it lies, and what is wrong with it. */
    public String message() {
        return "record " + record.topic() + "-" + record.partition() + "@" + record.offset() + " is unreadable: "
                + reason;
    }
}
