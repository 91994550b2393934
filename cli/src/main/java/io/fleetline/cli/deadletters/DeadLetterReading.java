package io.fleetline.cli.deadletters;

import io.fleetline.cli.terminal.CliFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads all dead letters that there are at its start. Used once, by one thread. */
public final class DeadLetterReading implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    /**
     * Of this topic.
     *
     * @param settings Kafka's, with the bootstrap servers
     * @throws CliFailure if there is no such topic
     */
    public DeadLetterReading(Map<String, Object> settings, String topic) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("enable.auto.commit", "false");
        all.put("allow.auto.create.topics", "false");
        all.put("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                throw new CliFailure("there is no topic " + topic);
            }
            List<TopicPartition> partitions = found.stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            ends.putAll(consumer.endOffsets(partitions));
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** What is done with each. */
    public interface Taker {
        /** Takes the next; false ends the reading. */
        boolean take(DeadLetter letter);
    }

    /** Hands over all letters that are wanted, partition by partition as they come. */
    public void read(Predicate<DeadLetter> wanted, Taker taker) {
        while (!isAtEnd()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                DeadLetter letter = new DeadLetter(record);
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                boolean wasThere = record.offset() < Objects.requireNonNull(ends.get(partition));
                if (wasThere && wanted.test(letter) && !taker.take(letter)) {
                    return;
                }
            }
        }
    }

    private boolean isAtEnd() {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
