package io.fleetline.exact;

import io.fleetline.protocol.Payload;
import io.fleetline.protocol.cbor.BodyCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** An ordinary consumer of an exact topic, read_committed: keeps what it saw of each device, in order. */
final class ExactReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, List<Long>> numbers = new HashMap<>();

    ExactReader(String bootstrap, String topic) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    Map<String, List<Long>> poll() {
        return poll(record -> {});
    }

    Map<String, List<Long>> poll(Consumer<ConsumerRecord<byte[], byte[]>> each) {
        consumer.poll(POLL).forEach(record -> {
            each.accept(record);
            numbers.computeIfAbsent(new String(record.key(), StandardCharsets.UTF_8), device -> new ArrayList<>())
                    .add((Long) BodyCodec.decode(Payload.wrap(record.value())));
        });
        return numbers;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
