package io.fleetline.ingest.kafka;

import io.fleetline.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * How the node speaks to Kafka.
 *
 * @param bootstrapServers where to find the cluster: {@code host:port}, with commas between
 * @param topics the names of the topics
 * @param partitions how many partitions the topics of events, outcomes, dead letters and commands have; fixed once they
 *     exist, as records of a device must stay in one
 * @param replication how many copies of each record there are
 * @param minInsyncReplicas how many of these must have a record before it is acknowledged
 * @param acceptLowDurability lets {@code replication} and {@code minInsyncReplicas} go below 3 and 2, which loses
 *     acknowledged events with one disk: for trying out and for tests
 * @param retention how long events, dead letters and commands are kept
 * @param createTopics whether topics that do not exist are made at start
 * @param producers how many producers share the devices
 * @param linger how long a producer waits for more records before it sends a batch
 * @param batchBytes how large a batch may become
 * @param compression {@code lz4}, {@code none}, or another of Kafka's names
 * @param deliveryTimeout after how long without an answer a record is in doubt and its lane is rewound
 * @param commandExpiry how far back commands are read at start: the longest time that a command may be valid
 * @param client further settings of Kafka's clients, such as those of TLS and SASL
 */
public record KafkaConfig(
        String bootstrapServers,
        TopicNames topics,
        int partitions,
        int replication,
        int minInsyncReplicas,
        boolean acceptLowDurability,
        Duration retention,
        boolean createTopics,
        int producers,
        Duration linger,
        int batchBytes,
        String compression,
        Duration deliveryTimeout,
        Duration commandExpiry,
        Map<String, String> client) {
    /**
     * The names of the topics.
     *
     * @param events events and gaps
     * @param deadLetters what was rejected
     * @param commands commands in
     * @param commandUpdates what became of them
     * @param devices the registry
     */
    public record TopicNames(
            String events, String deadLetters, String commands, String commandUpdates, String devices) {
        /** The names that the documentation uses. */
        public static final TopicNames DEFAULTS = new TopicNames(
                Topics.EVENTS, Topics.DEAD_LETTERS, Topics.COMMANDS, Topics.COMMAND_UPDATES, Topics.DEVICES);
    }

    /** Settings that the delivery rules rest on. */
    private static final Set<String> OURS = Set.of(
            "acks",
            "enable.idempotence",
            "max.in.flight.requests.per.connection",
            "partitioner.class",
            "partitioner.ignore.keys",
            "partitioner.adaptive.partitioning.enable",
            "partitioner.availability.timeout.ms",
            "partitioner.rack.aware",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer",
            "transactional.id",
            "bootstrap.servers",
            "linger.ms",
            "batch.size",
            "buffer.memory",
            "max.block.ms",
            "delivery.timeout.ms",
            "compression.type",
            "group.id",
            "enable.auto.commit");

    /** Three replicas, of which two must have a record. */
    public static final KafkaConfig DEFAULTS = new KafkaConfig(
            "localhost:9092",
            TopicNames.DEFAULTS,
            32,
            3,
            2,
            false,
            Duration.ofDays(3),
            true,
            1,
            Duration.ofMillis(3),
            128 * 1024,
            "none",
            Duration.ofSeconds(20),
            Duration.ofDays(7),
            Map.of());

    /**
     * Checks each setting and how they stand to one another.
     *
     * @throws IllegalArgumentException naming the setting
     */
    public KafkaConfig {
        client = Map.copyOf(client);
        require("partitions", partitions, 1, 10_000);
        require("replication", replication, acceptLowDurability ? 1 : 3, 100);
        require("minInsyncReplicas", minInsyncReplicas, acceptLowDurability ? 1 : 2, replication);
        require("producers", producers, 1, 64);
        require("batchBytes", batchBytes, 1_024, 16 * 1024 * 1024);
        require("linger in ms", linger.toMillis(), 0, 1_000);
        require("deliveryTimeout in ms", deliveryTimeout.toMillis(), 1_000, 120_000);
        require("retention in ms", retention.toMillis(), 60_000, Long.MAX_VALUE);
        require(
                "commandExpiry in ms",
                commandExpiry.toMillis(),
                1_000,
                Duration.ofDays(7).toMillis());
        for (String key : client.keySet()) {
            if (OURS.contains(key) || key.startsWith("partitioner.")) {
                throw new IllegalArgumentException(
                        "kafka.client." + key
                                + " is not yours to set: the delivery rules rest on it, or there is a setting of its own for it");
            }
        }
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("kafka.bootstrapServers is empty");
        }
    }

    /** These settings for another cluster. */
    public KafkaConfig withBootstrapServers(String servers) {
        return new KafkaConfig(
                servers,
                topics,
                partitions,
                replication,
                minInsyncReplicas,
                acceptLowDurability,
                retention,
                createTopics,
                producers,
                linger,
                batchBytes,
                compression,
                deliveryTimeout,
                commandExpiry,
                client);
    }

    /** These settings for a cluster of one broker, which keeps one copy of everything. */
    public KafkaConfig forSingleBroker(int partitionsOfEach) {
        return new KafkaConfig(
                bootstrapServers,
                topics,
                partitionsOfEach,
                1,
                1,
                true,
                retention,
                createTopics,
                producers,
                linger,
                batchBytes,
                compression,
                deliveryTimeout,
                commandExpiry,
                client);
    }

    /** These settings with another time after which a record without an answer is in doubt. */
    public KafkaConfig withDeliveryTimeout(Duration timeout) {
        return new KafkaConfig(
                bootstrapServers,
                topics,
                partitions,
                replication,
                minInsyncReplicas,
                acceptLowDurability,
                retention,
                createTopics,
                producers,
                linger,
                batchBytes,
                compression,
                timeout,
                commandExpiry,
                client);
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "kafka." + key + " is " + value + ", not within " + least + " to " + most);
        }
    }
}
