package io.fleetline.backend;

import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads where a Kafka record stands in its device's stream. Not thread-safe: it keeps a checksum at hand. */
final class StreamRecords {
    private final CRC32C checksum = new CRC32C();

    /**
     * The record as the filter sees it; null for a stranger.
     *
     * @throws RecordHeaderException if its position or its gap cannot be read
     * @throws IllegalArgumentException if they contradict each other
     */
    @Nullable StreamRecord<ConsumerRecord<byte[], byte[]>> read(ConsumerRecord<byte[], byte[]> record)
            throws RecordHeaderException {
        byte[] fl = null;
        byte[] gap = null;
        byte[] channel = null;
        for (Header header : record.headers()) {
            // Taking each key and value lets go of the fetched buffer, which a held record would otherwise keep alive.
            String key = header.key();
            byte[] value = header.value();
            switch (key) {
                case RecordHeaders.POSITION -> fl = value;
                case RecordHeaders.GAP -> gap = value;
                case RecordHeaders.CHANNEL -> channel = value;
                default -> {}
            }
        }
        if (fl == null) {
            return null;
        }
        RecordPosition position = RecordHeaderCodec.decodePosition(fl);
        if (gap != null) {
            Item.Gap range = RecordHeaderCodec.decodeGap(gap);
            return StreamRecord.gap(position, record.timestamp(), range, record);
        }
        int fingerprint = fingerprint(channel, position.timeMillis(), record.value());
        return StreamRecord.event(position, record.timestamp(), fingerprint, record);
    }

    /** Of channel, event time and body: what has to be the same in every copy of an event. */
    private int fingerprint(byte @Nullable [] channel, long timeMillis, byte @Nullable [] body) {
        checksum.reset();
        if (channel != null) {
            checksum.update(channel, 0, channel.length);
        }
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            checksum.update((int) (timeMillis >>> shift) & 0xff);
        }
        if (body != null) {
            checksum.update(body, 0, body.length);
        }
        return (int) checksum.getValue();
    }
}
