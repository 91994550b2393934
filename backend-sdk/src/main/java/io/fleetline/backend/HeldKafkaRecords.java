package io.fleetline.backend;

import io.fleetline.backend.filter.FilterStateException;
import io.fleetline.backend.filter.HeldRecordCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Stores held records of one partition: offset, timestamp, key, value, headers. For stream processors that bring their own
 * consumer; {@link EventReader} has it built in. Safe for use by many threads.
 */
public final class HeldKafkaRecords implements HeldRecordCodec<ConsumerRecord<byte[], byte[]>> {
    private static final int NULL = -1;

    private final TopicPartition partition;

    /** For the records of this partition. */
    public HeldKafkaRecords(TopicPartition partition) {
        this.partition = partition;
    }

    @Override
    public byte[] encode(ConsumerRecord<byte[], byte[]> record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(record.offset());
            out.writeLong(record.timestamp());
            write(out, record.key());
            write(out, record.value());
            Header[] headers = record.headers().toArray();
            out.writeInt(headers.length);
            for (Header header : headers) {
                out.writeUTF(header.key());
                write(out, header.value());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public ConsumerRecord<byte[], byte[]> decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            long offset = in.readLong();
            long timestamp = in.readLong();
            byte[] key = read(in);
            byte[] value = read(in);
            Headers headers = new RecordHeaders();
            for (int left = in.readInt(); left > 0; left--) {
                headers.add(new RecordHeader(in.readUTF(), read(in)));
            }
            return record(offset, timestamp, key, value, headers);
        } catch (IOException e) {
            throw new FilterStateException("a held record of " + partition + " cannot be read", e);
        }
    }

    @SuppressWarnings("NullAway") // Kafka's records have null keys and values
    private ConsumerRecord<byte[], byte[]> record(
            long offset, long timestamp, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                key == null ? NULL : key.length,
                value == null ? NULL : value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        out.writeInt(bytes == null ? NULL : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte @Nullable [] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == NULL) {
            return null;
        }
        byte[] bytes = in.readNBytes(length < 0 ? 0 : length);
        if (bytes.length != length) {
            throw new IOException(length + " bytes announced, " + bytes.length + " there");
        }
        return bytes;
    }
}
