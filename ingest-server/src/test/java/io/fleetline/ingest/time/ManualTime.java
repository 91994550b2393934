package io.fleetline.ingest.time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Both clocks and all timers of a test, which stand still until they are told to go on. */
public final class ManualTime implements NodeTime, Timers {
    /** In 2023. */
    public static final long BEGIN_MILLIS = 1_700_000_000_000L;

    private static final class Set implements Timer {
        final long atNanos;
        final Runnable task;
        boolean cancelled;

        Set(long atNanos, Runnable task) {
            this.atNanos = atNanos;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private final List<Set> timers = new ArrayList<>();
    private long nanos = 5_000_000_000L;

    @Override
    public long unixMillis() {
        return BEGIN_MILLIS + nanos / 1_000_000;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        Set timer = new Set(nanos + Math.max(0, delayNanos), task);
        timers.add(timer);
        return timer;
    }

    /** Lets time pass, and the timers go off that are due meanwhile, each at its moment. */
    public void pass(Duration time) {
        long until = nanos + time.toNanos();
        while (true) {
            timers.removeIf(timer -> timer.cancelled);
            Set next = timers.stream()
                    .min(Comparator.comparingLong(timer -> timer.atNanos))
                    .orElse(null);
            if (next == null || next.atNanos > until) {
                nanos = until;
                return;
            }
            timers.remove(next);
            nanos = Math.max(nanos, next.atNanos);
            next.task.run();
        }
    }

    /** How many timers are set. */
    public int timersSet() {
        timers.removeIf(timer -> timer.cancelled);
        return timers.size();
    }
}
