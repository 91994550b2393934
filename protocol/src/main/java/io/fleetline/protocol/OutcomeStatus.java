package io.fleetline.protocol;

/** How a command ended on its device. */
public enum OutcomeStatus {
    /** The handler ran and returned. */
    SUCCEEDED(1),
    /** The handler ran and failed. */
    FAILED(2),
    /** The time to live had passed; the handler certainly did not run. */
    EXPIRED(3),
    /** The device has no handler of this name. */
    UNKNOWN_COMMAND(4),
    /** The device went down while the handler ran, and nobody knows how far it came. */
    INDETERMINATE(5);

    private final int code;

    OutcomeStatus(int code) {
        this.code = code;
    }

    /** The status's number on the wire, 1 to 5. */
    public int code() {
        return code;
    }

    /**
     * The status of this number.
     *
     * @throws IllegalArgumentException if there is no such status
     */
    public static OutcomeStatus of(long code) {
        for (OutcomeStatus status : values()) {
            if (status.code == code) {
                return status;
            }
        }
        throw new IllegalArgumentException("outcome status " + code + " is not one of 1 to 5");
    }
}
