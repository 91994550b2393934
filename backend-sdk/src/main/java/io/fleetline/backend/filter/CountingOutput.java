package io.fleetline.backend.filter;

import io.fleetline.protocol.DeviceId;

/** Counts what comes out of a filter on its way to the reader. */
final class CountingOutput<R> implements FilterOutput<R> {
    private final FilterOutput<R> reader;
    private long accepted;
    private long events;
    private long gaps;
    private long ignored;
    private long lost;
    private long cloned;
    private long asideOverflows;
    private long conflicts;
    private long overtaken;

    CountingOutput(FilterOutput<R> reader) {
        this.reader = reader;
    }

    void accepted() {
        accepted++;
    }

    @Override
    public void event(DeviceId device, StreamRecord<R> record) {
        events++;
        reader.event(device, record);
    }

    @Override
    public void gap(DeviceId device, StreamRecord<R> record, long from, long to) {
        gaps++;
        reader.gap(device, record, from, to);
    }

    @Override
    public void ignored(DeviceId device, StreamRecord<R> record, IgnoreReason reason) {
        ignored++;
        reader.ignored(device, record, reason);
    }

    @Override
    public void alarm(Alarm alarm) {
        if (alarm instanceof Alarm.Lost range) {
            lost += range.to() - range.from() + 1;
        } else if (alarm instanceof Alarm.Cloned) {
            cloned++;
        } else if (alarm instanceof Alarm.AsideOverflow) {
            asideOverflows++;
        } else if (alarm instanceof Alarm.Overtaken) {
            overtaken++;
        } else {
            conflicts++;
        }
        reader.alarm(alarm);
    }

    FilterCounts counts() {
        return new FilterCounts(accepted, events, gaps, ignored, lost, cloned, asideOverflows, conflicts, overtaken);
    }
}
