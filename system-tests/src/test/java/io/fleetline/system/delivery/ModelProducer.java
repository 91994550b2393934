package io.fleetline.system.delivery;

import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.system.delivery.Scenario.Trouble;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * One node's way to Kafka: first in, first out, in batches of one to a few records. A batch lands, or fails while a later
 * one lands, or lands and nobody hears of it, or is given up and lands later all the same; and some answers are doubtful.
 */
final class ModelProducer implements Producer<byte[], byte[]> {
    private record Pending(ProducerRecord<byte[], byte[]> record, Callback callback) {
        void answer(int partition, long offset) {
            callback.onCompletion(
                    new RecordMetadata(new TopicPartition(record.topic(), partition), offset, 0, -1, 0, 0), null);
        }

        void fail(String why) {
            callback.onCompletion(null, new TimeoutException(why));
        }
    }

    private enum Fate {
        LANDS,
        LANDS_UNHEARD,
        LANDS_AND_FAILS,
        FAILS,
        FAILS_LATER,
        FAILS_AND_LANDS_LATER,
        ANSWERED_TWICE,
        WITHOUT_OFFSET,
        OFFSET_FALLS,
        OTHER_PARTITION
    }

    private final World world;
    private final NodeProcess node;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private boolean scheduled;
    private long lastAnswerNanos;
    private final double troubles;

    ModelProducer(World world, NodeProcess node) {
        this.world = world;
        this.node = node;
        this.troubles = world.random.nextInt(4) * (world.has(Trouble.RESTARTS) ? 0.24 : 0.12);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        if (world.mishap(troubles * 0.01)) {
            world.count(Seen.REFUSED_SENDS);
            throw new KafkaException("the producer takes nothing");
        }
        waiting.add(new Pending(record, callback));
        schedule(world.delay());
        return new CompletableFuture<>();
    }

    private void schedule(long nanos) {
        if (!scheduled && !waiting.isEmpty()) {
            scheduled = true;
            node.after(nanos, () -> {
                scheduled = false;
                produce();
                schedule(world.delay());
            });
        }
    }

    private void produce() {
        long away = world.kafka.awayUntilNanos() - world.time.nanos();
        if (away > 0 && world.random.nextInt(3) > 0) {
            schedule(away + world.delay());
            return;
        }
        List<Pending> batch = new ArrayList<>();
        int most = 1 + world.random.nextInt(4);
        while (batch.size() < most && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        Fate fate = away > 0 ? Fate.FAILS : draw();
        if (fate != Fate.LANDS) {
            world.tell(node.name(), () -> "a batch of " + batch.size() + ": " + fate);
        }
        switch (fate) {
            case LANDS -> landed(batch);
            case ANSWERED_TWICE -> {
                world.count(Seen.DOUBLE_CALLBACKS);
                for (Pending one : batch) {
                    long offset = land(one);
                    answer(() -> {
                        one.answer(ModelKafka.PARTITION, offset);
                        if (world.random.nextBoolean()) {
                            one.answer(ModelKafka.PARTITION, offset);
                        } else {
                            one.fail("answered before");
                        }
                    });
                }
            }
            case LANDS_UNHEARD -> {
                // Kafka's client answers at the latest when the delivery timeout is over; a node that dies before never
                // hears.
                world.count(Seen.LANDED_UNHEARD);
                batch.forEach(this::land);
                long timeout = world.millis(60_000);
                batch.forEach(one -> node.after(timeout, () -> one.fail("no answer in time, and it landed long ago")));
            }
            case LANDS_AND_FAILS -> {
                world.count(Seen.LANDED_UNHEARD);
                batch.forEach(this::land);
                batch.forEach(one -> answer(() -> one.fail("no answer in time, and it landed")));
            }
            case FAILS -> {
                world.count(Seen.FAILED_BATCHES);
                batch.forEach(one -> answer(() -> one.fail("no answer in time")));
            }
            case FAILS_LATER -> {
                world.count(Seen.FAILED_BATCHES);
                batch.forEach(one -> node.after(longWhile(), () -> one.fail("no answer in time, told late")));
            }
            case FAILS_AND_LANDS_LATER -> {
                world.count(Seen.LATE_LANDINGS);
                batch.forEach(one -> answer(() -> one.fail("no answer in time, and it will land")));
                // It is on its way, whatever becomes of the node.
                world.time.after(longWhile(), () -> batch.forEach(this::land));
            }
            case WITHOUT_OFFSET -> {
                world.count(Seen.DOUBTFUL_OFFSETS);
                batch.forEach(this::land);
                batch.forEach(one -> answer(() -> one.answer(ModelKafka.PARTITION, -1)));
            }
            case OFFSET_FALLS -> {
                world.count(Seen.DOUBTFUL_OFFSETS);
                for (Pending one : batch) {
                    long offset = land(one);
                    answer(() -> one.answer(ModelKafka.PARTITION, Math.max(0, offset - world.random.nextInt(20))));
                }
            }
            case OTHER_PARTITION -> {
                world.count(Seen.DOUBTFUL_OFFSETS);
                for (Pending one : batch) {
                    long offset = land(one);
                    answer(() -> one.answer(ModelKafka.PARTITION + world.random.nextInt(2), offset));
                }
            }
        }
    }

    private Fate draw() {
        if (world.kafka.failsNow()) {
            return Fate.FAILS;
        }
        if (!world.mishap(troubles)) {
            return Fate.LANDS;
        }
        Fate[] fates = Fate.values();
        return fates[1 + world.random.nextInt(fates.length - 1)];
    }

    private long longWhile() {
        return world.millis(world.random.nextBoolean() ? 500 : 30_000);
    }

    private void landed(List<Pending> batch) {
        for (Pending one : batch) {
            long offset = land(one);
            answer(() -> one.answer(ModelKafka.PARTITION, offset));
        }
    }

    private long land(Pending one) {
        return world.kafka.land(one.record(), node.name());
    }

    /** Answers come in order, a while later. */
    private void answer(Runnable answer) {
        lastAnswerNanos =
                Math.max(lastAnswerNanos, world.time.nanos() + (world.random.nextInt(3) == 0 ? world.delay() : 0));
        node.after(lastAnswerNanos - world.time.nanos(), answer);
    }

    /** The node's process is gone: some of what it had handed to the network still lands, nobody hears of it. */
    void die() {
        int landing = waiting.isEmpty() ? 0 : world.random.nextInt(waiting.size() + 1);
        long at = 0;
        for (; landing > 0; landing--) {
            Pending one = waiting.remove();
            at = Math.max(at, world.random.nextInt(3) == 0 ? longWhile() : world.delay());
            world.time.after(at, () -> {
                world.count(Seen.LANDINGS_OF_DEAD_NODES);
                land(one);
            });
        }
        waiting.clear();
    }

    boolean isIdle() {
        return waiting.isEmpty();
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        throw new UnsupportedOperationException("whoever stores an event wants to hear of it");
    }

    @Override
    public void flush() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    @Override
    public void close(Duration timeout) {
        // Nothing is held.
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void initTransactions() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void beginTransaction() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void commitTransaction() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void abortTransaction() {
        throw new UnsupportedOperationException();
    }
}
