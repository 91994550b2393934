package io.fleetline.ingest;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes are about to do. */
public final class Eventually {
    private static final long MOST_NANOS = 60_000_000_000L;
    private static final long EVERY_NANOS = 2_000_000L;

    private Eventually() {}

    public static void isTrue(String what, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > MOST_NANOS) {
                throw new AssertionError("not within 60 s: " + what);
            }
            LockSupport.parkNanos(EVERY_NANOS);
        }
    }
}
