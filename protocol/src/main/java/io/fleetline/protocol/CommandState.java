package io.fleetline.protocol;

/**
 * What has become of a command.
 *
 * <pre>
 * QUEUED ──▶ SENT ──▶ SUCCEEDED | FAILED | UNKNOWN_COMMAND | INDETERMINATE | EXPIRED | NO_OUTCOME
 *    └──▶ EXPIRED | CANCELLED
 * </pre>
 *
 * The first terminal state in the log is the one that counts.
 */
public enum CommandState {
    /** Waits for its device. */
    QUEUED(false),
    /** Went out to the device at least once. */
    SENT(false),
    /** The handler ran and returned. */
    SUCCEEDED(true),
    /** The handler ran and failed. */
    FAILED(true),
    /** The device has no handler of this name. */
    UNKNOWN_COMMAND(true),
    /** The device went down while the handler ran, and nobody knows how far it came. */
    INDETERMINATE(true),
    /** Its time passed before it was begun; it certainly did not run. */
    EXPIRED(true),
    /** Taken back before it was sent; it certainly did not run. */
    CANCELLED(true),
    /** Sent, and nothing was heard of it until long after its time. */
    NO_OUTCOME(true);

    private final boolean terminal;

    CommandState(boolean terminal) {
        this.terminal = terminal;
    }

    /** Whether nothing follows it. */
    public boolean isTerminal() {
        return terminal;
    }
}
