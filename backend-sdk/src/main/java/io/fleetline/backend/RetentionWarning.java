package io.fleetline.backend;

import org.apache.kafka.common.TopicPartition;

/**
 * A reader is so far behind that the records which it reads next are among the oldest that the partition still has: they are
 * about to be deleted, and with them what the reader has not seen.
 *
 * @param partition where
 * @param nextOffset what the reader reads next
 * @param beginOffset what the partition begins with now
 * @param endOffset where it ends now
 */
public record RetentionWarning(TopicPartition partition, long nextOffset, long beginOffset, long endOffset) {
    /** One sentence with names and numbers. */
    public String message() {
        return "the reader of " + partition + " is at offset " + nextOffset + ", " + (endOffset - nextOffset)
                + " records behind, and only " + (nextOffset - beginOffset)
                + " records from where the topic deletes: read faster, or keep records longer (retention.ms, retention.bytes)";
    }
}
