package io.fleetline.protocol;

/** Why a node will never store an item as an event. None of these is cured by sending the item again. */
public enum RejectCode {
    /** The encoded item is larger than the limit that {@code welcome} told. */
    TOO_LARGE(1),
    /** The body is well-formed, but too deep, not valid UTF-8, or has duplicate map keys. */
    BODY_NOT_ACCEPTABLE(2),
    /** The body does not fit the schema that is registered for the channel. */
    SCHEMA(3),
    /** The device may not publish to this channel. */
    CHANNEL_NOT_ALLOWED(4),
    /** The event's time is further away from the node's than the tenant accepts. */
    TIME_OUT_OF_RANGE(5);

    private final int code;

    RejectCode(int code) {
        this.code = code;
    }

    /** The code's number on the wire, 1 to 5. */
    public int code() {
        return code;
    }

    /**
     * The code of this number.
     *
     * @throws IllegalArgumentException if there is no such code
     */
    public static RejectCode of(long code) {
        for (RejectCode reject : values()) {
            if (reject.code == code) {
                return reject;
            }
        }
        throw new IllegalArgumentException("reject code " + code + " is not one of 1 to 5");
    }
}
