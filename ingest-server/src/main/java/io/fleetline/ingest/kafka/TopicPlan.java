package io.fleetline.ingest.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What a topic has to be (rules K1, K2 and N5).
 *
 * @param name the topic's
 * @param partitions how many, neither fewer nor more
 * @param replication how many replicas at least
 * @param atLeast settings that are numbers and may be larger
 * @param exactly settings that may not differ
 */
record TopicPlan(String name, int partitions, int replication, Map<String, Long> atLeast, Map<String, String> exactly) {
    /** What of our configuration a setting comes from. */
    private static final Map<String, String> SOURCES = Map.of(
            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "kafka.minInsyncReplicas",
            TopicConfig.RETENTION_MS_CONFIG, "kafka.retention and kafka.commandExpiry",
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "limits.maxFrameBytes, kafka.batchBytes and kafka.records.values");

    /** A log: records are kept for this time, however many there are, and then removed. */
    static TopicPlan log(String name, KafkaConfig config, Duration retention, int maxMessageBytes) {
        Map<String, Long> atLeast = durable(config);
        atLeast.put(TopicConfig.RETENTION_MS_CONFIG, retention.toMillis());
        atLeast.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, (long) maxMessageBytes);
        Map<String, String> exactly = exactly("delete");
        // A limit in bytes would remove records before their time.
        exactly.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        return new TopicPlan(name, config.partitions(), config.replication(), atLeast, exactly);
    }

    /** A table: of each key the last record is kept. */
    static TopicPlan table(String name, KafkaConfig config) {
        return new TopicPlan(name, config.partitions(), config.replication(), durable(config), exactly("compact"));
    }

    private static Map<String, Long> durable(KafkaConfig config) {
        Map<String, Long> atLeast = new TreeMap<>();
        atLeast.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, (long) config.minInsyncReplicas());
        return atLeast;
    }

    private static Map<String, String> exactly(String cleanup) {
        Map<String, String> exactly = new TreeMap<>();
        exactly.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup);
        exactly.put(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
        return exactly;
    }

    TopicPlan {
        atLeast = Collections.unmodifiableMap(new TreeMap<>(atLeast));
        exactly = Collections.unmodifiableMap(new TreeMap<>(exactly));
    }

    /** The topic as it is to be made. */
    NewTopic toBeMade() {
        Map<String, String> settings = new HashMap<>(exactly);
        atLeast.forEach((key, value) -> settings.put(key, Long.toString(value)));
        return new NewTopic(name, partitions, (short) replication).configs(settings);
    }

    /** In what the topic that exists differs, with what mends it; empty if it is as it has to be. */
    List<String> differences(TopicDescription topic, Config actual) {
        List<String> differences = new ArrayList<>();
        int seen = topic.partitions().size();
        if (seen != partitions) {
            differences.add("topic " + name + ": partitions is " + seen + ", expected " + partitions
                    + " (set kafka.partitions to " + seen + ", or name another topic: a change of the number would move"
                    + " devices to other partitions)");
        }
        topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .filter(replicas -> replicas < replication)
                .findFirst()
                .ifPresent(replicas -> differences.add("topic " + name + ": replication is " + replicas
                        + ", expected at least " + replication
                        + " (add replicas with kafka-reassign-partitions.sh, or lower kafka.replication)"));
        atLeast.forEach((key, least) -> {
            String value = value(actual, key);
            if (!isAtLeast(value, least)) {
                differences.add(difference(key, value, "at least " + least, Long.toString(least)));
            }
        });
        exactly.forEach((key, expected) -> {
            String value = value(actual, key);
            if (!expected.equals(value)) {
                differences.add(difference(key, value, expected, expected));
            }
        });
        return differences;
    }

    private static String value(Config actual, String key) {
        ConfigEntry entry = actual.get(key);
        return entry == null || entry.value() == null ? "unknown" : entry.value();
    }

    private static boolean isAtLeast(String value, long least) {
        try {
            long number = Long.parseLong(value);
            return number < 0 || number >= least; // Kafka's −1 means without a limit
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private String difference(String key, String seen, String expected, String remedy) {
        String source = SOURCES.get(key);
        return "topic " + name + ": " + key + " is " + seen + ", expected " + expected
                + " (kafka-configs.sh --alter --entity-type topics --entity-name " + name + " --add-config " + key + "="
                + remedy + (source == null ? "" : "; the expectation comes from " + source) + ")";
    }
}
