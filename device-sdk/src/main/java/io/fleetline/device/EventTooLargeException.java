package io.fleetline.device;

/** The encoded event is larger than nodes accept. It was not taken, and never will be. */
public final class EventTooLargeException extends FleetlineException {
    private static final long serialVersionUID = 1L;

    private final int bytes;
    private final int limitBytes;

    EventTooLargeException(String channel, int bytes, int limitBytes) {
        super("the event for channel " + channel + " takes " + bytes + " bytes, more than the limit of " + limitBytes);
        this.bytes = bytes;
        this.limitBytes = limitBytes;
    }

    /** How many bytes the encoded event takes. */
    public int bytes() {
        return bytes;
    }

    /** How many it may take. */
    public int limitBytes() {
        return limitBytes;
    }
}
