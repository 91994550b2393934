package io.fleetline.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.ServerFrame;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Frames survive the way through bytes, whatever they are; what is no frame is refused, and nothing else happens. */
class FrameCodecTest {
    private final FrameDecoder decoder = new FrameDecoder();

    @Test
    void everyFrameOfADeviceComesBackAsItWas() {
        Seeded.times(5_000, random -> {
            DeviceFrame frame = new RandomFrames(random).deviceFrame();
            byte[] bytes = FrameEncoder.encode(frame);
            assertThat(decoder.decodeDeviceFrame(bytes, 0, bytes.length)).isEqualTo(frame);
        });
    }

    @Test
    void everyFrameOfANodeComesBackAsItWas() {
        Seeded.times(5_000, random -> {
            ServerFrame frame = new RandomFrames(random).serverFrame();
            byte[] bytes = FrameEncoder.encode(frame);
            assertThat(decoder.decodeServerFrame(bytes, 0, bytes.length)).isEqualTo(frame);
        });
    }

    @Test
    void jacksonReadsInEveryFrameWhatIsInIt() {
        Seeded.times(5_000, random -> {
            RandomFrames frames = new RandomFrames(random);
            byte[] bytes = random.nextBoolean()
                    ? FrameEncoder.encode(frames.deviceFrame())
                    : FrameEncoder.encode(frames.serverFrame());
            JacksonTree.Read read = JacksonTree.read(bytes, 0, bytes.length);
            assertThat(read.end()).isEqualTo(bytes.length);
            assertThat(read.value()).isEqualTo(JacksonTree.plain(BodyCodec.decode(Payload.wrap(bytes))));
        });
    }

    @Test
    void anItemIsAsLongAsItWasAnnounced() {
        Seeded.times(2_000, random -> {
            DeviceFrame.Publish publish = new RandomFrames(random).publish();
            int sum = 0;
            for (Item item : publish.items()) {
                byte[] bytes = FrameEncoder.encode(item);
                assertThat(FrameEncoder.encodedBytes(item)).isEqualTo(bytes.length);
                assertThat(decoder.decodeItem(bytes, 0, bytes.length)).isEqualTo(item);
                sum += bytes.length;
            }
            assertThat(FrameEncoder.encode(publish).length)
                    .isBetween(sum + 6, sum + FrameEncoder.MAX_PUBLISH_HEAD_BYTES);
        });
    }

    @Test
    void recordHeadersComeBackAsTheyWere() {
        Seeded.times(5_000, random -> {
            RecordPosition position = new RandomFrames(random).position();
            byte[] header = RecordHeaderCodec.encode(position);
            assertThat(RecordHeaderCodec.decodePosition(header)).isEqualTo(position);
            assertThat(header.length).isLessThanOrEqualTo(1 + 1 + 1 + 5 + 5 + 9 + 9 + 9 + 9 + 9 + 1 + 5);
        });
    }

    @Test
    void spoiltMessagesAreRefusedOrReadAndNothingElse() {
        Seeded.times(8_000, random -> {
            RandomFrames frames = new RandomFrames(random);
            boolean device = random.nextBoolean();
            byte[] bytes = RandomCbor.spoilt(
                    random,
                    device ? FrameEncoder.encode(frames.deviceFrame()) : FrameEncoder.encode(frames.serverFrame()));
            boolean wellFormed = ReferenceWalk.walk(bytes, bytes.length).end() == bytes.length;
            try {
                if (device) {
                    DeviceFrame frame = decoder.decodeDeviceFrame(bytes, 0, bytes.length);
                    assertThat(decodeAgain(frame)).isEqualTo(frame);
                } else {
                    ServerFrame frame = decoder.decodeServerFrame(bytes, 0, bytes.length);
                    byte[] again = FrameEncoder.encode(frame);
                    assertThat(decoder.decodeServerFrame(again, 0, again.length))
                            .isEqualTo(frame);
                }
                // A frame may go a few levels deeper than a body alone.
                assertThat(wellFormed).as(HexFormat.of().formatHex(bytes)).isTrue();
            } catch (FrameException e) {
                assertThat(e.offset()).isBetween(0, bytes.length);
                if (e.closeReason() == CloseReason.MALFORMED) {
                    assertThat(wellFormed)
                            .as("%s: %s", HexFormat.of().formatHex(bytes), e.getMessage())
                            .isFalse();
                }
            }
        });
    }

    private DeviceFrame decodeAgain(DeviceFrame frame) throws FrameException {
        byte[] again = FrameEncoder.encode(frame);
        return decoder.decodeDeviceFrame(again, 0, again.length);
    }

    @Test
    void theOffsetOfARefusalCountsFromTheMessagesStart() {
        byte[] bytes = HexFormat.of().parseHex("ffff820400");
        FrameException refusal =
                catchThrowableOfType(FrameException.class, () -> decoder.decodeDeviceFrame(bytes, 2, 3));
        assertThat(refusal).hasMessage("token is 0, not within 1 to 9007199254740991, at byte 0");
        assertThat(refusal.getStackTrace()).isEmpty();
    }

    @Test
    void aRefusalNamesTheFieldWhatWasSeenAndWhatIsAllowed() {
        assertThat(refusal("8502040102" + "0304050607")).hasMessageStartingWith("open has 5 elements, not at least 8");
        assertThat(refusal("820401" + "00")).hasMessage("1 bytes follow the frame's item, at byte 3");
        assertThat(refusal("82041818")).isNull();
        assertThat(refusal("82041817")).hasMessageStartingWith("token says 23 in 1 bytes;");
        assertThat(refusal("8204f4"))
                .hasMessageStartingWith("token is a simple or floating-point value, not an unsigned integer");
        assertThat(refusal("850300010081840060" + "00f6")).hasMessageContaining("channel \"\"");
        assertThat(refusal("8503000100818301186309"))
                .hasMessageStartingWith("gap reason 9 is not one of 1 to 4, at byte 6");
        assertThat(refusal("9b7fffffffffffffff"))
                .hasMessage("frame has a length of 9223372036854775807 where only 0 bytes remain, at byte 0");
    }

    @Test
    void theLargestPartsOfFramesAreTakenAndOneByteMoreIsNot() throws FrameException {
        assertTaken(new DeviceFrame.Reauthenticate("x".repeat(ProtocolLimits.MAX_CREDENTIAL_CHARS)));
        assertThatThrownBy(() -> new DeviceFrame.Reauthenticate("x".repeat(ProtocolLimits.MAX_CREDENTIAL_CHARS + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertTaken(new DeviceFrame.Hello(0, clientOf(ProtocolLimits.MAX_CLIENT_BYTES)));
        assertThatThrownBy(() -> new DeviceFrame.Hello(0, clientOf(ProtocolLimits.MAX_CLIENT_BYTES + 1)))
                .isInstanceOf(IllegalArgumentException.class);

        Payload largest = Payload.byteString(new byte[ProtocolLimits.MAX_COMMAND_BODY_BYTES - 3]);
        ServerFrame.Command command = new ServerFrame.Command("c", "n", 0, largest, Attributes.NONE);
        byte[] bytes = FrameEncoder.encode(command);
        assertThat(decoder.decodeServerFrame(bytes, 0, bytes.length)).isEqualTo(command);
        Payload tooLarge = Payload.byteString(new byte[ProtocolLimits.MAX_COMMAND_BODY_BYTES - 2]);
        assertThatThrownBy(() -> new ServerFrame.Command("c", "n", 0, tooLarge, Attributes.NONE))
                .hasMessageContaining("bytes of command body is 32769");
    }

    private static Payload clientOf(int bytes) {
        return BodyCodec.encode(Map.of("a", "x".repeat(bytes - 6)));
    }

    private void assertTaken(DeviceFrame frame) throws FrameException {
        assertThat(decodeAgain(frame)).isEqualTo(frame);
    }

    @Test
    void anEventMayBeAsLargeAsAFrame() throws FrameException {
        // How large an item may be is told in welcome; the codec leaves that to the session.
        Item.Event event =
                new Item.Event("c", 0, Payload.byteString(new byte[ProtocolLimits.MAX_FRAME_BYTES]), Attributes.NONE);
        assertTaken(new DeviceFrame.Publish(Lane.NORMAL, 1, 0, List.of(event)));
    }

    @Test
    void aFrameOfManyItemsIsTaken() throws FrameException {
        List<Item> items = Collections.nCopies(10_000, new Item.Event("c", 0, Payload.NULL, Attributes.NONE));
        assertTaken(new DeviceFrame.Publish(Lane.NORMAL, 1, 0, items));
    }

    @Test
    void attributesThatAreAllowedOneByOneAreAllowedTogether() throws FrameException {
        String longest = "x".repeat(Attributes.MAX_TEXT_BYTES);
        Attributes attributes = Attributes.NONE
                .withContentType(longest)
                .withTraceparent(longest)
                .withSource(longest)
                .withClockQuality(ClockQuality.DEVICE);
        assertTaken(new DeviceFrame.Publish(
                Lane.NORMAL, 1, 0, List.of(new Item.Event("c", 0, Payload.byteString(new byte[0]), attributes))));
    }

    @Test
    void channelsThatComeAgainAreTheSameStringsAndOnesThatDifferAreNotMixedUp() {
        Seeded.times(300, random -> {
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String channel = "abc".substring(0, 1 + random.nextInt(3)) + random.nextInt(300);
                items.add(new Item.Event(channel, 0, Payload.NULL, Attributes.NONE));
            }
            assertTaken(new DeviceFrame.Publish(Lane.NORMAL, 1, 0, items));
        });
    }

    @Test
    void decodingAndEncodingLeaveTheArrayAlone() throws FrameException {
        Item.Event event = new Item.Event("c", 7, BodyCodec.encode(List.of(1, 2)), Attributes.NONE);
        byte[] bytes = FrameEncoder.encode(new DeviceFrame.Publish(Lane.NORMAL, 1, 0, List.of(event)));
        byte[] before = bytes.clone();
        DeviceFrame.Publish publish = (DeviceFrame.Publish) decoder.decodeDeviceFrame(bytes, 0, bytes.length);
        assertThat(bytes).isEqualTo(before);
        Payload body = ((Item.Event) publish.items().get(0)).body();
        assertThat(body.array()).as("a slice, no copy").isSameAs(bytes);
        assertThat(Arrays.copyOfRange(bytes, body.offset(), body.offset() + body.length()))
                .isEqualTo(event.body().toByteArray());
    }

    @Test
    void aRangeOutsideOfTheArrayIsTheCallersMistake() {
        assertThatThrownBy(() -> decoder.decodeDeviceFrame(new byte[3], 1, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> decoder.decodeServerFrame(new byte[3], -1, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aDeclaredLengthAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] hostile = new byte[64 * 1024];
        byte[] head = HexFormat.of().parseHex("850300010099f000");
        System.arraycopy(head, 0, hostile, 0, head.length);
        long allocated = 0;
        for (int round = 0; round < 3; round++) { // the first one loads what there is to load
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                decoder.decodeDeviceFrame(hostile, 0, hostile.length);
            } catch (FrameException e) {
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(e.closeReason()).isEqualTo(CloseReason.PROTOCOL_VIOLATION);
            }
        }
        assertThat(allocated).as("bytes for 61,440 items that were announced").isBetween(1L, 16 * 1024L);
    }

    @Test
    void aPublishCountsTheNumbersOfItsItems() {
        DeviceFrame.Publish publish = new DeviceFrame.Publish(
                Lane.NORMAL,
                5,
                4,
                List.of(
                        new Item.Event("c", 0, Payload.NULL, Attributes.NONE),
                        new Item.Gap(9, GapReason.OVERFLOW),
                        new Item.Event("c", 0, Payload.NULL, Attributes.NONE)));
        assertThat(publish.next()).isEqualTo(11);
    }

    private FrameException refusal(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return catchThrowableOfType(FrameException.class, () -> decoder.decodeDeviceFrame(bytes, 0, bytes.length));
    }
}
