package io.fleetline.protocol;

/** How far an event's time can be trusted. */
public enum ClockQuality {
    /** Nobody can say. */
    UNKNOWN(0),
    /** The device's own clock, never compared with another. */
    DEVICE(1),
    /** The device's clock, corrected by the time that nodes send. */
    SERVER_SYNCHRONISED(2),
    /** Worked out afterwards, such as for what was measured before the clock was right. */
    ESTIMATED(3);

    private final int code;

    ClockQuality(int code) {
        this.code = code;
    }

    /** The quality's number on the wire, 0 to 3. */
    public int code() {
        return code;
    }

    /**
     * The quality of this number.
     *
     * @throws IllegalArgumentException if there is no such quality
     */
    public static ClockQuality of(long code) {
        for (ClockQuality quality : values()) {
            if (quality.code == code) {
                return quality;
            }
        }
        throw new IllegalArgumentException("clock quality " + code + " is not one of 0 to 3");
    }
}
