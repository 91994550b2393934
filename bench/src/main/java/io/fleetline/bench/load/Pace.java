package io.fleetline.bench.load;

import io.fleetline.bench.machine.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * Does the same thing at times that were fixed before: an open loop. Who is late does the next one at once, and its time still
 * counts from when it was due, so that a stall shows in all that should have happened meanwhile.
 */
public final class Pace {
    /** Below this a thread that sleeps wakes up too late. */
    private static final long SPIN_NANOS = 60_000;

    /** What is done. */
    public interface Action {
        /** Does it the {@code k}-th time, from 0 on. */
        void at(long k, long dueNanos);
    }

    private Pace() {}

    /** Does it {@code perSecond} times a second for this long; returns how often that was. */
    public static long keep(double perSecond, Duration time, Action action) {
        long count = Math.round(perSecond * time.toNanos() / 1e9);
        return keep(perSecond, k -> k < count, action);
    }

    /**
     * Does it {@code perSecond} times a second as long as somebody wants it; returns how often that was.
     *
     * @param wanted asked for each time, from 0 on, before it is waited for
     */
    public static long keep(double perSecond, LongPredicate wanted, Action action) {
        double intervalNanos = 1e9 / perSecond;
        long beganNanos = Clock.nanos();
        long k = 0;
        while (wanted.test(k)) {
            long dueNanos = beganNanos + (long) (k * intervalNanos);
            await(dueNanos);
            action.at(k, dueNanos);
            k++;
        }
        return k;
    }

    private static void await(long dueNanos) {
        long left = dueNanos - Clock.nanos();
        while (left > 0) {
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
            left = dueNanos - Clock.nanos();
        }
    }
}
