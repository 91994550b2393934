package io.fleetline.bench.load;

import io.fleetline.bench.machine.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic as it is written, in the process that caused it to be written, and notes down how long after its time each
 * record came out of {@code poll}.
 */
public final class RecordArrivals implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_NANOS = 1_000_000;
    private static final double NANOS_PER_MICRO = 1e3;

    /** Knows when a record was due. */
    public interface Origin {
        /** When it should have been sent, by this process's clock; negative if it is of no interest. */
        long dueNanos(ConsumerRecord<byte[], byte[]> record) throws Exception;
    }

    private final Origin origin;
    private final Thread thread;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean closed;

    private long arrived; // guarded by this
    private Histogram latencies = new Histogram(3); // guarded by this

    /** Reads this topic from its end on. */
    public RecordArrivals(String bootstrap, String topic, Origin origin) {
        this.origin = origin;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "latest",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5_000,
                        "enable.metrics.push",
                        "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // now, before anything that is to be read is written
        thread = new Thread(this::read, "arrivals");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                take(consumer.poll(POLL));
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private void take(Iterable<ConsumerRecord<byte[], byte[]>> records) throws Exception {
        long nowNanos = Clock.nanos();
        synchronized (this) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                long due = origin.dueNanos(record);
                if (due >= 0) {
                    latencies.recordValue(Math.max(0, nowNanos - due));
                    arrived++;
                }
            }
        }
    }

    /** Forgets what came so far. */
    public synchronized void begin() {
        arrived = 0;
        latencies = new Histogram(3);
    }

    /** Waits until so many came, and says how long they took: {@code events}, {@code p50} and {@code p99} in µs. */
    public Map<String, Object> end(long count, long nanos) {
        long endNanos = Clock.nanos() + LAST_PATIENCE.toNanos();
        while (arrived() < count) {
            Exception broken = failure.get();
            if (broken != null) {
                throw new IllegalStateException("the topic could not be read: " + broken, broken);
            }
            if (Clock.nanos() > endNanos) {
                throw new IllegalStateException(
                        arrived() + " of " + count + " records came within " + LAST_PATIENCE.toSeconds() + " s");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        synchronized (this) {
            return Map.of(
                    "events",
                    arrived,
                    "nanos",
                    nanos,
                    "p50",
                    latencies.getValueAtPercentile(50) / NANOS_PER_MICRO,
                    "p99",
                    latencies.getValueAtPercentile(99) / NANOS_PER_MICRO);
        }
    }

    private synchronized long arrived() {
        return arrived;
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
    }
}
