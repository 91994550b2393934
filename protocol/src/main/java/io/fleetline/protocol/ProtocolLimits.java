package io.fleetline.protocol;

/** The limits that hold for every peer of version 1, each in this one place. */
public final class ProtocolLimits {
    /** The WebSocket subprotocol (RFC 6455 section 1.9) that names this version. */
    public static final String SUBPROTOCOL = "fleetline.v1";

    /** The path that devices connect to. */
    public static final String PATH = "/connect";

    /** The largest number anywhere: what a JavaScript number still holds exactly. */
    public static final long MAX_NUMBER = (1L << 53) - 1;

    /** The largest name of a store or a run, which are 32 bits. */
    public static final long MAX_NAME = (1L << 32) - 1;

    /** How deeply arrays, maps and tags may nest in a body before the item is rejected. */
    public static final int MAX_BODY_NESTING = 16;

    /** How deeply they may nest before the connection ends. */
    public static final int MAX_NESTING = 64;

    /** Bytes of a frame, unless {@code welcome} says otherwise. */
    public static final int DEFAULT_MAX_FRAME_BYTES = 64 * 1024;

    /** Bytes of an encoded item, unless {@code welcome} says otherwise. */
    public static final int DEFAULT_MAX_ITEM_BYTES = 32 * 1024;

    /** The most that a tenant's frame or item limit can be raised to. */
    public static final int MAX_FRAME_BYTES = 1024 * 1024;

    /** Bytes of the client map in {@code hello}. */
    public static final int MAX_CLIENT_BYTES = 1024;

    /** Bytes of a command's body. */
    public static final int MAX_COMMAND_BODY_BYTES = 32 * 1024;

    /** Bytes of a command's or an event's attributes. */
    public static final int MAX_ATTRIBUTES_BYTES = 1024;

    /** Characters of a channel or of a command's name. */
    public static final int MAX_CHANNEL_CHARS = 128;

    /** Characters of a command's id. */
    public static final int MAX_COMMAND_ID_CHARS = 64;

    /** Characters of a tenant: it may stand in a topic's name. */
    public static final int MAX_TENANT_CHARS = 63;

    /** Characters of a device's name within its tenant. */
    public static final int MAX_DEVICE_CHARS = 128;

    /** Characters of a credential: what would stand in the {@code Authorization} header. */
    public static final int MAX_CREDENTIAL_CHARS = 8 * 1024;

    /** UTF-8 bytes of a reason or message meant for people. */
    public static final int MAX_MESSAGE_BYTES = 512;

    private ProtocolLimits() {}

    /**
     * Checks that a number is within what the wire carries.
     *
     * @return the value
     * @throws IllegalArgumentException naming the field, the value and the range
     */
    static long number(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " is " + value + ", not within " + least + " to " + most);
        }
        return value;
    }
}
