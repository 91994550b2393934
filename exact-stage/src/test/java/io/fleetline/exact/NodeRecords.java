package io.fleetline.exact;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.StoreNames;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Records as a node writes them: of one run of one store of each device, with the number as body. */
final class NodeRecords {
    static final long FIRST_MILLIS = 1_700_000_000_000L;

    private final String topic;
    private final long store;
    private final long run;
    private final long firstMillis;

    NodeRecords(String topic) {
        this(topic, StoreNames.fleeting(1), 1, FIRST_MILLIS);
    }

    private NodeRecords(String topic, long store, long run, long firstMillis) {
        this.topic = topic;
        this.store = store;
        this.run = run;
        this.firstMillis = firstMillis;
    }

    /** Of the so manieth store on a disk that the devices have had, of which each later one has a later run. */
    NodeRecords inStore(int number) {
        return new NodeRecords(topic, StoreNames.lasting(2 * number), number, firstMillis);
    }

    /** The same events, written so much later by the node's clock. */
    NodeRecords after(Duration pause) {
        return new NodeRecords(topic, store, run, firstMillis + pause.toMillis());
    }

    ProducerRecord<byte[], byte[]> event(DeviceId device, long seq, long acked) {
        return record(
                device,
                seq,
                BodyCodec.encode(seq).toByteArray(),
                List.of(
                        position(seq, acked),
                        new RecordHeader(RecordHeaders.CHANNEL, "n".getBytes(StandardCharsets.UTF_8))));
    }

    ProducerRecord<byte[], byte[]> gap(DeviceId device, long from, long to, long acked) {
        return record(
                device,
                from,
                null,
                List.of(
                        position(from, acked),
                        new RecordHeader(
                                RecordHeaders.GAP, RecordHeaderCodec.encode(new Item.Gap(to, GapReason.OVERFLOW)))));
    }

    ProducerRecord<byte[], byte[]> stranger(DeviceId device) {
        return record(device, 0, new byte[] {0x01}, List.of());
    }

    ProducerRecord<byte[], byte[]> spoiled(DeviceId device) {
        return record(device, 0, new byte[] {0x01}, List.of(new RecordHeader(RecordHeaders.POSITION, new byte[] {7})));
    }

    private ProducerRecord<byte[], byte[]> record(DeviceId device, long seq, byte[] value, List<Header> headers) {
        return new ProducerRecord<>(
                topic, null, firstMillis + seq, device.toString().getBytes(StandardCharsets.UTF_8), value, headers);
    }

    private Header position(long seq, long acked) {
        return new RecordHeader(
                RecordHeaders.POSITION,
                RecordHeaderCodec.encode(new RecordPosition(
                        Lane.NORMAL,
                        store,
                        run,
                        1_700_000_000L + run,
                        1,
                        seq,
                        acked,
                        FIRST_MILLIS,
                        ClockQuality.SERVER_SYNCHRONISED,
                        OptionalLong.empty())));
    }
}
