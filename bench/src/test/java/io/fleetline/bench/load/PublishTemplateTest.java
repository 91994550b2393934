package io.fleetline.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishTemplateTest {
    private static final List<Item.Event> ITEMS = List.of(
            new Item.Event("room", 1_700_000_000_000L, BodyCodec.encode(Map.of("t", 21.5)), Attributes.NONE),
            new Item.Event("room", 1_700_000_000_001L, BodyCodec.encode(List.of(1, 2)), Attributes.NONE));

    @ParameterizedTest
    @ValueSource(
            longs = {
                1,
                2,
                24,
                25,
                255,
                256,
                257,
                65_535,
                65_536,
                0xffff_ffffL,
                0x1_0000_0000L,
                ProtocolLimits.MAX_NUMBER - 1
            })
    void aFrameIsWhatTheEncoderWouldHaveMade(long from) {
        for (long acked : new long[] {0, from / 2, from - 1}) {
            assertThat(new PublishTemplate(ITEMS).frame(from, acked))
                    .as("from %d, acked %d", from, acked)
                    .isEqualTo(
                            FrameEncoder.encode(new DeviceFrame.Publish(Lane.NORMAL, from, acked, List.copyOf(ITEMS))));
        }
    }
}
