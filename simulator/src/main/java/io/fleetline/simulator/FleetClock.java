package io.fleetline.simulator;

import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/** The clocks of a run. Thread-safe. */
final class FleetClock {
    private final String run;
    private final LongSupplier nanoTime;
    private final Clock wall;
    private volatile long beganNanos;

    /**
     * @param run names the run
     * @param nanoTime a clock that never goes back, in ns
     * @param wall the time of day
     */
    FleetClock(String run, LongSupplier nanoTime, Clock wall) {
        this.run = run;
        this.nanoTime = nanoTime;
        this.wall = wall;
        this.beganNanos = nanoTime.getAsLong();
    }

    /** The run begins now. */
    void begin() {
        begin(0);
    }

    /** The run began so long ago. */
    void begin(long agoNanos) {
        beganNanos = nanoTime.getAsLong() - agoNanos;
    }

    String run() {
        return run;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /** When the run began, on the clock that never goes back. */
    long beganNanos() {
        return beganNanos;
    }

    /** A moment of the run as the clock that never goes back shows it. */
    long nanos(long runNanos) {
        return beganNanos + runNanos;
    }

    /** How long the run has been going on, in ns. */
    long runNanos() {
        return nanoTime.getAsLong() - beganNanos;
    }

    /** The time of day. */
    Instant now() {
        return wall.instant();
    }
}
