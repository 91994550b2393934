package io.fleetline.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Copies a topic, record by record and partition by partition. */
final class TopicCopy {
    private TopicCopy() {}

    static void copy(String bootstrap, String from, String to) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        int partitions;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(from).stream()
                    .map(each -> new TopicPartition(from, each.partition()))
                    .toList();
            partitions = all.size();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> left = new HashMap<>(consumer.endOffsets(all));
            while (!left.isEmpty()) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(to, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(new ProducerRecord<>(
                        to, record.partition(), record.timestamp(), record.key(), record.value(), record.headers())));
            }
            for (Future<?> each : sent) {
                each.get();
            }
        }
    }
}
