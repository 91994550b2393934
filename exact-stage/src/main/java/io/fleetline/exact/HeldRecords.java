package io.fleetline.exact;

import io.fleetline.backend.HeldKafkaRecords;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The events that the filters hold, each by itself and under its offset: a device's state names them and stays small,
 * however much is held for it.
 */
final class HeldRecords {
    private final KeyValueStore<Bytes, byte[]> store;
    private final TopicPartition partition;
    private final HeldKafkaRecords codec;
    private long count;

    HeldRecords(KeyValueStore<Bytes, byte[]> store, TopicPartition partition) {
        this.store = store;
        this.partition = partition;
        this.codec = new HeldKafkaRecords(partition);
    }

    /** What was held when this task last stopped. */
    void recount(BiConsumer<Long, byte[]> timestampAndKey) {
        count = 0;
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> each = all.next();
                ConsumerRecord<byte[], byte[]> record = codec.decode(each.value);
                timestampAndKey.accept(record.timestamp(), record.key());
                count++;
            }
        }
    }

    void put(long offset, Record<byte[], byte[]> record) {
        ConsumerRecord<byte[], byte[]> kafka = new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                record.timestamp(),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
        store.put(key(offset), codec.encode(kafka));
        count++;
    }

    /** Takes a record out. */
    Record<byte[], byte[]> take(long offset) {
        byte[] bytes = store.delete(key(offset));
        if (bytes == null) {
            throw new IllegalStateException("the held record " + partition + "@" + offset
                    + " is not in its store: the state is damaged, and has to be built anew");
        }
        count--;
        ConsumerRecord<byte[], byte[]> kafka = codec.decode(bytes);
        return new Record<>(kafka.key(), kafka.value(), kafka.timestamp(), kafka.headers());
    }

    void drop(long offset) {
        if (store.delete(key(offset)) != null) {
            count--;
        }
    }

    long count() {
        return count;
    }

    private static Bytes key(long offset) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
    }
}
