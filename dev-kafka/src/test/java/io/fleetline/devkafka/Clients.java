package io.fleetline.devkafka;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a test wants from Kafka's clients, on one cluster. */
final class Clients implements AutoCloseable {

    private final String bootstrapServers;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;

    Clients(DevKafka kafka) {
        this.bootstrapServers = kafka.bootstrapServers();
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "delivery.timeout.ms",
                "30000",
                "request.timeout.ms",
                "3000"));
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** Makes a topic of one partition. */
    void createTopic(String name) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty())))
                .all()
                .get();
    }

    /** Asks for a topic of one partition and does not wait for it. */
    void requestTopic(String name) {
        var unused = admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty())));
    }

    /** Returns once it is acknowledged by all replicas in sync. */
    void send(String topic, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
    }

    /** All that the topic's partition holds. */
    List<String> read(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> values = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    int leader(String topic) {
        Node leader = partition(topic).leader();
        return leader == null ? -1 : leader.id();
    }

    List<Integer> inSync(String topic) {
        return partition(topic).isr().stream().map(Node::id).sorted().toList();
    }

    /** Asks until a broker is asked that has heard of the topic: it is new, and each learns of it in its own time. */
    private TopicPartitionInfo partition(String topic) {
        return await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
                .until(
                        () -> admin.describeTopics(List.of(topic))
                                .allTopicNames()
                                .get()
                                .get(topic)
                                .partitions()
                                .get(0),
                        Objects::nonNull);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
    }
}
