package io.fleetline.backend;

import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.FilterCounts;
import io.fleetline.backend.filter.FilterLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads events from Kafka: each once, in the order of its lane, through a {@link
 * io.fleetline.backend.filter.StreamFilter} for each partition.
 *
 * <pre>{@code
 * try (EventReader reader = EventReader.builder()
 *         .bootstrapServers("localhost:9092")
 *         .stateStore(FileStateStore.open(Path.of("reader-state")))
 *         .build()) {
 *     while (running) {
 *         EventBatch batch = reader.poll(Duration.ofSeconds(1));
 *         for (Event event : batch.events()) {
 *             store(event.device(), event.time(), event.json());
 *         }
 *         reader.commit();
 *     }
 * }
 * }</pre>
 *
 * <p><b>What is guaranteed.</b> {@link #commit} saves, in the {@link StateStore}, how far all that {@link #poll} returned
 * so far goes, together with what the filter knows there. A reader that starts again begins there, with the very
 * events that the first one would have delivered next: nothing is skipped, and nothing committed comes again. What was
 * returned and not committed comes again, and so:
 *
 * <ul>
 *   <li><em>At least once</em>, if the application stores its results and then calls {@code commit}: after a crash
 *       between the two, the last batches come a second time. The event's name (device, lane, store, run, number) tells.
 *   <li><em>Exactly once, as observed</em>, if the results and the reader's state are stored in one transaction: use a
 *       {@link StateStore} that writes to the application's database on the connection on which the application writes
 *       its results, call {@code commit} before the transaction commits, and {@link #close} the reader if that fails.
 * </ul>
 *
 * <p><b>Partitions.</b> A reader takes all partitions of its topics, or those that it is given. Readers that share the
 * work as a {@linkplain EventReaderBuilder#group group} need a state store that all of them use; what one of them saves on top of
 * another's progress is refused ({@link StaleProgressException}). Kafka's committed offsets are not read, only written, so
 * that tools can show how far the group is behind.
 *
 * <p><b>Falling behind.</b> A reader that comes near the records that the topic deletes next says so ({@link
 * EventReaderBuilder#onNearRetention}); one that they were deleted from under ends with {@link ReadPositionGoneException}.
 *
 * <p>Reads {@code fleetline.events}, or any topic of which the records have positions, as long as all records of a lane
 * are in it; not the exact topic, where an ordinary consumer does.
 *
 * <p>Not thread-safe, as Kafka's consumer is not: one thread uses it, another may call {@link #stop}.
 */
public final class EventReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);

    /** So many alarms of one batch are logged one by one; a copied store can raise one for every record. */
    private static final int ALARMS_LOGGED = 10;

    private static final Duration RUN_POLL = Duration.ofSeconds(1);

    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final StateStore store;
    private final StartAt startAt;
    private final FilterLimits limits;
    private final BatchCollector collector;
    private final boolean inGroup;
    private final RetentionWatch retention;
    private final Map<TopicPartition, PartitionReading> partitions = new HashMap<>();
    private @Nullable RuntimeException failure;
    private volatile boolean stopped;

    EventReader(
            org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
            StateStore store,
            StartAt startAt,
            FilterLimits limits,
            BatchCollector collector,
            boolean inGroup,
            RetentionWatch retention) {
        this.consumer = consumer;
        this.store = store;
        this.startAt = startAt;
        this.limits = limits;
        this.collector = collector;
        this.inGroup = inGroup;
        this.retention = retention;
    }

    /** A reader to be set up. */
    public static EventReaderBuilder builder() {
        return new EventReaderBuilder();
    }

    void assign(List<TopicPartition> chosen) {
        consumer.assign(chosen);
        chosen.forEach(this::open);
    }

    void subscribe(List<String> topics) {
        consumer.subscribe(topics, new Rebalance());
    }

    /**
     * The next events.
     *
     * @param timeout how long to wait where there are none
     * @return what came; nothing if the time passed or {@link #stop} was called
     * @throws UnknownRecordVersionException if a newer release wrote the next record; all before it was returned
     * @throws ReadPositionGoneException if the next record was deleted before it was read
     * @throws org.apache.kafka.common.KafkaException as Kafka's consumer does
     * @throws IllegalStateException if an earlier call failed and the reader was not rewound
     */
    public EventBatch poll(Duration timeout) {
        if (failure instanceof UnknownRecordVersionException unknown) {
            throw unknown;
        }
        checkUsable();
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(timeout);
        } catch (WakeupException e) {
            return collector.take();
        } catch (OffsetOutOfRangeException e) {
            throw new ReadPositionGoneException(
                    "the records to be read next are not in the topic any more: " + e.getMessage(), e);
        }
        take(records);
        retention.look(consumer, nextOffsets());
        EventBatch batch = collector.take();
        log(batch.alarms());
        if (failure != null && batch.isEmpty()) {
            throw failure;
        }
        return batch;
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            PartitionReading reading = partitions.get(partition);
            if (reading == null) {
                continue; // revoked while it was fetched
            }
            try {
                for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                    reading.accept(record);
                }
            } catch (UnknownRecordVersionException e) {
                failure = e;
                return;
            }
        }
    }

    private static void log(List<Alarm> alarms) {
        for (int i = 0; i < Math.min(alarms.size(), ALARMS_LOGGED); i++) {
            LOG.warn("{}", alarms.get(i).message());
        }
        if (alarms.size() > ALARMS_LOGGED) {
            LOG.warn("and {} alarms more in the same batch", alarms.size() - ALARMS_LOGGED);
        }
    }

    /**
     * Saves that all events which {@link #poll} returned are done with.
     *
     * @throws StaleProgressException if another reader did meanwhile
     * @throws RuntimeException as the state store does; the reader then has to be rewound or closed
     */
    public void commit() {
        if (!(failure instanceof UnknownRecordVersionException)) {
            checkUsable();
        }
        Map<PartitionReading, PartitionProgress> progress = new HashMap<>();
        for (PartitionReading reading : partitions.values()) {
            reading.progress().ifPresent(made -> progress.put(reading, made));
        }
        if (progress.isEmpty()) {
            return;
        }
        try {
            store.save(List.copyOf(progress.values()));
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
        progress.forEach(PartitionReading::saved);
        if (inGroup) {
            tellGroup(progress.values());
        }
    }

    private void tellGroup(Collection<PartitionProgress> progress) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        progress.forEach(made -> offsets.put(made.partition(), new OffsetAndMetadata(made.nextOffset())));
        consumer.commitAsync(offsets, (done, exception) -> {
            if (exception != null) {
                LOG.debug("offsets for tools to look at were not committed: {}", exception.toString());
            }
        });
    }

    /** Goes back to what was committed last: what was returned since comes again. */
    public void rewind() {
        failure = null;
        collector.discard();
        List.copyOf(partitions.keySet()).forEach(this::open);
    }

    /**
     * Polls, hands each batch with something in it to the handler, and commits, until {@link #stop} is called.
     *
     * @param handler stores what came; if it throws, nothing is committed and this throws the same
     */
    public void run(Consumer<EventBatch> handler) {
        while (!stopped) {
            EventBatch batch = poll(RUN_POLL);
            if (!batch.isEmpty()) {
                handler.accept(batch);
            }
            commit();
        }
    }

    /** Makes {@link #run} return behind its current batch, and a waiting {@link #poll} at once. May be called by any thread. */
    public void stop() {
        stopped = true;
        consumer.wakeup();
    }

    /** What was done so far in the partitions that it has. */
    public ReaderCounts counts() {
        FilterCounts counts = FilterCounts.NONE;
        for (PartitionReading reading : partitions.values()) {
            counts = counts.plus(reading.counts());
        }
        return new ReaderCounts(counts, collector.strangers(), collector.unreadable());
    }

    /** The offset of the next record in each partition that it has. */
    public Map<TopicPartition, Long> nextOffsets() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        partitions.values().forEach(reading -> offsets.put(reading.partition(), reading.nextOffset()));
        return offsets;
    }

    /** Lets go of Kafka and closes the state store. Commits nothing. */
    @Override
    public void close() {
        try {
            consumer.close();
        } finally {
            store.close();
        }
    }

    private void checkUsable() {
        if (failure != null) {
            throw new IllegalStateException("the reader has to be rewound or closed", failure);
        }
    }

    /** Takes a partition up where the store says, or at its start. */
    private void open(TopicPartition partition) {
        Optional<PartitionState> stored = store.load(partition);
        PartitionReading reading = stored.isPresent()
                ? PartitionReading.from(stored.get(), partition, limits, collector)
                : PartitionReading.from(startOffset(partition), partition, limits, collector);
        partitions.put(partition, reading);
        boolean recordBeforeIsThere = reading.wantsRecordBefore() && begin(partition) < reading.nextOffset();
        consumer.seek(partition, recordBeforeIsThere ? reading.nextOffset() - 1 : reading.nextOffset());
    }

    private long startOffset(TopicPartition partition) {
        if (startAt.isEarliest()) {
            return begin(partition);
        }
        Optional<Instant> time = startAt.time();
        if (time.isPresent()) {
            OffsetAndTimestamp found = consumer.offsetsForTimes(
                            Map.of(partition, time.get().toEpochMilli()))
                    .get(partition);
            if (found != null) {
                return found.offset();
            }
        }
        return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    private long begin(TopicPartition partition) {
        return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** Follows the group's sharing out of partitions, which happens inside {@link #poll}. */
    private final class Rebalance implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            assigned.forEach(EventReader.this::open);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            revoked.forEach(partitions::remove);
        }
    }
}
