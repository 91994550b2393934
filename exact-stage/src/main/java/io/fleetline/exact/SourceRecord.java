package io.fleetline.exact;

import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** A record of the events topic on its way through the filter: at hand, or held and to be found under its offset. */
final class SourceRecord {
    /** Where the filter has it. */
    enum Place {
        /** In the filter's hands. */
        PASSING,
        /** In the store of held records. */
        HELD,
        /** Delivered or dropped. */
        DONE
    }

    private final long offset;
    private @Nullable Record<byte[], byte[]> record;
    private Place place;

    private SourceRecord(long offset, @Nullable Record<byte[], byte[]> record, Place place) {
        this.offset = offset;
        this.record = record;
        this.place = place;
    }

    static SourceRecord passing(long offset, Record<byte[], byte[]> record) {
        return new SourceRecord(offset, record, Place.PASSING);
    }

    static SourceRecord held(long offset) {
        return new SourceRecord(offset, null, Place.HELD);
    }

    long offset() {
        return offset;
    }

    /** The record itself, while it is at hand. */
    @Nullable Record<byte[], byte[]> record() {
        return record;
    }

    Place place() {
        return place;
    }

    /** It is stored, and need not be kept in memory. */
    void hold() {
        place = Place.HELD;
        record = null;
    }

    void finish() {
        place = Place.DONE;
        record = null;
    }
}
