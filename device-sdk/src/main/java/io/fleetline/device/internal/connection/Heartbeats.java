package io.fleetline.device.internal.connection;

import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Finds out whether the other end of one connection still lives: asks when nothing was sent or nothing was heard for an
 * interval, and gives it up after two intervals of silence.
 */
final class Heartbeats {
    private final long intervalNanos;
    private final RandomGenerator chance;
    private long sentAtNanos;
    private long heardAtNanos;
    private long dueAfterNanos;
    private long lastToken;
    private boolean unanswered;
    private long askedAtNanos;

    Heartbeats(long intervalNanos, RandomGenerator chance, long nowNanos) {
        this.intervalNanos = intervalNanos;
        this.chance = chance;
        this.sentAtNanos = nowNanos;
        this.heardAtNanos = nowNanos;
        this.dueAfterNanos = drawInterval();
    }

    /** A frame was sent. */
    void sent(long nowNanos) {
        sentAtNanos = nowNanos;
    }

    /** A frame came, whichever. */
    void heard(long nowNanos) {
        heardAtNanos = nowNanos;
    }

    /** Whether to ask now. One question at most is open at a time. */
    boolean due(long nowNanos) {
        return nowNanos >= dueAtNanos();
    }

    /** Asks: the token of the heartbeat to send now. */
    long ask(long nowNanos) {
        unanswered = true;
        askedAtNanos = nowNanos;
        sentAtNanos = nowNanos;
        dueAfterNanos = drawInterval();
        return ++lastToken;
    }

    /** A heartbeat was answered. Returns the round trip in ns if it was the open one. */
    OptionalLong answered(long token, long nowNanos) {
        if (!unanswered || token != lastToken) {
            return OptionalLong.empty();
        }
        unanswered = false;
        return OptionalLong.of(nowNanos - askedAtNanos);
    }

    /** When the open heartbeat was sent. */
    long askedAtNanos() {
        return askedAtNanos;
    }

    /** Whether the silence has been too long. */
    boolean dead(long nowNanos) {
        return nowNanos >= deadAtNanos();
    }

    /** When {@link #due} becomes true, unless something is sent or heard. */
    // Asking after an interval of silence, too: a device that publishes all the time sends no heartbeats, and its node
    // may have nothing to acknowledge while Kafka is slow.
    long dueAtNanos() {
        return unanswered ? Long.MAX_VALUE : Math.min(sentAtNanos, heardAtNanos) + dueAfterNanos;
    }

    /** When {@link #dead} becomes true, unless something is heard. */
    long deadAtNanos() {
        return heardAtNanos + 2 * intervalNanos;
    }

    private long drawInterval() {
        return (long) (intervalNanos * (0.9 + 0.2 * chance.nextDouble()));
    }
}
