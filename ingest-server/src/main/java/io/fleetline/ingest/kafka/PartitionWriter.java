package io.fleetline.ingest.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a partition of the registry. Its transactional id is the partition's, whichever node it is on: the latest
 * to come fences the one before (KIP-98), whose next transaction fails. As long as its own transactions succeed, nobody has
 * written between them, and what this node's registry shows is what the partition holds.
 *
 * <p>For one thread. What it throws ends it: close it, and make another one.
 */
final class PartitionWriter implements AutoCloseable {
    /** Until Kafka gives up on a transaction whose node has died, readers see nothing that came after it began. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final TopicPartition partition;
    private final TopicFollower follower;
    private final Producer<byte[], byte[]> producer;
    private @Nullable Future<RecordMetadata> last;

    private PartitionWriter(TopicPartition partition, TopicFollower follower, Producer<byte[], byte[]> producer) {
        this.partition = partition;
        this.follower = follower;
        this.producer = producer;
    }

    /**
     * Fences whoever wrote to the partition before, and waits until this node's registry shows all that they wrote.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not let it
     * @throws IllegalStateException if it takes too long
     */
    static PartitionWriter fenceOthers(KafkaConfig config, TopicPartition partition, TopicFollower follower) {
        String id = partition.topic() + "-writer-" + partition.partition();
        Producer<byte[], byte[]> producer = KafkaClients.transactional(config, id, TRANSACTION_TIMEOUT);
        try {
            producer.initTransactions();
            follower.awaitReached(partition, end(config, partition), TIMEOUT);
            return new PartitionWriter(partition, follower, producer);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    private static long end(KafkaConfig config, TopicPartition partition) {
        try (Admin admin = KafkaClients.admin(config, "fleetline-registry-end")) {
            return admin.listOffsets(
                            Map.of(partition, OffsetSpec.latest()),
                            new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .partitionResult(partition)
                    .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .offset();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the end of " + partition + " is not known: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    void begin() {
        producer.beginTransaction();
    }

    /** @param value null to remove the key */
    void send(String key, byte @Nullable [] value) {
        last = producer.send(new ProducerRecord<>(
                partition.topic(), partition.partition(), key.getBytes(StandardCharsets.UTF_8), value));
    }

    /** Sends to another topic in the same transaction. */
    void sendTo(String topic, String key, byte[] value) {
        Future<RecordMetadata> unused =
                producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    /** Commits, and waits until this node's registry shows it. */
    void commit() {
        producer.commitTransaction();
        Future<RecordMetadata> sent = last;
        if (sent == null) {
            return;
        }
        try {
            follower.awaitReached(partition, sent.get().offset() + 1, TIMEOUT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a committed record failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
