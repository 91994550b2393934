package io.fleetline.ingest;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether items that come in get stored: looked at from time to time, told nothing. A store that does not answer, or that fails
 * what it is given, while devices go on trying, is one in which nothing more should be put.
 *
 * <p>Thread-safe.
 */
final class StoreWatch {
    /** A leader's election is over before that. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** After so long without a try nobody knows; longer than a device waits between two of them. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(30);

    private long acknowledged; // all guarded by this
    private long rewinds;
    private boolean stuck;
    private long stuckSinceNanos;
    private long triedNanos;
    private boolean crowded;
    private long crowdedSinceNanos;

    /**
     * Looks at what the node counts.
     *
     * @param acknowledgedNow how many items were acknowledged so far
     * @param rewindsNow how often storing failed so far
     * @param bytesUnderWay how many bytes wait for an answer
     * @param waiting how many connections wait for room among these bytes
     */
    synchronized void look(long nowNanos, long acknowledgedNow, long rewindsNow, long bytesUnderWay, int waiting) {
        if (waiting == 0) {
            crowded = false;
        } else if (!crowded) {
            crowded = true;
            crowdedSinceNanos = nowNanos;
        }
        boolean tried = bytesUnderWay > 0 || rewindsNow != rewinds;
        if (acknowledgedNow != acknowledged) {
            stuck = false;
        } else if (tried) {
            if (!stuck) {
                stuck = true;
                stuckSinceNanos = nowNanos;
            }
            triedNanos = nowNanos;
        } else if (stuck && nowNanos - triedNanos >= FORGOTTEN_AFTER.toNanos()) {
            stuck = false;
        }
        acknowledged = acknowledgedNow;
        rewinds = rewindsNow;
    }

    /** Whether more has come than the store takes, for so long that no further devices should be sent here. */
    synchronized Optional<String> overload(long nowNanos) {
        Duration full = Duration.ofNanos(nowNanos - crowdedSinceNanos);
        return crowded && full.compareTo(PATIENCE) >= 0
                ? Optional.of(
                        "the budget of bytes on their way to Kafka has been used up for " + full.toSeconds() + " s")
                : Optional.empty();
    }

    /** What is wrong, if it has been for too long. */
    synchronized Optional<String> trouble(long nowNanos) {
        Duration nothingStored = Duration.ofNanos(nowNanos - stuckSinceNanos);
        return stuck && nothingStored.compareTo(PATIENCE) >= 0
                ? Optional.of("nothing could be stored for " + nothingStored.toSeconds() + " s")
                : Optional.empty();
    }
}
