package io.fleetline.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.Vectors.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the test vectors say is what the codec does, both ways. */
class VectorsTest {
    private final FrameDecoder decoder = new FrameDecoder();

    @TestFactory
    Stream<DynamicTest> aValidFrameMeansWhatItsVectorSays() {
        return each("valid-frames.json", vector -> {
            byte[] bytes = vector.hex("hex");
            assertThat(decode(vector, bytes)).isEqualTo(frame(vector));
        });
    }

    @TestFactory
    Stream<DynamicTest> aValidFrameIsWrittenAsItsVectorSays() {
        return each("valid-frames.json", vector -> {
            byte[] encoded = isDevice(vector)
                    ? FrameEncoder.encode(VectorFrames.deviceFrame(vector.inner("frame")))
                    : FrameEncoder.encode(VectorFrames.serverFrame(vector.inner("frame")));
            if (vector.isTrue("receiveOnly")) {
                assertThat(encoded).isNotEqualTo(vector.hex("hex"));
                assertThat(decode(vector, encoded)).isEqualTo(frame(vector));
            } else {
                assertThat(encoded).isEqualTo(vector.hex("hex"));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aFrameIsReadWhereverItLiesInItsArray() {
        return each("valid-frames.json", vector -> {
            byte[] bytes = vector.hex("hex");
            byte[] larger = new byte[bytes.length + 7];
            System.arraycopy(bytes, 0, larger, 3, bytes.length);
            assertThat(
                            isDevice(vector)
                                    ? decoder.decodeDeviceFrame(larger, 3, bytes.length)
                                    : decoder.decodeServerFrame(larger, 3, bytes.length))
                    .isEqualTo(frame(vector));
        });
    }

    @TestFactory
    Stream<DynamicTest> aFrameThatIsCutOffAnywhereIsMalformed() {
        return each("valid-frames.json", vector -> {
            byte[] bytes = vector.hex("hex");
            for (int length = 0; length < bytes.length; length++) {
                byte[] cutOff = Arrays.copyOf(bytes, length);
                FrameException refusal = catchThrowableOfType(FrameException.class, () -> decode(vector, cutOff));
                assertThat(refusal).as("%d of %d bytes", length, bytes.length).isNotNull();
                assertThat(refusal.closeReason().code())
                        .as("%d of %d bytes: %s", length, bytes.length, refusal.getMessage())
                        .isEqualTo(1007);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> anInvalidFrameEndsTheConnectionAsItsVectorSays() {
        return each("invalid-frames.json", vector -> {
            byte[] bytes = vector.hex("hex");
            FrameException refusal = catchThrowableOfType(FrameException.class, () -> decode(vector, bytes));
            assertThat(refusal).isNotNull();
            assertThat((long) refusal.closeReason().code())
                    .as(refusal.getMessage())
                    .isEqualTo(vector.number("close"));
            assertThat(refusal.offset()).isBetween(0, bytes.length);
        });
    }

    @TestFactory
    Stream<DynamicTest> aBodyIsTakenOrRejectedAsItsVectorSays() {
        return each("bodies.json", vector -> {
            byte[] bytes = vector.hex("hex");
            Optional<BodyFault> expected = vector.text("verdict").equals("accept")
                    ? Optional.empty()
                    : Optional.of(
                            new BodyFault(BodyFault.Kind.valueOf(vector.text("fault")), (int) vector.number("at")));
            BodyWalk walk = new BodyWalk();
            assertThat(walk.walk(bytes, 0, bytes.length)).isEqualTo(bytes.length);
            assertThat(walk.fault()).isEqualTo(expected);

            Item.Event event = new Item.Event("c", 0, Payload.wrap(bytes), Attributes.NONE);
            byte[] frame = FrameEncoder.encode(new DeviceFrame.Publish(Lane.NORMAL, 1, 0, List.of(event)));
            DeviceFrame.Publish decoded = (DeviceFrame.Publish) decoder.decodeDeviceFrame(frame, 0, frame.length);
            Payload body = ((Item.Event) decoded.items().get(0)).body();
            assertThat(body).isEqualTo(Payload.wrap(bytes));
            assertThat(body.fault()).isEqualTo(expected);
        });
    }

    @TestFactory
    Stream<DynamicTest> aBodyHasTheJsonOfItsVector() {
        return each("bodies.json", vector -> {
            String json = BodyCodec.toJson(Payload.wrap(vector.hex("hex")));
            if (vector.has("json")) {
                assertThat(json).isEqualTo(vector.text("json"));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aRecordHeaderIsReadAndWrittenAsItsVectorSays() {
        return each("record-headers.json", vector -> {
            byte[] bytes = vector.hex("hex");
            boolean position = vector.text("header").equals("fl");
            if (vector.text("result").equals("valid")) {
                Vector value = vector.inner("value");
                byte[] encoded =
                        position ? RecordHeaderCodec.encode(position(value)) : RecordHeaderCodec.encode(gap(value));
                if (!vector.isTrue("receiveOnly")) {
                    assertThat(encoded).isEqualTo(bytes);
                }
                assertThat(position ? RecordHeaderCodec.decodePosition(bytes) : RecordHeaderCodec.decodeGap(bytes))
                        .isEqualTo(position ? position(value) : gap(value));
            } else {
                RecordHeaderException refusal = catchThrowableOfType(RecordHeaderException.class, () -> {
                    if (position) {
                        RecordHeaderCodec.decodePosition(bytes);
                    } else {
                        RecordHeaderCodec.decodeGap(bytes);
                    }
                });
                assertThat(refusal.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .isEqualTo(vector.text("result"));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> theDiagnosticNotationOfAVectorIsThatOfItsBytes() {
        return Stream.of("valid-frames.json", "invalid-frames.json", "bodies.json", "record-headers.json")
                .flatMap(Vectors::read)
                .filter(vector -> vector.has("diagnostic"))
                .map(vector -> dynamicTest(
                        vector.name(),
                        () -> assertThat(Diagnostic.of(vector.hex("hex"))).isEqualTo(vector.text("diagnostic"))));
    }

    private Object decode(Vector vector, byte[] bytes) throws FrameException {
        return isDevice(vector)
                ? decoder.decodeDeviceFrame(bytes, 0, bytes.length)
                : decoder.decodeServerFrame(bytes, 0, bytes.length);
    }

    private static Object frame(Vector vector) {
        Vector frame = vector.inner("frame");
        return isDevice(vector) ? VectorFrames.deviceFrame(frame) : VectorFrames.serverFrame(frame);
    }

    private static boolean isDevice(Vector vector) {
        return vector.text("from").equals("device");
    }

    private static RecordPosition position(Vector value) {
        assertThat(value.number("version")).isEqualTo(RecordPosition.VERSION);
        return new RecordPosition(
                Lane.of(value.number("lane")),
                value.number("store"),
                value.number("run"),
                value.number("order"),
                value.number("first"),
                value.number("seq"),
                value.number("acked"),
                value.number("time"),
                ClockQuality.of(value.number("clockQuality")),
                value.has("before") ? OptionalLong.of(value.number("before")) : OptionalLong.empty());
    }

    private static Item.Gap gap(Vector value) {
        return new Item.Gap(value.number("to"), GapReason.of(value.number("reason")));
    }

    private interface Check {
        void of(Vector vector) throws Exception;
    }

    private static Stream<DynamicTest> each(String file, Check check) {
        return Vectors.read(file).map(vector -> dynamicTest(vector.name(), () -> check.of(vector)));
    }
}
