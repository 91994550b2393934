package io.fleetline.bench.peers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DialectsTest {
    private static final byte[] BODY = new byte[100];

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @Test
    void mqttIsSpokenAsItsStandardHasIt() {
        Dialect mqtt = new MqttDialect("d1", BODY);

        // 3.1: protocol name and level 4, clean session, keep-alive of 600 s, the client's name.
        assertThat(mqtt.opening()).containsExactly(hex("100e00044d5154540402025800026431"));
        assertThat(mqtt.greeted()).isFalse();
        assertThat(mqtt.take(hex("20020000"))).isZero();
        assertThat(mqtt.greeted()).isTrue();
        // 3.3: QoS 1, the topic, packet 1.
        assertThat(mqtt.publish())
                .hasSize(2 + 10 + 2 + 100)
                .startsWith(hex("32700008"))
                .contains(0, 1);
        assertThat(mqtt.take(hex("40020001" + "40020002"))).isEqualTo(2);
        assertThatThrownBy(() -> mqtt.take(hex("30020001"))).hasMessageContaining("packet type 3");
        assertThatThrownBy(() -> mqtt.take(hex("20020005"))).hasMessageContaining("packet type 2");
    }

    @Test
    void natsAnswersMayComeInPieces() {
        Dialect nats = new NatsDialect(BODY);

        assertThat(nats.take("INFO {}\r\n+OK\r\nPO".getBytes(US_ASCII))).isZero();
        assertThat(nats.greeted()).isFalse();
        assertThat(nats.take("NG\r\n+OK\r\n+O".getBytes(US_ASCII))).isEqualTo(1);
        assertThat(nats.greeted()).isTrue();
        assertThat(nats.take("K\r\n".getBytes(US_ASCII))).isEqualTo(1);
        assertThat(nats.publish()).startsWith("PUB readings 100\r\n".getBytes(US_ASCII));
        assertThatThrownBy(() -> nats.take("-ERR 'no'\r\n".getBytes(US_ASCII))).hasMessageContaining("-ERR 'no'");
    }

    @Test
    void oursCountsWhatAnAckSettles() throws Exception {
        Dialect ours = new FleetlineDialect(new byte[] {(byte) 0xa0}, 7, 1_800_000_000_000L);
        assertThat(ours.opening()).hasSize(2);
        byte[] first = ours.publish();
        DeviceFrame.Publish second =
                (DeviceFrame.Publish) new FrameDecoder().decodeDeviceFrame(ours.publish(), 0, first.length);

        assertThat(second.from()).isEqualTo(2);
        assertThat(ours.take(FrameEncoder.encode(new ServerFrame.Ack(Lane.NORMAL, 2, Optional.empty()))))
                .isEqualTo(2);
        assertThat(ours.take(FrameEncoder.encode(new ServerFrame.Ack(Lane.NORMAL, 2, Optional.empty()))))
                .isZero();
    }
}
