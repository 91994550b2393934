package io.fleetline.bench.machine;

import java.time.Instant;

/** The only place in this module that reads a clock. */
public final class Clock {
    private Clock() {}

    /** Nanoseconds from some beginning; only differences mean something. */
    public static long nanos() {
        return System.nanoTime();
    }

    /** The time of day. */
    public static Instant now() {
        return Instant.now();
    }
}
