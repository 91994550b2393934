package io.fleetline.protocol;

/**
 * The names of the headers of Fleetline's Kafka records. Those of type text are UTF-8; {@link #POSITION} and {@link #GAP}
 * are CBOR ({@link io.fleetline.protocol.cbor.RecordHeaderCodec}).
 */
public final class RecordHeaders {
    /** Where the record stands in its device's stream; CBOR, {@link RecordPosition}. */
    public static final String POSITION = "fl";

    /** On a record without value: the numbers up to which the device dropped, and why; CBOR, {@link Item.Gap}. */
    public static final String GAP = "gap";

    /** The event's channel; text. */
    public static final String CHANNEL = "channel";

    /** The sensor behind the device, where the event names one; text. */
    public static final String SOURCE = "source";

    /** The media type of the value, where it is not CBOR; text. */
    public static final String CONTENT_TYPE = "content-type";

    /** W3C Trace Context, where the event carries it; text. */
    public static final String TRACEPARENT = "traceparent";

    /** The command that a record of the command topics is about; text. */
    public static final String COMMAND_ID = "command-id";

    /** What the command asks for; text. */
    public static final String NAME = "name";

    /** The state that a command came to, or the status of its outcome; text, the name of the enum's constant. */
    public static final String STATUS = "status";

    /** When a command's time is over; text, decimal Unix time in ms. */
    public static final String EXPIRES_AT = "expires-at";

    /** On a record that was replayed from the dead letters: where it stood there; text. */
    public static final String REPLAY_OF = "replay-of";

    private RecordHeaders() {}
}
