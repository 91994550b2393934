package io.fleetline.protocol.cbor;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.ServerFrame;
import java.util.List;
import java.util.Optional;

/**
 * Turns frames into bytes: definite lengths and shortest heads (RFC 8949 section 4.2.1), bodies as they are. Thread-safe.
 */
public final class FrameEncoder {
    /**
     * The most bytes that a {@code publish} frame has beside its items: heads of the frame and of the items, type, lane,
     * first number and acknowledged number. The items of a frame whose {@link #encodedBytes(Item)} sum up to no more than
     * the frame limit less this fit into it.
     */
    public static final int MAX_PUBLISH_HEAD_BYTES = 1 + 1 + 1 + 9 + 9 + 5;

    private static final OfDevice OF_DEVICE = new OfDevice();
    private static final OfServer OF_SERVER = new OfServer();

    /** Room for the longest run of numbers that a frame has. */
    private static final int SMALL = 80;

    private FrameEncoder() {}

    /** A device's frame as a message. */
    public static byte[] encode(DeviceFrame frame) {
        return frame.deliverTo(OF_DEVICE);
    }

    /** A node's frame as a message. */
    public static byte[] encode(ServerFrame frame) {
        return frame.deliverTo(OF_SERVER);
    }

    /** An item as it stands in a {@code publish} frame. */
    public static byte[] encode(Item item) {
        CborWriter writer = new CborWriter(encodedBytes(item));
        write(writer, item);
        return writer.bytes();
    }

    /** How many bytes an item takes in a {@code publish} frame: what {@code maxItem} and {@code windowBytes} count. */
    public static int encodedBytes(Item item) {
        if (item instanceof Item.Event event) {
            return 2
                    + CborSize.text(event.channel())
                    + CborSize.head(event.timeMillis())
                    + event.body().length()
                    + (hasAttributes(event) ? encodedBytes(event.attributes()) : 0);
        }
        if (item instanceof Item.Gap gap) {
            return 3 + CborSize.head(gap.to());
        }
        Item.Outcome outcome = (Item.Outcome) item;
        return 3
                + CborSize.text(outcome.commandId())
                + CborSize.head(outcome.timeMillis())
                + outcome.body().length();
    }

    private static void write(CborWriter writer, Item item) {
        if (item instanceof Item.Event event) {
            writer.array(hasAttributes(event) ? 5 : 4)
                    .number(Item.Event.KIND)
                    .text(event.channel())
                    .number(event.timeMillis())
                    .item(event.body());
            if (hasAttributes(event)) {
                write(writer, event.attributes());
            }
        } else if (item instanceof Item.Gap gap) {
            writer.array(3)
                    .number(Item.Gap.KIND)
                    .number(gap.to())
                    .number(gap.reason().code());
        } else {
            Item.Outcome outcome = (Item.Outcome) item;
            writer.array(5)
                    .number(Item.Outcome.KIND)
                    .text(outcome.commandId())
                    .number(outcome.status().code())
                    .number(outcome.timeMillis())
                    .item(outcome.body());
        }
    }

    private static boolean hasAttributes(Item.Event event) {
        return pairs(event.attributes()) > 0;
    }

    private static void write(CborWriter writer, Attributes attributes) {
        writer.map(pairs(attributes));
        attributes
                .contentType()
                .ifPresent(text -> writer.number(AttributeKey.CONTENT_TYPE).text(text));
        if (attributes.clockQuality() != Attributes.NONE.clockQuality()) {
            writer.number(AttributeKey.CLOCK_QUALITY)
                    .number(attributes.clockQuality().code());
        }
        attributes
                .traceparent()
                .ifPresent(text -> writer.number(AttributeKey.TRACEPARENT).text(text));
        attributes.source().ifPresent(text -> writer.number(AttributeKey.SOURCE).text(text));
    }

    private static int pairs(Attributes attributes) {
        return (attributes.contentType().isPresent() ? 1 : 0)
                + (attributes.clockQuality() != Attributes.NONE.clockQuality() ? 1 : 0)
                + (attributes.traceparent().isPresent() ? 1 : 0)
                + (attributes.source().isPresent() ? 1 : 0);
    }

    private static int encodedBytes(Attributes attributes) {
        // The map's head, and two bytes for the clock quality: no attributes map has more than 23 pairs.
        return 1
                + (attributes.clockQuality() != Attributes.NONE.clockQuality() ? 2 : 0)
                + encodedBytes(attributes.contentType())
                + encodedBytes(attributes.traceparent())
                + encodedBytes(attributes.source());
    }

    private static int encodedBytes(Optional<String> attribute) {
        return attribute.isPresent() ? 1 + CborSize.text(attribute.get()) : 0;
    }

    private static final class OfDevice implements DeviceFrame.Handler<byte[]> {
        @Override
        public byte[] onHello(DeviceFrame.Hello hello) {
            return new CborWriter(SMALL + hello.client().length())
                    .array(3)
                    .number(DeviceFrame.Hello.TYPE)
                    .number(hello.last())
                    .item(hello.client())
                    .bytes();
        }

        @Override
        public byte[] onOpen(DeviceFrame.Open open) {
            CborWriter writer = new CborWriter(SMALL)
                    .array(open.before().isPresent() ? 9 : 8)
                    .number(DeviceFrame.Open.TYPE)
                    .number(open.lane().number())
                    .number(open.store())
                    .number(open.run())
                    .number(open.order())
                    .number(open.first())
                    .number(open.next())
                    .number(open.acked());
            open.before().ifPresent(writer::number);
            return writer.bytes();
        }

        @Override
        public byte[] onPublish(DeviceFrame.Publish publish) {
            List<Item> items = publish.items();
            int bytes =
                    3 + CborSize.head(publish.from()) + CborSize.head(publish.acked()) + CborSize.head(items.size());
            for (Item item : items) {
                bytes += encodedBytes(item);
            }
            CborWriter writer = new CborWriter(bytes)
                    .array(5)
                    .number(DeviceFrame.Publish.TYPE)
                    .number(publish.lane().number())
                    .number(publish.from())
                    .number(publish.acked())
                    .array(items.size());
            for (Item item : items) {
                write(writer, item);
            }
            return writer.bytes();
        }

        @Override
        public byte[] onHeartbeat(DeviceFrame.Heartbeat heartbeat) {
            return new CborWriter(SMALL)
                    .array(2)
                    .number(DeviceFrame.Heartbeat.TYPE)
                    .number(heartbeat.token())
                    .bytes();
        }

        @Override
        public byte[] onReauthenticate(DeviceFrame.Reauthenticate reauthenticate) {
            String credential = reauthenticate.credential();
            return new CborWriter(SMALL + credential.length())
                    .array(2)
                    .number(DeviceFrame.Reauthenticate.TYPE)
                    .text(credential)
                    .bytes();
        }
    }

    private static final class OfServer implements ServerFrame.Handler<byte[]> {
        @Override
        public byte[] onWelcome(ServerFrame.Welcome welcome) {
            CborWriter writer = new CborWriter(4 * SMALL).array(2).number(ServerFrame.Welcome.TYPE);
            long[] values = WelcomeKey.values(welcome);
            writer.map(values.length);
            for (int i = 0; i < values.length; i++) {
                writer.text(WelcomeKey.ALL.get(i)).number(values[i]);
            }
            return writer.bytes();
        }

        @Override
        public byte[] onAck(ServerFrame.Ack ack) {
            CborWriter writer = new CborWriter(SMALL)
                    .array(ack.storedAt().isPresent() ? 4 : 3)
                    .number(ServerFrame.Ack.TYPE)
                    .number(ack.lane().number())
                    .number(ack.upTo());
            ack.storedAt()
                    .ifPresent(
                            stored -> writer.array(2).number(stored.partition()).number(stored.offset()));
            return writer.bytes();
        }

        @Override
        public byte[] onReject(ServerFrame.Reject reject) {
            return new CborWriter(SMALL + reject.message().length())
                    .array(5)
                    .number(ServerFrame.Reject.TYPE)
                    .number(reject.lane().number())
                    .number(reject.seq())
                    .number(reject.code().code())
                    .text(reject.message())
                    .bytes();
        }

        @Override
        public byte[] onHeartbeatAck(ServerFrame.HeartbeatAck heartbeatAck) {
            return new CborWriter(SMALL)
                    .array(4)
                    .number(ServerFrame.HeartbeatAck.TYPE)
                    .number(heartbeatAck.token())
                    .number(heartbeatAck.timeMillis())
                    .number(heartbeatAck.reconnectWindowMillis())
                    .bytes();
        }

        @Override
        public byte[] onCommand(ServerFrame.Command command) {
            boolean bare = pairs(command.attributes()) == 0;
            CborWriter writer = new CborWriter(4 * SMALL + command.body().length())
                    .array(bare ? 5 : 6)
                    .number(ServerFrame.Command.TYPE)
                    .text(command.id())
                    .text(command.name())
                    .number(command.ttlMillis())
                    .item(command.body());
            if (!bare) {
                write(writer, command.attributes());
            }
            return writer.bytes();
        }

        @Override
        public byte[] onDrain(ServerFrame.Drain drain) {
            return new CborWriter(SMALL + drain.reason().length())
                    .array(3)
                    .number(ServerFrame.Drain.TYPE)
                    .number(drain.reconnectWindowMillis())
                    .text(drain.reason())
                    .bytes();
        }

        @Override
        public byte[] onReauthenticated(ServerFrame.Reauthenticated reauthenticated) {
            return new CborWriter(SMALL)
                    .array(2)
                    .number(ServerFrame.Reauthenticated.TYPE)
                    .number(reauthenticated.expiresMillis())
                    .bytes();
        }

        @Override
        public byte[] onRewind(ServerFrame.Rewind rewind) {
            return new CborWriter(SMALL)
                    .array(4)
                    .number(ServerFrame.Rewind.TYPE)
                    .number(rewind.lane().number())
                    .number(rewind.from())
                    .number(rewind.afterMillis())
                    .bytes();
        }
    }
}
