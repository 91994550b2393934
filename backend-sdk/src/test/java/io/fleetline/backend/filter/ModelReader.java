package io.fleetline.backend.filter;

import io.fleetline.protocol.DeviceId;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;

/** Reads a partition of one device through the filter, and notes what comes out in the form of a {@link ModelLog}. */
final class ModelReader implements FilterOutput<Long> {
    static final DeviceId DEVICE = new DeviceId("acme", "pump-7");

    static final HeldRecordCodec<Long> CODEC = new HeldRecordCodec<>() {
        @Override
        public byte[] encode(Long payload) {
            return ByteBuffer.allocate(Long.BYTES).putLong(payload).array();
        }

        @Override
        public Long decode(byte[] bytes) {
            return ByteBuffer.wrap(bytes).getLong();
        }
    };

    private final ModelLog.Seen seen = ModelLog.Seen.nothing();
    private final FilterLimits limits;
    private StreamFilter<Long> filter;
    private int conflicts;

    ModelReader(FilterStart start, FilterLimits limits) {
        this.limits = limits;
        this.filter = new StreamFilter<>(start, limits, CODEC, this);
    }

    ModelReader read(List<StreamRecord<Long>> records) {
        records.forEach(record -> filter.accept(DEVICE, record));
        return this;
    }

    /** Goes on with a new filter that knows only what the old one stored. */
    void restart() {
        List<DeviceState> stored = filter.states();
        filter = new StreamFilter<>(filter.start(), limits, CODEC, this);
        stored.forEach(filter::restore);
    }

    List<DeviceState> states() {
        return filter.states();
    }

    ModelLog.Seen seen() {
        return seen;
    }

    int conflicts() {
        return conflicts;
    }

    FilterCounts counts() {
        return filter.counts();
    }

    @Override
    public void event(DeviceId device, StreamRecord<Long> record) {
        seen.delivered().add(record.payload());
    }

    @Override
    public void gap(DeviceId device, StreamRecord<Long> record, long from, long to) {
        if (from > to || from < record.seq() || to > record.to()) {
            throw new AssertionError("part " + from + " to " + to + " of gap " + record);
        }
    }

    @Override
    public void alarm(Alarm alarm) {
        long lane = alarm.lane().number();
        if (alarm instanceof Alarm.Lost lost) {
            seen.lost().add(List.of(lane, lost.store(), lost.from(), lost.to()));
        } else if (alarm instanceof Alarm.Cloned cloned) {
            seen.cloned().add(List.of(lane, cloned.store(), cloned.seq()));
        } else if (alarm instanceof Alarm.AsideOverflow overflow) {
            // The model reports a whole run once, and single records one by one.
            int times = overflow.wholeRun() ? 1 : overflow.records();
            seen.asideOverflow().addAll(Collections.nCopies(times, overflow.run()));
        } else if (alarm instanceof Alarm.Conflict) {
            conflicts++;
        }
    }
}
