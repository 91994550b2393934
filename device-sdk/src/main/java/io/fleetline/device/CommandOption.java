package io.fleetline.device;

/** What the client should know about a command's handler. */
public enum CommandOption {
    /**
     * Running it twice does no harm. If the device goes down while the handler runs, it is run again at the next start,
     * as long as its time to live, counted from its first receipt, is not over; without this option such a command's
     * outcome is INDETERMINATE. One that the device did not survive three times ends as INDETERMINATE too.
     *
     * <p>It is also what lets a command run while the disk cannot be written to: others are ignored then, and sent again on the
     * next connection until they expire.
     */
    IDEMPOTENT
}
