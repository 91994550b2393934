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
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Frames, items and record positions by chance, each part anywhere within its range, edges more often than not. */
final class RandomFrames {
    private static final String CHANNEL = "ABCXYZabcxyz0189._/-";
    private static final String ANY_TEXT = "abc XYZ019~!\"\\/äß€漢😀";

    private final Random random;

    RandomFrames(Random random) {
        this.random = random;
    }

    DeviceFrame deviceFrame() {
        return switch (random.nextInt(7)) {
            case 0 -> new DeviceFrame.Hello(number(0), client());
            case 1 -> open();
            case 2 -> new DeviceFrame.Heartbeat(number(1));
            case 3 -> new DeviceFrame.Reauthenticate(printable(1 + random.nextInt(300)));
            default -> publish();
        };
    }

    ServerFrame serverFrame() {
        return switch (random.nextInt(8)) {
            case 0 ->
                new ServerFrame.Welcome(
                        number(1), number(0), number(1), number(1), number(1), number(1), number(1), number(0),
                        number(0), number(0));
            case 1 ->
                new ServerFrame.Ack(
                        any(Lane.values()),
                        number(1),
                        maybe(() -> new ServerFrame.StoredAt(random.nextInt(Integer.MAX_VALUE), number(0))));
            case 2 -> new ServerFrame.Reject(any(Lane.values()), number(1), any(RejectCode.values()), text(120));
            case 3 -> new ServerFrame.HeartbeatAck(number(0), number(0), number(0));
            case 4 -> {
                Attributes attributes = attributes();
                yield new ServerFrame.Command(
                        printable(1 + random.nextInt(64)), channel(), number(0), body(attributes), attributes);
            }
            case 5 -> new ServerFrame.Drain(number(0), text(120));
            case 6 -> new ServerFrame.Reauthenticated(number(0));
            default -> new ServerFrame.Rewind(any(Lane.values()), number(1), number(0));
        };
    }

    private DeviceFrame.Open open() {
        long next = number(1);
        long first = 1 + (long) (random.nextDouble() * next);
        return new DeviceFrame.Open(
                any(Lane.values()),
                name(),
                name(),
                number(0),
                Math.min(first, next),
                next,
                (long) (random.nextDouble() * next),
                before());
    }

    DeviceFrame.Publish publish() {
        Lane lane = any(Lane.values());
        long from = 1 + (number(0) >>> 2);
        List<Item> items = new ArrayList<>();
        long seq = from;
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 300 : 5); i >= 0; i--) {
            if (random.nextInt(5) == 0) {
                seq += random.nextInt(1000);
                items.add(new Item.Gap(seq, any(GapReason.values())));
            } else {
                items.add(lane == Lane.OUTCOMES ? outcome() : event());
            }
            seq++;
        }
        return new DeviceFrame.Publish(lane, from, (long) (random.nextDouble() * from), items);
    }

    private Item.Event event() {
        Attributes attributes = attributes();
        return new Item.Event(channel(), number(0), body(attributes), attributes);
    }

    private Item.Outcome outcome() {
        return new Item.Outcome(
                printable(1 + random.nextInt(64)), any(OutcomeStatus.values()), number(0), body(Attributes.NONE));
    }

    RecordPosition position() {
        long seq = number(1);
        return new RecordPosition(
                any(Lane.values()),
                name(),
                name(),
                number(0),
                Math.min(seq, 1 + (long) (random.nextDouble() * seq)),
                seq,
                (long) (random.nextDouble() * seq),
                number(0),
                any(ClockQuality.values()),
                before());
    }

    private Attributes attributes() {
        if (random.nextInt(3) != 0) {
            return Attributes.NONE;
        }
        return new Attributes(
                maybe(() -> nonEmptyText()),
                any(ClockQuality.values()),
                maybe(() -> nonEmptyText()),
                maybe(() -> nonEmptyText()));
    }

    private Payload body(Attributes attributes) {
        if (attributes.contentType().isPresent()) {
            byte[] content = new byte[random.nextInt(random.nextInt(10) == 0 ? 3000 : 40)];
            random.nextBytes(content);
            return Payload.byteString(content);
        }
        return Payload.wrap(RandomCbor.item(random, false));
    }

    private Payload client() {
        Map<String, Object> client = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            client.put("key " + i, text(20));
        }
        return BodyCodec.encode(client);
    }

    private String channel() {
        int length = 1 + random.nextInt(random.nextInt(5) == 0 ? ProtocolLimits.MAX_CHANNEL_CHARS : 20);
        String channel = from(CHANNEL, length);
        return random.nextInt(8) == 0 && length > 1 ? "$" + channel.substring(1) : channel;
    }

    private String printable(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) (0x20 + random.nextInt(0x5f)));
        }
        return text.toString();
    }

    private String nonEmptyText() {
        return "x" + text(50);
    }

    private String text(int most) {
        return from(ANY_TEXT, random.nextInt(most + 1));
    }

    private String from(String alphabet, int length) {
        int[] characters = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
        }
        return text.toString();
    }

    private OptionalLong before() {
        return random.nextBoolean() ? OptionalLong.of(name()) : OptionalLong.empty();
    }

    private long name() {
        return random.nextInt() & 0xffff_ffffL;
    }

    private long number(long least) {
        long number = random.nextLong() >>> (11 + random.nextInt(53));
        return random.nextInt(20) == 0 ? ProtocolLimits.MAX_NUMBER : Math.max(least, number);
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> Optional<T> maybe(java.util.function.Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }
}
