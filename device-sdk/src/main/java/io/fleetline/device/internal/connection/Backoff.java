package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.connection.EndCause.Retry;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Decides how long to wait before the next attempt to connect: full jitter over a ceiling that doubles, as "Exponential
 * Backoff And Jitter" (AWS Architecture Blog, 2015) found best for many callers that fail together.
 */
final class Backoff {
    /** The ceiling of the first wait. */
    static final Duration BASE = Duration.ofSeconds(1);

    /** The ceiling that doubling stops at. Jitter comes after it, so that devices stay spread for ever. */
    static final Duration CAP = Duration.ofSeconds(60);

    /** The bounds of the wait where somebody has to mend something first. */
    static final Duration SLOW_LEAST = Duration.ofMinutes(5);

    static final Duration SLOW_MOST = Duration.ofMinutes(60);

    /** The bounds of what {@code Retry-After} leads to: a hostile or mistaken node cannot send a fleet away for a day. */
    static final Duration RETRY_AFTER_LEAST = Duration.ofSeconds(1);

    static final Duration RETRY_AFTER_MOST = Duration.ofMinutes(15);

    /** A pause that was asked for becomes up to this much longer, so that devices that were asked together come apart. */
    private static final double SPREAD = 0.5;

    /** How long a connection must have held, with an answer from the node, before failures count from the start again. */
    static final Duration PROVEN_AFTER = Duration.ofSeconds(60);

    /**
     * When to try again.
     *
     * @param delayNanos how long to wait
     * @param slow whether somebody has to mend something
     * @param renewCredential whether to fetch a new credential for the next attempt
     */
    record Pause(long delayNanos, boolean slow, boolean renewCredential) {}

    private final RandomGenerator chance;
    private final int endpoints;
    private final boolean renewable;
    private int failures;
    private int mendings;
    private boolean windowUsed;
    private boolean renewed;

    /**
     * @param chance where the jitter comes from
     * @param endpoints how many endpoints there are: one that is wrong does not hold off the others
     * @param renewable whether another credential can be fetched
     */
    Backoff(RandomGenerator chance, int endpoints, boolean renewable) {
        this.chance = chance;
        this.endpoints = endpoints;
        this.renewable = renewable;
    }

    /** How many connections and attempts have failed since the last connection that proved itself. */
    int failures() {
        return failures;
    }

    /**
     * Decides about the next attempt after this ending.
     *
     * @param proven whether the connection that ended had held for {@link #PROVEN_AFTER} and had an answer from the node
     * @param windowNanos the reconnect window that the node told last
     */
    Pause after(Ending ending, boolean proven, long windowNanos) {
        if (proven) {
            failures = 0;
            mendings = 0;
            windowUsed = false;
            renewed = false;
        }
        EndCause cause = ending.cause();
        Pause pause = pause(cause, windowNanos);
        long delay = Math.max(pause.delayNanos(), spread(cause.least().toNanos()));
        if (ending.retryAfter().isPresent()) {
            delay = retryAfter(ending.retryAfter().get());
        }
        failures++;
        mendings = cause.retry() == Retry.MUCH_LATER ? mendings + 1 : 0;
        return new Pause(delay, pause.slow(), pause.renewCredential());
    }

    private Pause pause(EndCause cause, long windowNanos) {
        return switch (cause.retry()) {
            case AT_ONCE -> failures == 0 ? soon(0) : later();
            case SOON -> soon(failures == 0 ? windowNanos : Math.max(windowNanos, ceiling(failures - 1)));
            case ONCE_SOON -> {
                if (windowUsed || windowNanos < 0) {
                    yield later();
                }
                windowUsed = true;
                yield soon(windowNanos);
            }
            case ONCE_WITH_NEW_CREDENTIAL -> {
                if (!renewable || renewed) {
                    yield later();
                }
                renewed = true;
                yield new Pause(within(BASE.toNanos()), false, true);
            }
            case LATER -> later();
            case MUCH_LATER -> mendings + 1 < endpoints ? later() : muchLater();
            case NEVER -> throw new IllegalArgumentException("no attempt follows " + cause);
        };
    }

    private Pause soon(long windowNanos) {
        return new Pause(within(windowNanos), false, false);
    }

    private Pause later() {
        return new Pause(within(ceiling(failures)), false, false);
    }

    private Pause muchLater() {
        long span = SLOW_MOST.minus(SLOW_LEAST).toNanos();
        return new Pause(SLOW_LEAST.toNanos() + within(span), true, false);
    }

    private long retryAfter(Duration asked) {
        // Bounded before it is spread: a bound after it would bring all devices back at the same moment.
        long most = (long) (RETRY_AFTER_MOST.toNanos() / (1 + SPREAD));
        return spread(Math.max(RETRY_AFTER_LEAST.toNanos(), Math.min(asked.toNanos(), most)));
    }

    private long spread(long nanos) {
        return nanos + (long) (nanos * SPREAD * chance.nextDouble());
    }

    private static long ceiling(int doublings) {
        return Math.min(CAP.toNanos(), BASE.toNanos() << Math.min(doublings, 20));
    }

    private long within(long nanos) {
        return nanos <= 0 ? 0 : chance.nextLong(nanos + 1);
    }
}
