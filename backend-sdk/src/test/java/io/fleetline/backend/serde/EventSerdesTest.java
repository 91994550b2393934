package io.fleetline.backend.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

final class EventSerdesTest {
    private static final String TOPIC = "fleetline.events.exact";
    private static final byte[] BODY = BodyCodec.encode(Map.of("celsius", 21.5)).toByteArray();
    private static final RecordPosition POSITION = new RecordPosition(
            Lane.URGENT, 1, 2, 3, 1, 7, 5, 1_700_000_000_000L, ClockQuality.DEVICE, OptionalLong.empty());

    private static Headers headers() {
        return new RecordHeaders()
                .add("fl", RecordHeaderCodec.encode(POSITION))
                .add("channel", "pump/temperature".getBytes(StandardCharsets.UTF_8));
    }

    private static EventValue read(Headers headers, byte[] value) {
        return EventSerdes.event().deserializer().deserialize(TOPIC, headers, value);
    }

    @Test
    void anEventHasWhatItsValueAndHeadersSay() {
        EventValue event = read(headers(), BODY);
        assertThat(event.position()).contains(POSITION);
        assertThat(event.lane()).isEqualTo(Lane.URGENT);
        assertThat(event.seq()).contains(7L);
        assertThat(event.time()).contains(Instant.ofEpochMilli(1_700_000_000_000L));
        assertThat(event.clockQuality()).isEqualTo(ClockQuality.DEVICE);
        assertThat(event.channel()).isEqualTo("pump/temperature");
        assertThat(event.source()).isEmpty();
        assertThat(event.decodedBody()).isEqualTo(Map.of("celsius", 21.5));
        assertThat(event.json()).isEqualTo("{\"celsius\":21.5}");
        assertThat(event.isGap()).isFalse();
    }

    @Test
    void aBodyOfAnotherTypeIsNotTakenForCbor() {
        EventValue event = read(
                headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8)),
                "{\"a\": 1}".getBytes(StandardCharsets.UTF_8));
        assertThat(event.json()).isEqualTo("{\"a\": 1}");
        assertThatThrownBy(event::body).hasMessageContaining("application/json, not CBOR");
    }

    @Test
    void aGapIsOneAndAStrangerHasNoPosition() {
        EventValue gap = read(
                new RecordHeaders()
                        .add("fl", RecordHeaderCodec.encode(POSITION))
                        .add("gap", RecordHeaderCodec.encode(new Item.Gap(9, GapReason.OVERFLOW))),
                null);
        assertThat(gap.isGap()).isTrue();
        assertThat(gap.gap()).contains(new Item.Gap(9, GapReason.OVERFLOW));
        assertThat(gap.time()).isEmpty();
        assertThat(gap.json()).isEqualTo("null");
        EventValue stranger = read(new RecordHeaders(), BODY);
        assertThat(stranger.position()).isEmpty();
        assertThat(stranger.time()).isEmpty();
        assertThat(read(new RecordHeaders(), null)).isNull();
    }

    @Test
    void whatIsWrittenReadsTheSameAndHeadersAreNotDoubled() {
        EventValue event = read(headers(), BODY);
        Headers written = new RecordHeaders().add("channel", "pump/temperature".getBytes(StandardCharsets.UTF_8));
        byte[] value = EventSerdes.event().serializer().serialize(TOPIC, written, event);
        assertThat(written.toArray()).hasSize(2);
        assertThat(read(written, value).position()).contains(POSITION);
        assertThat(read(headers(), BODY)).isEqualTo(event).hasSameHashCodeAs(event);
    }

    @Test
    void keysAreDevices() {
        byte[] key = EventSerdes.device().serializer().serialize(TOPIC, DeviceId.parse("acme/pump-7"));
        assertThat(EventSerdes.device().deserializer().deserialize(TOPIC, key))
                .isEqualTo(DeviceId.parse("acme/pump-7"));
        assertThat(EventSerdes.device().deserializer().deserialize(TOPIC, null)).isNull();
        assertThatThrownBy(() -> EventSerdes.device().deserializer().deserialize(TOPIC, new byte[] {'x'}))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("a key of " + TOPIC + " names no device");
    }

    @Test
    void theJsonViewIsText() {
        assertThat(EventSerdes.json().deserialize(TOPIC, headers(), BODY)).isEqualTo("{\"celsius\":21.5}");
        assertThatThrownBy(() -> EventSerdes.json().deserialize(TOPIC, headers(), new byte[] {(byte) 0xff}))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("is not CBOR");
    }

    private record Reading(double celsius) {}

    @Test
    void databindMapsCborAndJsonToClasses() throws IOException {
        JsonBodies<Reading> readings = JsonBodies.of(Reading.class);
        assertThat(readings.read(BODY, Optional.empty())).isEqualTo(new Reading(21.5));
        assertThat(readings.read(
                        "{\"celsius\": 3}".getBytes(StandardCharsets.UTF_8),
                        Optional.of("application/json; charset=utf-8")))
                .isEqualTo(new Reading(3));
        assertThat(readings.deserializer().deserialize(TOPIC, headers(), BODY)).isEqualTo(new Reading(21.5));
        byte[] other = BodyCodec.encode(Map.of("bar", 3)).toByteArray();
        assertThatThrownBy(() -> readings.deserializer().deserialize(TOPIC, headers(), other))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("is no Reading");
        assertThatThrownBy(() -> readings.read(BODY, Optional.of("image/png"))).hasMessageContaining("image/png");
    }
}
