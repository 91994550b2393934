package io.fleetline.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import java.util.Optional;

/**
 * Whatever the bytes are, the codec reads them or refuses them with a {@link FrameException}. In a build this plays the
 * inputs kept beside it; {@code JAZZER_FUZZ=1 mvn test -pl protocol -Dtest=CodecFuzzTest#aMessage} looks for new ones.
 */
class CodecFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void aMessage(byte[] message) {
        FrameDecoder decoder = new FrameDecoder();
        try {
            DeviceFrame frame = decoder.decodeDeviceFrame(message, 0, message.length);
            byte[] again = FrameEncoder.encode(frame);
            assertThat(decoder.decodeDeviceFrame(again, 0, again.length)).isEqualTo(frame);
        } catch (FrameException e) {
            assertThat(e.offset()).isBetween(0, message.length);
        }
        try {
            ServerFrame frame = decoder.decodeServerFrame(message, 0, message.length);
            byte[] again = FrameEncoder.encode(frame);
            assertThat(decoder.decodeServerFrame(again, 0, again.length)).isEqualTo(frame);
        } catch (FrameException e) {
            assertThat(e.offset()).isBetween(0, message.length);
        }
    }

    @FuzzTest(maxDuration = "5m")
    void aBody(byte[] body) {
        BodyWalk walk = new BodyWalk();
        ReferenceWalk.Outcome expected = ReferenceWalk.walk(body, body.length);
        try {
            int end = walk.walk(body, 0, body.length);
            assertThat(new ReferenceWalk.Outcome(end, walk.fault(), expected.exotic()))
                    .isEqualTo(expected);
            BodyCodec.toJson(Payload.wrap(body, 0, end));
        } catch (FrameException e) {
            assertThat(new ReferenceWalk.Outcome(-1, Optional.empty(), expected.exotic()))
                    .isEqualTo(expected);
        }
    }
}
