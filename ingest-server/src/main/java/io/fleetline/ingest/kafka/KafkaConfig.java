package io.fleetline.ingest.kafka;

import java.time.Duration;
import java.util.Map;

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
 * @param records how events look in Kafka
 * @param client further settings of Kafka's clients, such as those of TLS and SASL, by Kafka's names; those that the delivery
 *     rules rest on, or that have a setting of their own here, are refused
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
        RecordFormat records,
        Map<String, String> client) {
    /** Beside the largest item: key, headers, and the batch around the record. */
    private static final int RECORD_OVERHEAD_BYTES = 8 * 1024;

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
            RecordFormat.DEFAULTS,
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
        ClientSettings.check(client);
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
                records,
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
                records,
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
                records,
                client);
    }

    /** These settings for a cluster whose topics are made by somebody else. */
    public KafkaConfig withoutMakingTopics() {
        return new KafkaConfig(
                bootstrapServers,
                topics,
                partitions,
                replication,
                minInsyncReplicas,
                acceptLowDurability,
                retention,
                false,
                producers,
                linger,
                batchBytes,
                compression,
                deliveryTimeout,
                commandExpiry,
                records,
                client);
    }

    /** These settings with so many partitions for each topic that is made. */
    public KafkaConfig withPartitions(int count) {
        return new KafkaConfig(
                bootstrapServers,
                topics,
                count,
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
                records,
                client);
    }

    /** These settings with other topics. */
    public KafkaConfig withTopics(TopicNames names) {
        return new KafkaConfig(
                bootstrapServers,
                names,
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
                records,
                client);
    }

    /** These settings with events of another look. */
    public KafkaConfig withRecords(RecordFormat format) {
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
                deliveryTimeout,
                commandExpiry,
                format,
                client);
    }

    /** These settings with others for Kafka's clients. */
    public KafkaConfig withClient(Map<String, String> settings) {
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
                deliveryTimeout,
                commandExpiry,
                records,
                settings);
    }

    /**
     * How large Kafka must let a batch of events be: what it calls a message there is one, and under load a producer fills its
     * batches.
     *
     * @param maxFrameBytes the largest frame
     * @param maxItemBytes the largest item that becomes an event
     */
    int maxEventBytes(int maxFrameBytes, int maxItemBytes) {
        return Math.max(maxMessageBytes(maxFrameBytes), records.largestValue(maxItemBytes) + RECORD_OVERHEAD_BYTES);
    }

    /** The same for everything else, of which a dead letter may be as large as a frame. */
    int maxMessageBytes(int maxFrameBytes) {
        return Math.max(maxFrameBytes, batchBytes) + RECORD_OVERHEAD_BYTES;
    }

    /** What may stand under {@code kafka.client} can be a password. */
    @Override
    public String toString() {
        return "Kafka at " + bootstrapServers + ", " + topics + ", " + partitions + " partitions, replication "
                + replication + ", client settings " + client.keySet();
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "kafka." + key + " is " + value + ", not within " + least + " to " + most);
        }
    }
}
