package io.fleetline.simulator.proof;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads an events topic byte for byte, from the offsets where an instance found it to where it ends now. */
public final class RawLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final LongSupplier nanoTime;

    /**
     * Reads this topic at these bootstrap servers.
     *
     * @param nanoTime a clock that never goes back
     */
    public RawLog(String bootstrap, String topic, LongSupplier nanoTime) {
        this(connection(bootstrap), topic, nanoTime);
    }

    /**
     * Reads this topic of this Kafka.
     *
     * @param connection where it is and how to speak to it: settings of Kafka's clients
     * @param nanoTime a clock that never goes back
     */
    public RawLog(Map<String, ?> connection, String topic, LongSupplier nanoTime) {
        this(connection, topic, "read_uncommitted", nanoTime);
    }

    private RawLog(Map<String, ?> connection, String topic, String isolation, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "fleetline-proof");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.topic = topic;
    }

    private static Map<String, Object> connection(String bootstrap) {
        return Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    }

    /**
     * Reads what transactions that are over wrote to this topic, as those who read an exact topic do.
     *
     * @param nanoTime a clock that never goes back
     */
    public static RawLog committed(String bootstrap, String topic, LongSupplier nanoTime) {
        return committed(connection(bootstrap), topic, nanoTime);
    }

    /** As {@link #committed(String, String, LongSupplier)}, with settings of Kafka's clients. */
    public static RawLog committed(Map<String, ?> connection, String topic, LongSupplier nanoTime) {
        return new RawLog(connection, topic, "read_committed", nanoTime);
    }

    /** Where each partition ends now. */
    public Map<Integer, Long> ends() {
        Map<Integer, Long> ends = new HashMap<>();
        List<TopicPartition> partitions = partitions();
        consumer.assign(partitions);
        consumer.endOffsets(partitions).forEach((partition, end) -> ends.put(partition.partition(), end));
        return ends;
    }

    /**
     * Hands every record from these offsets to where each partition ends now to the check.
     *
     * @param from where to begin, by partition; a partition that is not named is read whole
     * @param patience how long it may take
     * @throws TimeoutException if it takes longer
     */
    public void readInto(JournalCheck check, Map<Integer, Long> from, Duration patience) throws TimeoutException {
        read(from, patience, record -> hand(record, check));
    }

    /**
     * Hands every record of the command updates from these offsets to where each partition ends now to the check.
     *
     * @param from where to begin, by partition; a partition that is not named is read whole
     * @param patience how long it may take
     * @throws TimeoutException if it takes longer
     */
    public void readInto(CommandCheck check, Map<Integer, Long> from, Duration patience) throws TimeoutException {
        read(from, patience, record -> {
            try {
                check.record(UpdateBytes.read(record));
            } catch (IOException e) {
                check.unreadable(
                        "partition " + record.partition() + " offset " + record.offset(),
                        String.valueOf(e.getMessage()));
            }
        });
    }

    /** Every record, by partition. */
    Map<Integer, List<CopiedRecord>> copy(Duration patience) throws TimeoutException {
        Map<Integer, List<CopiedRecord>> copies = new TreeMap<>();
        read(
                Map.of(),
                patience,
                record -> copies.computeIfAbsent(record.partition(), number -> new ArrayList<>())
                        .add(CopiedRecord.of(record)));
        return copies;
    }

    private void read(Map<Integer, Long> from, Duration patience, Consumer<ConsumerRecord<byte[], byte[]>> to)
            throws TimeoutException {
        List<TopicPartition> partitions = partitions();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
        consumer.beginningOffsets(partitions).forEach((partition, beginning) -> {
            // What was deleted meanwhile is missing, and the check says so: nothing to fail on here.
            long start = Math.max(beginning, from.getOrDefault(partition.partition(), 0L));
            consumer.seek(partition, start);
            ends.computeIfPresent(partition, (same, end) -> start >= end ? null : end);
        });
        long beganNanos = nanoTime.getAsLong();
        while (!ends.isEmpty()) {
            consumer.poll(POLL).forEach(to);
            ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            if (!ends.isEmpty() && nanoTime.getAsLong() - beganNanos > patience.toNanos()) {
                throw new TimeoutException(ends.size() + " of the partitions of " + topic
                        + " were not read to their end within " + patience.toMillis() / 1e3 + " s");
            }
        }
    }

    private static void hand(ConsumerRecord<byte[], byte[]> record, JournalCheck check) {
        try {
            check.record(RecordBytes.read(record));
        } catch (IOException e) {
            check.unreadable(
                    "partition " + record.partition() + " offset " + record.offset(), String.valueOf(e.getMessage()));
        }
    }

    private List<TopicPartition> partitions() {
        return consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
