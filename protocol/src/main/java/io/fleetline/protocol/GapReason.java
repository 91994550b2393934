package io.fleetline.protocol;

/** Why a device dropped the numbers that a gap covers. */
public enum GapReason {
    /** The outbox was full, and its policy was to drop. */
    OVERFLOW(1),
    /** The event's time to live ended before it was stored. */
    EXPIRED(2),
    /** What the device's disk gave back was damaged. */
    STORAGE_DAMAGED(3),
    /** A node rejected the item, or it was blamed for the end of three connections. */
    REFUSED(4);

    private final int code;

    GapReason(int code) {
        this.code = code;
    }

    /** The reason's number on the wire, 1 to 4. */
    public int code() {
        return code;
    }

    /**
     * The reason of this number.
     *
     * @throws IllegalArgumentException if there is no such reason
     */
    public static GapReason of(long code) {
        for (GapReason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        throw new IllegalArgumentException("gap reason " + code + " is not one of 1 to 4");
    }
}
