package io.fleetline.backend;

import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a Kafka record what the stream filter wants to know of it: for stream processors that bring their own
 * consumer. {@link EventReader} has it built in.
 *
 * <p>Not thread-safe: it keeps a checksum and the devices that it met last at hand.
 */
public final class StreamRecordReader {
    private final CRC32C checksum = new CRC32C();
    private final DeviceKeys devices = new DeviceKeys();

    /** A reader that has met no device yet. */
    public StreamRecordReader() {}

    /**
     * The device that a record's key names.
     *
     * @param key the record's key, {@code tenant/device} in UTF-8; null where it has none
     * @throws IllegalArgumentException if this is no device's key
     */
    public DeviceId device(byte @Nullable [] key) {
        return devices.read(key);
    }

    /**
     * The record as the filter sees it; empty for a stranger, which has no {@link RecordHeaders#POSITION}.
     *
     * @param headers the record's headers
     * @param value the record's value; null where it has none
     * @param timestampMillis the record's timestamp, Unix time in ms
     * @param payload what the filter is to hand back
     * @param <R> the type of that
     * @throws RecordHeaderException if its position or its gap cannot be read; of {@linkplain
     *     RecordHeaderException.Kind#UNKNOWN_VERSION an unknown version}, no later record of the partition may be read
     * @throws IllegalArgumentException if position and gap contradict each other
     */
    public <R> Optional<StreamRecord<R>> read(
            Iterable<Header> headers, byte @Nullable [] value, long timestampMillis, R payload)
            throws RecordHeaderException {
        byte[] fl = null;
        byte[] gap = null;
        byte[] channel = null;
        for (Header header : headers) {
            // Taking each key and value lets go of the fetched buffer, which a held record would otherwise keep alive.
            String key = header.key();
            byte[] bytes = header.value();
            switch (key) {
                case RecordHeaders.POSITION -> fl = bytes;
                case RecordHeaders.GAP -> gap = bytes;
                case RecordHeaders.CHANNEL -> channel = bytes;
                default -> {}
            }
        }
        if (fl == null) {
            return Optional.empty();
        }
        RecordPosition position = RecordHeaderCodec.decodePosition(fl);
        if (gap != null) {
            Item.Gap range = RecordHeaderCodec.decodeGap(gap);
            return Optional.of(StreamRecord.gap(position, timestampMillis, range, payload));
        }
        int fingerprint = fingerprint(channel, position.timeMillis(), value);
        return Optional.of(StreamRecord.event(position, timestampMillis, fingerprint, payload));
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
