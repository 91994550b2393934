package io.fleetline.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Frames survive the way through bytes, and bytes that are no frames end with the right close code. */
class FrameCodecTest {
    private static final Payload BODY = BodyCodec.encode(Map.of("t", 21.5));
    private static final Attributes EVERYTHING = new Attributes(
            Optional.empty(), ClockQuality.ESTIMATED, Optional.of("00-aa-bb-01"), Optional.of("sensor ü"));

    @Test
    void everyFrameOfADeviceComesBackAsItWas() throws FrameException {
        for (DeviceFrame frame : List.of(
                new DeviceFrame.Hello(0, BodyCodec.encode(Map.of("sdk", "test/1"))),
                new DeviceFrame.Open(Lane.NORMAL, 1, 4294967295L, 1_700_000_000, 1, 1, 0, OptionalLong.empty()),
                new DeviceFrame.Open(Lane.OUTCOMES, 1, 2, 3, 70_000, 70_001, 5, OptionalLong.of(9)),
                new DeviceFrame.Publish(
                        Lane.NORMAL,
                        7,
                        6,
                        List.of(
                                new Item.Event("room/1", 1_700_000_000_000L, BODY, Attributes.NONE),
                                new Item.Event("$sys", 0, Payload.NULL, EVERYTHING),
                                new Item.Event(
                                        "pic",
                                        1,
                                        Payload.byteString(new byte[300]),
                                        Attributes.NONE.withContentType("image/png")),
                                new Item.Gap(20, GapReason.EXPIRED))),
                new DeviceFrame.Publish(
                        Lane.OUTCOMES, 1, 0, List.of(new Item.Outcome("id 1", OutcomeStatus.FAILED, 5, BODY))),
                new DeviceFrame.Heartbeat(9007199254740991L),
                new DeviceFrame.Reauthenticate("Bearer abc"))) {
            byte[] bytes = FrameEncoder.encode(frame);
            assertThat(new FrameDecoder().decodeDeviceFrame(bytes, 0, bytes.length))
                    .isEqualTo(frame);
        }
    }

    @Test
    void everyFrameOfANodeComesBackAsItWas() throws FrameException {
        for (ServerFrame frame : List.of(
                new ServerFrame.Welcome(1, 2, 25_000, 65_536, 32_768, 1024, 1 << 20, 0, 65_536, 10_000),
                new ServerFrame.Ack(Lane.URGENT, 5, Optional.empty()),
                new ServerFrame.Ack(Lane.URGENT, 5, Optional.of(new ServerFrame.StoredAt(3, 1L << 40))),
                new ServerFrame.Reject(Lane.NORMAL, 5, RejectCode.TOO_LARGE, "zu groß"),
                new ServerFrame.HeartbeatAck(0, 1, 2),
                new ServerFrame.Command("c1", "read-now", 0, BODY, Attributes.NONE),
                new ServerFrame.Command("c1", "read-now", 60_000, BODY, EVERYTHING),
                new ServerFrame.Drain(1, ""),
                new ServerFrame.Reauthenticated(0),
                new ServerFrame.Rewind(Lane.BACKFILL, 1, 500))) {
            byte[] bytes = FrameEncoder.encode(frame);
            assertThat(new FrameDecoder().decodeServerFrame(bytes, 0, bytes.length))
                    .isEqualTo(frame);
        }
    }

    @Test
    void aFaultyBodyDoesNotSpoilItsFrame() throws FrameException {
        DeviceFrame.Publish publish = (DeviceFrame.Publish) decode("8503000100818400616300a2616101616102");
        Item.Event event = (Item.Event) publish.items().get(0);
        assertThat(event.body().fault()).contains(new BodyFault(BodyFault.Kind.DUPLICATE_KEY, 4));
    }

    @Test
    void whatIsNotWellFormedEndsTheConnectionAs1007() {
        for (String hex :
                List.of("", "82", "8204", "820401 00".replace(" ", ""), "9b00000001000000000401", "83010063")) {
            assertThat(refusal(hex).closeReason()).as(hex).isEqualTo(CloseReason.MALFORMED);
        }
    }

    @Test
    void whatIsAgainstTheRulesEndsTheConnectionAs4400() {
        for (String hex : List.of(
                "80", "8163", "00", "820400", "82041800", "9f0401ff", "81182a", "82041b0020000000000000", "8204f4")) {
            assertThat(refusal(hex).closeReason()).as(hex).isEqualTo(CloseReason.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void recordHeadersComeBackAsTheyWere() throws RecordHeaderException {
        RecordPosition position =
                new RecordPosition(Lane.NORMAL, 1, 2, 3, 4, 5, 2, 6, ClockQuality.DEVICE, OptionalLong.of(8));
        assertThat(RecordHeaderCodec.decodePosition(RecordHeaderCodec.encode(position)))
                .isEqualTo(position);
        Item.Gap gap = new Item.Gap(1L << 33, GapReason.REFUSED);
        assertThat(RecordHeaderCodec.decodeGap(RecordHeaderCodec.encode(gap))).isEqualTo(gap);
    }

    private static DeviceFrame decode(String hex) throws FrameException {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return new FrameDecoder().decodeDeviceFrame(bytes, 0, bytes.length);
    }

    private static FrameException refusal(String hex) {
        return catchThrowableOfType(FrameException.class, () -> decode(hex));
    }
}
