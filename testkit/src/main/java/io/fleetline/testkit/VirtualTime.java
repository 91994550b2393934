package io.fleetline.testkit;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * Time that passes only when a test says so, and what is to happen in it, in a fixed order: what is due earlier comes
 * first, of two things due at once the one that was scheduled first. Not thread-safe, because nothing that runs on it needs
 * a thread.
 */
public final class VirtualTime {
    private record Event(long atNanos, long number, Runnable task) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::number));
    private final long startUnixMillis;
    private long nowNanos;
    private long scheduled;
    private long skewMillis;

    /** Begins at 0 ns, and at this Unix time. */
    public VirtualTime(long startUnixMillis) {
        this.startUnixMillis = startUnixMillis;
    }

    /** Nanoseconds since the beginning. */
    public long nanos() {
        return nowNanos;
    }

    /** Unix time in ms. */
    public long unixMillis() {
        return startUnixMillis + nowNanos / 1_000_000 + skewMillis;
    }

    /** Sets the Unix clock forward or back, as NTP or a person does; the monotonic clock does not notice. */
    public void stepUnixClock(Duration by) {
        skewMillis += by.toMillis();
    }

    /** Has something happen after a while. */
    public void after(Duration delay, Runnable task) {
        after(delay.toNanos(), task);
    }

    /** Has something happen after so many nanoseconds; what is overdue happens next. */
    public void after(long delayNanos, Runnable task) {
        long at = Math.max(nowNanos, delayNanos > Long.MAX_VALUE - nowNanos ? Long.MAX_VALUE : nowNanos + delayNanos);
        events.add(new Event(at, scheduled++, task));
    }

    /** Has something happen next, after what was scheduled for now. */
    public void soon(Runnable task) {
        after(0, task);
    }

    /** When the next thing is to happen, {@link Long#MAX_VALUE} if there is none. */
    public long nextNanos() {
        Event next = events.peek();
        return next == null ? Long.MAX_VALUE : Math.max(nowNanos, next.atNanos());
    }

    /**
     * Lets time pass up to a moment at which something else than what was scheduled here is to happen.
     *
     * @throws IllegalArgumentException if something was scheduled for before
     */
    public void advanceTo(long nanos) {
        if (nanos > nextNanos()) {
            throw new IllegalArgumentException("something happens at " + nextNanos() + ", before " + nanos);
        }
        nowNanos = Math.max(nowNanos, nanos);
    }

    /** Lets the next thing happen, however far away it is. Returns false if there is none. */
    public boolean runNext() {
        Event next = events.poll();
        if (next == null) {
            return false;
        }
        nowNanos = Math.max(nowNanos, next.atNanos());
        next.task().run();
        return true;
    }

    /** Lets time pass, and everything happen that is due meanwhile. */
    public void pass(Duration duration) {
        long until = nowNanos + duration.toNanos();
        for (Event next = events.peek(); next != null && next.atNanos() <= until; next = events.peek()) {
            runNext();
        }
        nowNanos = until;
    }

    /**
     * Lets time pass until something is so.
     *
     * @throws AssertionError if it is not so after this long
     */
    public void passUntil(BooleanSupplier condition, Duration most) {
        long until = nowNanos + most.toNanos();
        while (!condition.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.atNanos() > until) {
                throw new AssertionError("still not so after " + most + " of virtual time"
                        + (next == null ? ": nothing is left to happen" : ""));
            }
            runNext();
        }
    }
}
