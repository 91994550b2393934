package io.fleetline.protocol.cbor;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Turns the bytes of a message into a frame. Bodies are not decoded: they become slices of the given array, checked by a
 * {@link BodyWalk}; the array therefore belongs to the frame from then on.
 *
 * <p>What is not well-formed CBOR ends in {@link io.fleetline.protocol.CloseReason#MALFORMED}, what is against the rules
 * of this protocol in {@link io.fleetline.protocol.CloseReason#PROTOCOL_VIOLATION}; where a message has several faults, the
 * first in the order of its bytes counts. A body that is well-formed and not acceptable is no reason to refuse the frame: its
 * {@link Payload#fault()} says what is wrong. Elements past those that this version knows are stepped over.
 *
 * <p>Nothing is allocated on the word of a declared length. Not thread-safe; keeps some KiB of scratch space, so that one
 * per thread is better than one per connection.
 */
public final class FrameDecoder {
    /** How many items a frame is expected to have at most before it has shown them. */
    private static final int EXPECTED_ITEMS = 64;

    private final Cursor cursor = new Cursor();

    /** Where the frame or item begins that is being read, for what its values refuse. */
    private int at;

    /** A decoder with scratch space of its own. */
    public FrameDecoder() {}

    /**
     * Decodes a frame that a device sent.
     *
     * @param array holds the message; belongs to the frame from now on
     * @param offset where the message begins
     * @param length how many bytes it has
     * @throws FrameException if the message is no such frame; its offset counts from the message's start
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public DeviceFrame decodeDeviceFrame(byte[] array, int offset, int length) throws FrameException {
        begin(array, offset, length);
        try {
            DeviceFrame frame = deviceFrame(cursor.array("frame", 1));
            cursor.end();
            return frame;
        } catch (IllegalArgumentException e) {
            throw violation(e);
        } finally {
            cursor.forget();
        }
    }

    /** As {@link #decodeDeviceFrame}, for a frame that a node sent. */
    public ServerFrame decodeServerFrame(byte[] array, int offset, int length) throws FrameException {
        begin(array, offset, length);
        try {
            ServerFrame frame = serverFrame(cursor.array("frame", 1));
            cursor.end();
            return frame;
        } catch (IllegalArgumentException e) {
            throw violation(e);
        } finally {
            cursor.forget();
        }
    }

    /** As {@link #decodeDeviceFrame}, for one item as it stands in a {@code publish} frame. */
    public Item decodeItem(byte[] array, int offset, int length) throws FrameException {
        begin(array, offset, length);
        try {
            Item item = item();
            cursor.end();
            return item;
        } catch (IllegalArgumentException e) {
            throw violation(e);
        } finally {
            cursor.forget();
        }
    }

    private void begin(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        cursor.begin(array, offset, length);
        at = 0;
    }

    /** The values check themselves; what they refuse is the peer's doing here. */
    private FrameException violation(IllegalArgumentException refusal) {
        return FrameException.violation(at, String.valueOf(refusal.getMessage()));
    }

    private DeviceFrame deviceFrame(int elements) throws FrameException {
        int typeAt = cursor.position();
        long type = cursor.number("frame type");
        // Not a switch over long: Java has none. A type beyond int is as unknown as any other.
        return switch ((int) Math.min(type, Integer.MAX_VALUE)) {
            case DeviceFrame.Hello.TYPE -> hello(elements);
            case DeviceFrame.Open.TYPE -> open(elements);
            case DeviceFrame.Publish.TYPE -> publish(elements);
            case DeviceFrame.Heartbeat.TYPE -> heartbeat(elements);
            case DeviceFrame.Reauthenticate.TYPE -> reauthenticate(elements);
            default -> throw FrameException.violation(typeAt, "frame type " + type + " is none that a device sends");
        };
    }

    private DeviceFrame.Hello hello(int elements) throws FrameException {
        require("hello", elements, 3);
        long last = cursor.number("last connection");
        Payload client = cursor.textMap("client");
        cursor.skip(elements - 3);
        return new DeviceFrame.Hello(last, client);
    }

    private DeviceFrame.Open open(int elements) throws FrameException {
        require("open", elements, 8);
        Lane lane = Lane.of(cursor.number("lane"));
        long store = cursor.number("store");
        long run = cursor.number("run");
        long order = cursor.number("order");
        long first = cursor.number("first");
        long next = cursor.number("next");
        long acked = cursor.number("acked");
        OptionalLong before = elements > 8 ? OptionalLong.of(cursor.number("before")) : OptionalLong.empty();
        cursor.skip(elements - 9);
        return new DeviceFrame.Open(lane, store, run, order, first, next, acked, before);
    }

    private DeviceFrame.Publish publish(int elements) throws FrameException {
        require("publish", elements, 5);
        Lane lane = Lane.of(cursor.number("lane"));
        long from = cursor.number("from");
        long acked = cursor.number("acked");
        int itemsAt = cursor.position();
        int count = cursor.array("items", 1);
        Item[] items = new Item[Math.min(count, EXPECTED_ITEMS)];
        for (int i = 0; i < count; i++) {
            if (i == items.length) {
                items = Arrays.copyOf(items, Math.min(count, 4 * i));
            }
            items[i] = item();
        }
        at = itemsAt;
        cursor.skip(elements - 5);
        return new DeviceFrame.Publish(lane, from, acked, Arrays.asList(items));
    }

    private DeviceFrame.Heartbeat heartbeat(int elements) throws FrameException {
        require("heartbeat", elements, 2);
        long token = cursor.number("token");
        cursor.skip(elements - 2);
        return new DeviceFrame.Heartbeat(token);
    }

    private DeviceFrame.Reauthenticate reauthenticate(int elements) throws FrameException {
        require("reauthenticate", elements, 2);
        String credential = cursor.text("credential", ProtocolLimits.MAX_CREDENTIAL_CHARS);
        cursor.skip(elements - 2);
        return new DeviceFrame.Reauthenticate(credential);
    }

    private Item item() throws FrameException {
        at = cursor.position();
        int elements = cursor.array("item", 1);
        int kindAt = cursor.position();
        long kind = cursor.number("kind of item");
        return switch ((int) Math.min(kind, Integer.MAX_VALUE)) {
            case Item.Event.KIND -> event(elements);
            case Item.Gap.KIND -> gap(elements);
            case Item.Outcome.KIND -> outcome(elements);
            default -> throw FrameException.violation(kindAt, "kind of item " + kind + " is not one of 0 to 2");
        };
    }

    private Item.Event event(int elements) throws FrameException {
        require("event", elements, 4);
        String channel = cursor.recurringText("channel");
        long time = cursor.number("event time");
        Payload body = cursor.payload();
        Attributes attributes = Attributes.NONE;
        if (elements > 4) {
            attributes = attributes();
            cursor.skip(elements - 5);
        }
        return new Item.Event(channel, time, body, attributes);
    }

    private Item.Gap gap(int elements) throws FrameException {
        require("gap", elements, 3);
        long to = cursor.number("end of gap");
        GapReason reason = GapReason.of(cursor.number("gap reason"));
        cursor.skip(elements - 3);
        return new Item.Gap(to, reason);
    }

    private Item.Outcome outcome(int elements) throws FrameException {
        require("outcome", elements, 5);
        String command = cursor.text("command id", ProtocolLimits.MAX_COMMAND_ID_CHARS);
        OutcomeStatus status = OutcomeStatus.of(cursor.number("outcome status"));
        long time = cursor.number("outcome time");
        Payload body = cursor.payload();
        cursor.skip(elements - 5);
        return new Item.Outcome(command, status, time, body);
    }

    private Attributes attributes() throws FrameException {
        int attributesAt = cursor.position();
        // Finds keys that come twice, among the unknown ones too, before the map is read.
        int bytes = cursor.faultless("attributes");
        if (bytes > ProtocolLimits.MAX_ATTRIBUTES_BYTES) {
            throw FrameException.violation(
                    attributesAt,
                    "attributes have " + bytes + " bytes, not at most " + ProtocolLimits.MAX_ATTRIBUTES_BYTES);
        }
        Optional<String> contentType = Optional.empty();
        ClockQuality clockQuality = Attributes.NONE.clockQuality();
        Optional<String> traceparent = Optional.empty();
        Optional<String> source = Optional.empty();
        int pairs = cursor.map("attributes");
        for (int i = 0; i < pairs; i++) {
            switch ((int) Math.min(cursor.number("attribute"), Integer.MAX_VALUE)) {
                case AttributeKey.CONTENT_TYPE -> contentType = attributeText("content type");
                case AttributeKey.CLOCK_QUALITY -> clockQuality = ClockQuality.of(cursor.number("clock quality"));
                case AttributeKey.TRACEPARENT -> traceparent = attributeText("traceparent");
                case AttributeKey.SOURCE -> source = attributeText("source");
                default -> cursor.skip();
            }
        }
        return new Attributes(contentType, clockQuality, traceparent, source);
    }

    private Optional<String> attributeText(String field) throws FrameException {
        return Optional.of(cursor.text(field, Attributes.MAX_TEXT_BYTES));
    }

    private ServerFrame serverFrame(int elements) throws FrameException {
        int typeAt = cursor.position();
        long type = cursor.number("frame type");
        return switch ((int) Math.min(type, Integer.MAX_VALUE)) {
            case ServerFrame.Welcome.TYPE -> welcome(elements);
            case ServerFrame.Ack.TYPE -> ack(elements);
            case ServerFrame.Reject.TYPE -> reject(elements);
            case ServerFrame.HeartbeatAck.TYPE -> heartbeatAck(elements);
            case ServerFrame.Command.TYPE -> command(elements);
            case ServerFrame.Drain.TYPE -> drain(elements);
            case ServerFrame.Reauthenticated.TYPE -> reauthenticated(elements);
            case ServerFrame.Rewind.TYPE -> rewind(elements);
            default -> throw FrameException.violation(typeAt, "frame type " + type + " is none that a node sends");
        };
    }

    private ServerFrame.Welcome welcome(int elements) throws FrameException {
        require("welcome", elements, 2);
        int mapAt = cursor.position();
        cursor.faultless("welcome");
        long[] values = new long[WelcomeKey.ALL.size()];
        Arrays.fill(values, -1);
        int pairs = cursor.map("welcome");
        for (int i = 0; i < pairs; i++) {
            String key = cursor.text("key in welcome", cursor.remaining());
            int known = WelcomeKey.ALL.indexOf(key);
            if (known < 0) {
                cursor.skip();
            } else {
                values[known] = cursor.number(key);
            }
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0) {
                throw FrameException.violation(mapAt, "welcome lacks " + WelcomeKey.ALL.get(i));
            }
        }
        cursor.skip(elements - 2);
        return WelcomeKey.welcome(values);
    }

    private ServerFrame.Ack ack(int elements) throws FrameException {
        require("ack", elements, 3);
        Lane lane = Lane.of(cursor.number("lane"));
        long upTo = cursor.number("upTo");
        Optional<ServerFrame.StoredAt> storedAt = elements > 3 ? Optional.of(storedAt()) : Optional.empty();
        cursor.skip(elements - 4);
        return new ServerFrame.Ack(lane, upTo, storedAt);
    }

    private ServerFrame.StoredAt storedAt() throws FrameException {
        int elements = cursor.array("stored at", 2);
        int partitionAt = cursor.position();
        long partition = cursor.number("partition");
        if (partition > Integer.MAX_VALUE) {
            throw FrameException.violation(
                    partitionAt, "partition is " + partition + ", not within 0 to " + Integer.MAX_VALUE);
        }
        long offset = cursor.number("offset");
        cursor.skip(elements - 2);
        return new ServerFrame.StoredAt((int) partition, offset);
    }

    private ServerFrame.Reject reject(int elements) throws FrameException {
        require("reject", elements, 5);
        Lane lane = Lane.of(cursor.number("lane"));
        long seq = cursor.number("seq");
        RejectCode code = RejectCode.of(cursor.number("reject code"));
        String message = cursor.text("message", ProtocolLimits.MAX_MESSAGE_BYTES);
        cursor.skip(elements - 5);
        return new ServerFrame.Reject(lane, seq, code, message);
    }

    private ServerFrame.HeartbeatAck heartbeatAck(int elements) throws FrameException {
        require("heartbeat-ack", elements, 4);
        long token = cursor.number("token");
        long time = cursor.number("time");
        long reconnectWindow = cursor.number("reconnectWindow");
        cursor.skip(elements - 4);
        return new ServerFrame.HeartbeatAck(token, time, reconnectWindow);
    }

    private ServerFrame.Command command(int elements) throws FrameException {
        require("command", elements, 5);
        String id = cursor.text("command id", ProtocolLimits.MAX_COMMAND_ID_CHARS);
        String name = cursor.text("command name", ProtocolLimits.MAX_CHANNEL_CHARS);
        long ttl = cursor.number("ttl");
        Payload body = cursor.payload();
        Attributes attributes = elements > 5 ? attributes() : Attributes.NONE;
        cursor.skip(elements - 6);
        return new ServerFrame.Command(id, name, ttl, body, attributes);
    }

    private ServerFrame.Drain drain(int elements) throws FrameException {
        require("drain", elements, 3);
        long reconnectWindow = cursor.number("reconnectWindow");
        String reason = cursor.text("reason", ProtocolLimits.MAX_MESSAGE_BYTES);
        cursor.skip(elements - 3);
        return new ServerFrame.Drain(reconnectWindow, reason);
    }

    private ServerFrame.Reauthenticated reauthenticated(int elements) throws FrameException {
        require("reauthenticated", elements, 2);
        long expires = cursor.number("expires");
        cursor.skip(elements - 2);
        return new ServerFrame.Reauthenticated(expires);
    }

    private ServerFrame.Rewind rewind(int elements) throws FrameException {
        require("rewind", elements, 4);
        Lane lane = Lane.of(cursor.number("lane"));
        long from = cursor.number("from");
        long after = cursor.number("after");
        cursor.skip(elements - 4);
        return new ServerFrame.Rewind(lane, from, after);
    }

    private void require(String what, int elements, int least) throws FrameException {
        if (elements < least) {
            throw FrameException.violation(at, what + " has " + elements + " elements, not at least " + least);
        }
    }
}
