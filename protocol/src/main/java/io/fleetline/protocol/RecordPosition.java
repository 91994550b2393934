package io.fleetline.protocol;

import java.util.OptionalLong;

/**
 * Where a Kafka record stands in its device's stream: the header {@link RecordHeaders#POSITION} that a node writes and a reader's filter
 * rests on.
 *
 * @param lane which lane
 * @param store names one life of the device's outbox
 * @param run names one opening of that store
 * @param order the run's place among the runs of the store
 * @param first the run's first sequence number
 * @param seq the record's own sequence number; a gap's first
 * @param acked up to where the lane was acknowledged when the device sent it
 * @param timeMillis when the event happened, Unix time in ms; 0 for a gap
 * @param clockQuality how far that time can be trusted
 * @param before the run that number {@code first − 1} belongs to; given only while {@code acked < first − 1}
 */
public record RecordPosition(
        Lane lane,
        long store,
        long run,
        long order,
        long first,
        long seq,
        long acked,
        long timeMillis,
        ClockQuality clockQuality,
        OptionalLong before) {
    /** The version of the header's form. A reader that meets another one stops. */
    public static final int VERSION = 1;

    /** @throws IllegalArgumentException if a part is out of range, or {@code first ≤ seq} or {@code acked < seq} does not hold */
    public RecordPosition {
        ProtocolLimits.number("store", store, 0, ProtocolLimits.MAX_NAME);
        ProtocolLimits.number("run", run, 0, ProtocolLimits.MAX_NAME);
        ProtocolLimits.number("order", order, 0, ProtocolLimits.MAX_NUMBER);
        ProtocolLimits.number("first", first, 1, ProtocolLimits.MAX_NUMBER);
        ProtocolLimits.number("seq", seq, first, ProtocolLimits.MAX_NUMBER);
        ProtocolLimits.number("acked", acked, 0, seq - 1);
        ProtocolLimits.number("time", timeMillis, 0, ProtocolLimits.MAX_NUMBER);
        if (before.isPresent()) {
            ProtocolLimits.number("before", before.getAsLong(), 0, ProtocolLimits.MAX_NAME);
        }
    }
}
