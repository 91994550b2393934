package io.fleetline.ingest.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the topics that do not exist, and refuses those that would break what the node promises (rules K1, K2 and N5). */
final class TopicSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** How long a topic may stay unknown to a broker after it was made: 200 × 50 ms, for a broker that is busy starting. */
    private static final int MOST_ATTEMPTS = 200;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Beside the largest item: key, headers, and the batch around the record. */
    private static final int RECORD_OVERHEAD_BYTES = 8 * 1024;

    private final KafkaConfig config;
    private final int maxMessageBytes;

    /**
     * For topics of this configuration.
     *
     * @param maxFrameBytes the largest frame: a dead letter may be as large
     */
    TopicSetup(KafkaConfig config, int maxFrameBytes) {
        this.config = config;
        // What Kafka calls a message here is a batch, and under load a producer fills its batches.
        this.maxMessageBytes = Math.max(maxFrameBytes, config.batchBytes()) + RECORD_OVERHEAD_BYTES;
    }

    /**
     * What a topic has to be.
     *
     * @param atLeast settings that are numbers and may be larger
     * @param exactly settings that may not differ
     */
    private record Plan(String name, Map<String, Long> atLeast, Map<String, String> exactly) {
        Map<String, String> settings() {
            Map<String, String> all = new HashMap<>(exactly);
            atLeast.forEach((key, value) -> all.put(key, Long.toString(value)));
            return all;
        }
    }

    /** All topics of a node. */
    void ensureAll() {
        KafkaConfig.TopicNames names = config.topics();
        ensure(List.of(
                log(names.events()),
                log(names.deadLetters()),
                log(names.commands()),
                log(names.commandUpdates()),
                table(names.devices())));
    }

    /** The registry's topic only. */
    void ensureDevices() {
        ensure(List.of(table(config.topics().devices())));
    }

    private Plan log(String name) {
        Map<String, Long> atLeast = durable();
        atLeast.put(TopicConfig.RETENTION_MS_CONFIG, config.retention().toMillis());
        atLeast.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, (long) maxMessageBytes);
        return new Plan(name, atLeast, exactly("delete"));
    }

    private Plan table(String name) {
        return new Plan(name, durable(), exactly("compact"));
    }

    private Map<String, Long> durable() {
        Map<String, Long> atLeast = new HashMap<>();
        atLeast.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, (long) config.minInsyncReplicas());
        return atLeast;
    }

    private static Map<String, String> exactly(String cleanup) {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, cleanup, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
    }

    private void ensure(List<Plan> plans) {
        try (Admin admin = KafkaClients.admin(config, "fleetline-setup")) {
            Set<String> existing = await("list topics", admin.listTopics().names());
            List<Plan> missing = plans.stream()
                    .filter(plan -> !existing.contains(plan.name()))
                    .toList();
            create(admin, missing);
            check(admin, plans);
        }
    }

    private void create(Admin admin, List<Plan> missing) {
        if (missing.isEmpty()) {
            return;
        }
        if (!config.createTopics()) {
            throw new IllegalStateException("topics "
                    + missing.stream().map(Plan::name).collect(Collectors.joining(", "))
                    + " do not exist, and kafka.createTopics is off");
        }
        List<NewTopic> topics = missing.stream()
                .map(plan -> new NewTopic(plan.name(), config.partitions(), (short) config.replication())
                        .configs(plan.settings()))
                .toList();
        for (Map.Entry<String, KafkaFuture<Void>> made :
                admin.createTopics(topics).values().entrySet()) {
            try {
                await("create topic " + made.getKey(), made.getValue());
                LOG.info(
                        "made topic {} with {} partitions and replication {}",
                        made.getKey(),
                        config.partitions(),
                        config.replication());
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
                // Another node was faster; what it made is checked like any other.
            }
        }
    }

    private void check(Admin admin, List<Plan> plans) {
        List<String> names = plans.stream().map(Plan::name).toList();
        Map<String, TopicDescription> descriptions =
                onceKnown("describe topics", () -> admin.describeTopics(names).allTopicNames());
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<ConfigResource, Config> settings = onceKnown(
                "read the settings of topics",
                () -> admin.describeConfigs(resources).all());
        List<String> differences = new ArrayList<>();
        for (Plan plan : plans) {
            TopicDescription topic = descriptions.get(plan.name());
            Config actual = settings.get(new ConfigResource(ConfigResource.Type.TOPIC, plan.name()));
            if (topic == null || actual == null) {
                differences.add("topic " + plan.name() + " cannot be described");
            } else {
                compare(plan, topic, actual, differences);
            }
        }
        if (!differences.isEmpty()) {
            throw new IllegalStateException("Kafka's topics are not as configured: " + String.join("; ", differences));
        }
    }

    /** A topic that was made a moment ago may not be known to every broker yet: asks again for a while. */
    private static <T> T onceKnown(String what, Supplier<KafkaFuture<T>> question) {
        for (int attempt = 1; ; attempt++) {
            try {
                return await(what, question.get());
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void compare(Plan plan, TopicDescription topic, Config actual, List<String> differences) {
        String name = "topic " + plan.name() + " has ";
        if (topic.partitions().size() != config.partitions()) {
            differences.add(name + topic.partitions().size() + " partitions, not " + config.partitions());
        }
        topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .filter(replicas -> replicas < config.replication())
                .findFirst()
                .ifPresent(replicas ->
                        differences.add(name + "replication " + replicas + ", not at least " + config.replication()));
        plan.atLeast().forEach((key, least) -> {
            long value = Long.parseLong(actual.get(key).value());
            // Kafka's −1 means without a limit.
            if (value >= 0 && value < least) {
                differences.add(name + key + " " + value + ", not at least " + least);
            }
        });
        plan.exactly().forEach((key, expected) -> {
            String value = actual.get(key).value();
            if (!expected.equals(value)) {
                differences.add(name + key + " " + value + ", not " + expected);
            }
        });
    }

    private static <T> T await(String what, KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot " + what + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot " + what + " within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; did not " + what, e);
        }
    }
}
