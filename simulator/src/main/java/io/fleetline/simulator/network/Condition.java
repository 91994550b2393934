package io.fleetline.simulator.network;

/**
 * What connections suffer for a while.
 *
 * @param kind what
 * @param share which share of the connections, more than 0, at most 1
 * @param delayNanos for {@link Kind#DELAY}: how much longer each way takes, in ns
 * @param loss for {@link Kind#LOSS}: which share of the pieces comes late, more than 0, less than 1
 * @param bytesPerSecond for {@link Kind#SLOW_READER}: how fast devices read, at least 1
 */
public record Condition(Kind kind, double share, long delayNanos, double loss, long bytesPerSecond) {
    /** What a connection can suffer. */
    public enum Kind {
        /** No connection comes about in place of those that were reset. */
        CUT,
        /** Nothing passes, and neither side hears of it. What was on its way passes afterwards. */
        HALF_OPEN,
        /** Everything takes longer. */
        DELAY,
        /** Pieces of the stream come later by a time in which TCP would have sent a lost packet again. */
        LOSS,
        /** The device takes what the node sends only slowly. */
        SLOW_READER
    }
}
