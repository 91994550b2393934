package io.fleetline.ingest.kafka;

import io.fleetline.ingest.time.NodeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads whole topics on a thread of its own, each record once, and goes on for as long as the node lives. */
final class TopicFollower implements AutoCloseable {
    /** Takes records one by one; what it throws is logged, and the record passed over. */
    interface Handler {
        void take(ConsumerRecord<byte[], byte[]> record) throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Consumer<byte[], byte[]> consumer;
    private final NodeTime time;
    private final List<String> topics;
    private final long fromMillis;
    private final Handler handler;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final Thread thread;

    /** What each partition had reached when this began; emptied as it is reached. */
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    /** Up to where each partition was handed over. Guarded by itself, which is notified of each change. */
    private final Map<TopicPartition, Long> reached = new HashMap<>();

    private volatile boolean closed;

    /**
     * Follows topics; {@link #start} begins.
     *
     * @param fromMillis from which record time on, Unix ms; 0 for all that there is
     */
    TopicFollower(
            Consumer<byte[], byte[]> consumer,
            NodeTime time,
            Collection<String> topics,
            long fromMillis,
            Handler handler,
            String name) {
        this.consumer = consumer;
        this.time = time;
        this.topics = List.copyOf(topics);
        this.fromMillis = fromMillis;
        this.handler = handler;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    TopicFollower start() {
        thread.start();
        return this;
    }

    /** Completes when all that the topics held at the start was handed over; fails if they cannot be read at all. */
    CompletableFuture<Void> caughtUp() {
        return caughtUp;
    }

    private void run() {
        try (consumer) {
            assign();
            while (!closed) {
                pollOnce();
            }
        } catch (WakeupException | InterruptException e) {
            caughtUp.completeExceptionally(e); // closed
        } catch (RuntimeException e) {
            if (!caughtUp.completeExceptionally(e)) {
                LOG.error("no longer following {}", topics, e);
            }
        }
    }

    private void assign() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic)
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        consumer.assign(partitions);
        ends.putAll(consumer.endOffsets(partitions));
        if (fromMillis == 0) {
            consumer.seekToBeginning(partitions);
        } else {
            seek(partitions);
        }
        checkCaughtUp();
    }

    private void seek(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, fromMillis));
        Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(times);
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp found = offsets.get(partition);
            long end = ends.getOrDefault(partition, 0L);
            consumer.seek(partition, found == null ? end : found.offset());
        }
    }

    private void pollOnce() {
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                hand(record);
            }
            noteReached();
            if (!caughtUp.isDone()) {
                checkCaughtUp();
            }
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            // Kafka's client goes on by itself with what a further try can cure.
            LOG.warn("following {}: {}", topics, e.toString());
        }
    }

    private void hand(ConsumerRecord<byte[], byte[]> record) {
        try {
            handler.take(record);
        } catch (Exception e) {
            LOG.warn(
                    "record {} of partition {} of {} is passed over: {}",
                    record.offset(),
                    record.partition(),
                    record.topic(),
                    e.toString());
        }
    }

    private void noteReached() {
        synchronized (reached) {
            for (TopicPartition partition : consumer.assignment()) {
                reached.put(partition, consumer.position(partition));
            }
            reached.notifyAll();
        }
    }

    /**
     * Waits until all before this offset was handed over.
     *
     * @throws IllegalStateException if that takes longer
     */
    void awaitReached(TopicPartition partition, long offset, Duration most) {
        long deadline = time.nanos() + most.toNanos();
        synchronized (reached) {
            while (reached.getOrDefault(partition, 0L) < offset) {
                long left = deadline - time.nanos();
                if (left <= 0 || closed) {
                    throw new IllegalStateException(
                            partition + " was not read up to " + offset + " within " + most.toMillis() + " ms");
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(reached, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted", e);
                }
            }
        }
    }

    private void checkCaughtUp() {
        ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        if (ends.isEmpty()) {
            caughtUp.complete(null);
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
