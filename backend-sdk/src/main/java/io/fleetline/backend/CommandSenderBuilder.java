package io.fleetline.backend;

import io.fleetline.protocol.Topics;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sets up a {@link CommandSender}. Each method may be called again; the last call counts. */
public final class CommandSenderBuilder {
    /** Settings that only one of the two clients knows. */
    private static final Set<String> PRODUCER_ONLY = only(ProducerConfig.configNames(), ConsumerConfig.configNames());

    private static final Set<String> CONSUMER_ONLY = only(ConsumerConfig.configNames(), ProducerConfig.configNames());

    /** What the sender's promise rests on. */
    private static final Map<String, Object> FIXED_PRODUCER =
            Map.of(ProducerConfig.ACKS_CONFIG, "all", ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);

    private static final Map<String, Object> FIXED_CONSUMER = Map.of(
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest");

    private static final Set<String> REFUSED = Set.of(
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.PARTITIONER_CLASS_CONFIG,
            ConsumerConfig.GROUP_ID_CONFIG);

    private final Map<String, Object> kafka = new HashMap<>();
    private String commands = Topics.COMMANDS;
    private String updates = Topics.COMMAND_UPDATES;
    private Executor executor = ForkJoinPool.commonPool();
    private InstantSource clock = new SystemTime();

    CommandSenderBuilder() {
        kafka.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
    }

    private static Set<String> only(Set<String> names, Set<String> others) {
        Set<String> only = new java.util.HashSet<>(names);
        only.removeAll(others);
        return Set.copyOf(only);
    }

    /** Where Kafka is: {@code host:port,…}. */
    public CommandSenderBuilder bootstrapServers(String servers) {
        kafka.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        return this;
    }

    /**
     * Settings of Kafka's clients, such as for TLS and SASL; those of the producer and of the consumer alike.
     *
     * @throws IllegalArgumentException if one is among those that the sender's promise rests on: {@code acks}, {@code
     *     enable.idempotence}, {@code transactional.id}, {@code partitioner.class}, {@code enable.auto.commit}, {@code
     *     auto.offset.reset}, {@code allow.auto.create.topics}, {@code group.id}, serializers and deserializers
     */
    public CommandSenderBuilder kafka(Map<String, ?> settings) {
        settings.forEach((name, value) -> {
            if (FIXED_PRODUCER.containsKey(name)
                    || FIXED_CONSUMER.containsKey(name)
                    || REFUSED.contains(name)
                    || name.endsWith("serializer")) {
                throw new IllegalArgumentException("the Kafka setting " + name + " is the sender's own");
            }
            kafka.put(name, value);
        });
        return this;
    }

    /** Where to send commands, instead of {@value Topics#COMMANDS}. */
    public CommandSenderBuilder commandsTopic(String name) {
        commands = name;
        return this;
    }

    /** Where to look for what became of them, instead of {@value Topics#COMMAND_UPDATES}. */
    public CommandSenderBuilder updatesTopic(String name) {
        updates = name;
        return this;
    }

    /** On which executor outcomes complete, instead of {@link ForkJoinPool#commonPool}. */
    public CommandSenderBuilder executor(Executor outcomes) {
        executor = outcomes;
        return this;
    }

    /** What time it is, from which a command's expiry is counted. */
    CommandSenderBuilder clock(InstantSource source) {
        clock = source;
        return this;
    }

    /**
     * Connects to Kafka, and begins to follow the updates: of every command that is sent from now on, all are seen.
     *
     * @throws IllegalArgumentException if the updates topic does not exist
     * @throws org.apache.kafka.common.KafkaException as Kafka's clients do
     */
    public CommandSender build() {
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                settings(PRODUCER_ONLY, FIXED_CONSUMER), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            goToTheEnd(consumer);
            Producer<byte[], byte[]> producer = new KafkaProducer<>(
                    settings(CONSUMER_ONLY, FIXED_PRODUCER), new ByteArraySerializer(), new ByteArraySerializer());
            return new CommandSender(producer, consumer, commands, executor, clock);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private Map<String, Object> settings(Set<String> without, Map<String, Object> fixed) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.keySet().removeAll(without);
        settings.putAll(fixed);
        return settings;
    }

    private void goToTheEnd(Consumer<byte[], byte[]> consumer) {
        List<PartitionInfo> known = consumer.partitionsFor(updates);
        if (known == null || known.isEmpty()) {
            throw new IllegalArgumentException("the topic " + updates + " does not exist");
        }
        List<TopicPartition> partitions = known.stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .toList();
        consumer.assign(partitions);
        // Now, and not at the first poll: an update that is written before that would be missed.
        consumer.endOffsets(partitions).forEach(consumer::seek);
    }
}
