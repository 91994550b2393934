package io.fleetline.backend;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes records as a node does: of one device, in one run, with channel {@code env/temperature} and its number as body. */
final class TestNode implements AutoCloseable {
    static final long STORE = 11;
    static final long RUN = 22;
    static final long FIRST_RECORD_MILLIS = 1_700_000_000_000L;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private long clockMillis = FIRST_RECORD_MILLIS;

    TestNode(String bootstrapServers, String topic) {
        this.producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.topic = topic;
    }

    void clock(long millis) {
        clockMillis = millis;
    }

    void events(DeviceId device, long from, long to) {
        for (long seq = from; seq <= to; seq++) {
            event(device, seq, seq - 1);
        }
    }

    void event(DeviceId device, long seq, long acked) {
        event(device, seq, acked, BodyCodec.encode(Map.of("n", seq)).toByteArray());
    }

    void event(DeviceId device, long seq, long acked, byte[] body, Header... more) {
        List<Header> headers = new ArrayList<>(List.of(more));
        headers.add(
                new RecordHeader(RecordHeaders.POSITION, RecordHeaderCodec.encode(position(Lane.NORMAL, seq, acked))));
        headers.add(text(RecordHeaders.CHANNEL, "env/temperature"));
        write(device.toString(), body, headers);
    }

    void gap(DeviceId device, long from, long to, long acked) {
        write(
                device.toString(),
                null,
                List.of(
                        new RecordHeader(
                                RecordHeaders.POSITION, RecordHeaderCodec.encode(position(Lane.NORMAL, from, acked))),
                        new RecordHeader(
                                RecordHeaders.GAP, RecordHeaderCodec.encode(new Item.Gap(to, GapReason.OVERFLOW)))));
    }

    void outcome(DeviceId device, long seq, String commandId, OutcomeStatus status, Payload body) {
        write(
                device.toString(),
                body.toByteArray(),
                List.of(
                        new RecordHeader(
                                RecordHeaders.POSITION,
                                RecordHeaderCodec.encode(position(Lane.OUTCOMES, seq, seq - 1))),
                        text(RecordHeaders.COMMAND_ID, commandId),
                        text(RecordHeaders.STATUS, status.name())));
    }

    void update(DeviceId device, String commandId, String state) {
        write(
                device.toString(),
                null,
                List.of(text(RecordHeaders.COMMAND_ID, commandId), text(RecordHeaders.STATUS, state)));
    }

    void write(String key, byte[] value, List<Header> headers) {
        clockMillis += 1_000;
        try {
            producer.send(new ProducerRecord<>(
                            topic, null, clockMillis, key.getBytes(StandardCharsets.UTF_8), value, headers))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("could not write to " + topic, e);
        }
    }

    static Header text(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private RecordPosition position(Lane lane, long seq, long acked) {
        return new RecordPosition(
                lane,
                STORE,
                RUN,
                1_700_000_000L,
                1,
                seq,
                acked,
                clockMillis,
                ClockQuality.SERVER_SYNCHRONISED,
                OptionalLong.empty());
    }

    @Override
    public void close() {
        producer.close();
    }
}
