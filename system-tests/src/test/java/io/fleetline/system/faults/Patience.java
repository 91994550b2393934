package io.fleetline.system.faults;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes are about to do. */
final class Patience {
    private static final long EVERY_NANOS = Duration.ofMillis(20).toNanos();

    private Patience() {}

    /** Waits until it is so; fails if that takes too long. */
    static void until(String what, Duration most, BooleanSupplier condition) {
        if (!isSoWithin(most, condition)) {
            throw new AssertionError("not within " + most.toSeconds() + " s: " + what);
        }
    }

    /** Lets what goes on go on for this long; fails at once if meanwhile this is no longer so. */
    static void during(String what, Duration time, BooleanSupplier condition) {
        if (isSoWithin(time, () -> !condition.getAsBoolean())) {
            throw new AssertionError("no longer so: " + what);
        }
    }

    /** Lets this much time go by; none, if it is negative. */
    static void elapse(Duration time) {
        var unused = isSoWithin(time, () -> false);
    }

    private static boolean isSoWithin(Duration most, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > most.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(EVERY_NANOS);
        }
        return true;
    }
}
