package io.fleetline.backend.filter;

import io.fleetline.protocol.Item;
import io.fleetline.protocol.RecordPosition;
import java.util.Optional;

/**
 * One record of a device's stream as the filter sees it: where it stands, and whether it is a gap. What it carries is
 * the reader's business.
 *
 * @param position where it stands in its stream, from the record's header
 * @param timestampMillis the record's timestamp, which is the clock of the node that wrote it, Unix time in ms
 * @param gap which numbers the device dropped, if the record says that and carries nothing
 * @param fingerprint a hash of an event's channel, time and body, by which two events under one number are told
 *     apart; anything for a gap
 * @param payload what the reader gets back
 * @param <R> the reader's type
 */
public record StreamRecord<R>(
        RecordPosition position, long timestampMillis, Optional<Item.Gap> gap, int fingerprint, R payload) {
    /** @throws IllegalArgumentException if a gap ends below its own number */
    public StreamRecord {
        if (gap.isPresent() && gap.get().to() < position.seq()) {
            throw new IllegalArgumentException(
                    "a gap from " + position.seq() + " ends at " + gap.get().to());
        }
    }

    /** A record that carries an event or an outcome. */
    public static <R> StreamRecord<R> event(RecordPosition position, long timestampMillis, int fingerprint, R payload) {
        return new StreamRecord<>(position, timestampMillis, Optional.empty(), fingerprint, payload);
    }

    /** A record that says which numbers the device dropped. */
    public static <R> StreamRecord<R> gap(RecordPosition position, long timestampMillis, Item.Gap gap, R payload) {
        return new StreamRecord<>(position, timestampMillis, Optional.of(gap), 0, payload);
    }

    /** Whether it stands for dropped numbers. */
    public boolean isGap() {
        return gap.isPresent();
    }

    /** The first number that it covers, its own. */
    public long seq() {
        return position.seq();
    }

    /** The last number that it covers; an event's own. */
    public long to() {
        return gap.isPresent() ? gap.get().to() : position.seq();
    }
}
