package io.fleetline.device.internal.connection;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * What the device knows of the node's time: the answer with the shortest round trip, carried on by the monotonic clock.
 * An answer loses its worth with age, because clocks drift; and all of it is forgotten where the device's own two clocks
 * disagree about how long ago that answer was, which is how a step of the one or a sleep of the machine shows.
 *
 * <p>Written by the loop, read by whoever publishes.
 */
final class NodeClock {
    /** A node's time before this one (2025) or from {@link #TOO_LATE_MILLIS} on (2100) is no time. */
    private static final long TOO_EARLY_MILLIS = 1_735_689_600_000L;

    private static final long TOO_LATE_MILLIS = 4_102_444_800_000L;

    /** How much two clocks may drift apart: cheap crystals and gentle corrections by NTP stay below. */
    private static final double DRIFT = 1e-4;

    /** The disagreement of the device's own clocks that is more than rounding and drift. */
    private static final long STEP_MILLIS = 500;

    /** The node's time at one moment, and how the device's clocks stood then. */
    private record Sample(long nodeMillis, long atNanos, long unixMillis, long errorNanos) {
        long errorNanos(long nowNanos) {
            return errorNanos + (long) ((nowNanos - atNanos) * DRIFT);
        }

        long elapsedMillis(long nowNanos) {
            return TimeUnit.NANOSECONDS.toMillis(nowNanos - atNanos);
        }

        boolean clocksAgree(long nowNanos, long nowUnixMillis) {
            long elapsed = elapsedMillis(nowNanos);
            return Math.abs(nowUnixMillis - unixMillis - elapsed) <= STEP_MILLIS + elapsed * 10 * DRIFT;
        }
    }

    private volatile Optional<Sample> best = Optional.empty();

    /** Whether this can be the Unix time of a node in ms. */
    static boolean isTime(long millis) {
        return millis >= TOO_EARLY_MILLIS && millis < TOO_LATE_MILLIS;
    }

    /**
     * A node answered with its time.
     *
     * @param nodeMillis its Unix time
     * @param askedNanos when the question was sent
     * @param nowNanos when the answer came
     * @param nowUnixMillis the device's Unix time then
     * @return whether that can be a time at all
     */
    boolean heard(long nodeMillis, long askedNanos, long nowNanos, long nowUnixMillis) {
        if (!isTime(nodeMillis)) {
            return false;
        }
        long error = (nowNanos - askedNanos) / 2;
        Optional<Sample> held = best;
        if (held.isEmpty()
                || !held.get().clocksAgree(nowNanos, nowUnixMillis)
                || error <= held.get().errorNanos(nowNanos)) {
            best = Optional.of(
                    new Sample(nodeMillis + TimeUnit.NANOSECONDS.toMillis(error), nowNanos, nowUnixMillis, error));
        }
        return true;
    }

    /** The node's Unix time in ms, if it is known. */
    OptionalLong unixMillis(long nowNanos, long nowUnixMillis) {
        Optional<Sample> held = best;
        return held.isPresent() && held.get().clocksAgree(nowNanos, nowUnixMillis)
                ? OptionalLong.of(held.get().nodeMillis() + held.get().elapsedMillis(nowNanos))
                : OptionalLong.empty();
    }
}
