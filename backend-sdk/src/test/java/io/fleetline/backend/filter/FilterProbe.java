package io.fleetline.backend.filter;

import io.fleetline.protocol.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A filter, and everything that came out of it: events by their body, gaps as {@code [3-5]}. */
final class FilterProbe implements FilterOutput<String> {
    static final DeviceId DEVICE = new DeviceId("acme", "pump-7");

    static final HeldRecordCodec<String> CODEC = new HeldRecordCodec<>() {
        @Override
        public byte[] encode(String payload) {
            return payload.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    };

    private final FilterLimits limits;
    private final List<String> delivered = new ArrayList<>();
    private final List<Alarm> alarms = new ArrayList<>();
    private final List<IgnoreReason> ignored = new ArrayList<>();
    private StreamFilter<String> filter;

    FilterProbe(FilterStart start, FilterLimits limits) {
        this.limits = limits;
        this.filter = new StreamFilter<>(start, limits, CODEC, this);
    }

    static FilterProbe ofTheWholeTopic() {
        return new FilterProbe(FilterStart.whole(), FilterLimits.DEFAULT);
    }

    static FilterProbe joiningAfter(long millis) {
        return new FilterProbe(FilterStart.after(millis), FilterLimits.DEFAULT);
    }

    @SafeVarargs
    final FilterProbe reads(StreamRecord<String>... records) {
        for (StreamRecord<String> record : records) {
            filter.accept(DEVICE, record);
        }
        return this;
    }

    void readsOfDevice(DeviceId device, StreamRecord<String> record) {
        filter.accept(device, record);
    }

    /** Goes on with a new filter that knows only what the old one stored. */
    void restarts() {
        List<DeviceState> stored = filter.states();
        filter = new StreamFilter<>(filter.start(), limits, CODEC, this);
        stored.forEach(filter::restore);
    }

    StreamFilter<String> filter() {
        return filter;
    }

    List<String> delivered() {
        return delivered;
    }

    List<Alarm> alarms() {
        return alarms;
    }

    List<IgnoreReason> ignored() {
        return ignored;
    }

    @Override
    public void event(DeviceId device, StreamRecord<String> record) {
        delivered.add(record.payload());
    }

    @Override
    public void gap(DeviceId device, StreamRecord<String> record, long from, long to) {
        delivered.add("[" + from + "-" + to + "]");
    }

    @Override
    public void alarm(Alarm alarm) {
        alarms.add(alarm);
    }

    @Override
    public void ignored(DeviceId device, StreamRecord<String> record, IgnoreReason reason) {
        ignored.add(reason);
    }
}
