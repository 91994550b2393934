package io.fleetline.simulator.scenario;

import java.time.Duration;

/**
 * Something done to connections of devices, or to what they show to nodes.
 *
 * @param kind what
 * @param group whose
 * @param at when, from the beginning of the run
 * @param length for how long; zero for what is done in a moment
 * @param share to which share of the connections, more than 0, at most 1
 * @param delay for {@link Kind#DELAY}: how much longer each way takes
 * @param loss for {@link Kind#LOSS}: which share of the pieces comes late, more than 0, at most 0.9
 * @param bytesPerSecond for {@link Kind#SLOW_READER}: how fast devices read
 */
public record Fault(
        Kind kind,
        String group,
        Duration at,
        Duration length,
        double share,
        Duration delay,
        double loss,
        long bytesPerSecond) {
    /** What can be done to a connection. */
    public enum Kind {
        /** It is reset; the device may come back at once. */
        DISCONNECT,
        /** It is reset, and as long as it lasts the device finds no way. */
        CUT,
        /** Nothing passes, in either direction, and neither side hears of it. */
        HALF_OPEN,
        /** Everything takes longer. */
        DELAY,
        /** Pieces of the stream come late, as when packets are lost and sent again. */
        LOSS,
        /** The device takes what the node sends only slowly. */
        SLOW_READER,
        /** The device's token ends, and as long as it lasts there is none to be had. */
        EXPIRED_CREDENTIAL
    }

    /** @throws IllegalArgumentException naming the key that is out of its range */
    public Fault {
        Checks.range("at", at, Duration.ZERO, Duration.ofDays(7));
        Checks.range("share", share, 0.000_001, 1);
        if (kind != Kind.DISCONNECT) {
            Checks.range("for", length, Duration.ofMillis(1), Duration.ofDays(7));
        }
        if (kind == Kind.DELAY) {
            Checks.range("delay", delay, Duration.ofMillis(1), Duration.ofMinutes(5));
        }
        if (kind == Kind.LOSS) {
            Checks.range("loss", loss, 0.000_001, 0.9);
        }
        if (kind == Kind.SLOW_READER) {
            Checks.range("bytesPerSecond", bytesPerSecond, 1, 1_000_000_000);
        }
    }
}
