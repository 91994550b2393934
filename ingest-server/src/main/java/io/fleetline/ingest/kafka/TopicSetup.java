package io.fleetline.ingest.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the topics that do not exist, and refuses those that would break what the node promises (rules K1, K2 and N5). */
final class TopicSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** Who changed what is asked about long after the events are gone. */
    private static final Duration AUDIT_RETENTION = Duration.ofDays(365);

    /** How long a topic may stay unknown to a broker after it was made: 200 × 50 ms, for a broker that is busy starting. */
    private static final int MOST_ATTEMPTS = 200;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final KafkaConfig config;
    private final int maxEventBytes;
    private final int maxMessageBytes;

    /**
     * For topics of this configuration.
     *
     * @param maxFrameBytes the largest frame that devices may send
     * @param maxItemBytes the largest item that becomes an event
     */
    TopicSetup(KafkaConfig config, int maxFrameBytes, int maxItemBytes) {
        this.config = config;
        this.maxEventBytes = config.maxEventBytes(maxFrameBytes, maxItemBytes);
        this.maxMessageBytes = config.maxMessageBytes(maxFrameBytes);
    }

    /** All topics of a node but those that each tenant has of its own. */
    void ensureShared() {
        TopicNames names = config.topics();
        // A command that is still valid, and what became of it, must be there when a node starts.
        Duration commandRetention =
                config.retention().compareTo(config.commandExpiry()) > 0 ? config.retention() : config.commandExpiry();
        List<TopicPlan> plans = new ArrayList<>(List.of(
                TopicPlan.log(names.commands(), config, commandRetention, maxMessageBytes),
                TopicPlan.log(names.commandUpdates(), config, commandRetention, maxMessageBytes),
                TopicPlan.log(names.audit(), config, AUDIT_RETENTION, maxMessageBytes)));
        plans.addAll(registry());
        Stream.of(events(names.events()), deadLetters(names.deadLetters()))
                .filter(plan -> !plan.name().contains(TopicNames.TENANT))
                .forEach(plans::add);
        ensure(plans);
    }

    /** The topics that these tenants have of their own. */
    void ensureTenants(Collection<String> tenants) {
        TopicNames names = config.topics();
        List<TopicPlan> plans = new ArrayList<>();
        for (String tenant : tenants) {
            if (names.events().contains(TopicNames.TENANT)) {
                plans.add(events(names.events(tenant)));
            }
            if (names.deadLetters().contains(TopicNames.TENANT)) {
                plans.add(deadLetters(names.deadLetters(tenant)));
            }
        }
        ensure(plans);
    }

    /** The registry's topics only. */
    void ensureRegistry() {
        ensure(registry());
    }

    private List<TopicPlan> registry() {
        return List.of(
                TopicPlan.table(config.topics().devices(), config),
                TopicPlan.table(config.topics().tenants(), config));
    }

    private TopicPlan events(String name) {
        return TopicPlan.log(name, config, config.retention(), maxEventBytes);
    }

    private TopicPlan deadLetters(String name) {
        return TopicPlan.log(name, config, config.retention(), maxMessageBytes);
    }

    private void ensure(List<TopicPlan> plans) {
        try (Admin admin = KafkaClients.admin(config, "fleetline-setup")) {
            Set<String> existing = await("list topics", admin.listTopics().names());
            List<TopicPlan> missing = plans.stream()
                    .filter(plan -> !existing.contains(plan.name()))
                    .toList();
            create(admin, missing);
            check(admin, plans);
            awaitLeaders(admin, missing.stream().map(TopicPlan::name).toList());
        }
    }

    private void create(Admin admin, List<TopicPlan> missing) {
        if (missing.isEmpty()) {
            return;
        }
        if (!config.createTopics()) {
            throw new IllegalStateException("topics "
                    + missing.stream().map(TopicPlan::name).collect(Collectors.joining(", "))
                    + " do not exist, and kafka.createTopics is off: make them, or turn it on");
        }
        List<NewTopic> topics = missing.stream().map(TopicPlan::toBeMade).toList();
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

    /**
     * Returns once each partition of these new topics takes requests. A broker learns that it leads a partition some time
     * after the topic has been made. Of two batches that are under way to it then, it may refuse the first and take the
     * second, whose sequence number it cannot know to be too high; the first then fails, after its delivery timeout
     * (KAFKA-15591).
     */
    static void awaitLeaders(Admin admin, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        onceKnown("describe topics", () -> admin.describeTopics(names).allTopicNames())
                .forEach((name, topic) -> topic.partitions()
                        .forEach(partition ->
                                ends.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
        onceKnown(
                "reach the leaders of topics " + String.join(", ", names),
                () -> admin.listOffsets(ends).all());
    }

    private void check(Admin admin, List<TopicPlan> plans) {
        List<String> names = plans.stream().map(TopicPlan::name).toList();
        Map<String, TopicDescription> descriptions =
                onceKnown("describe topics", () -> admin.describeTopics(names).allTopicNames());
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<ConfigResource, Config> settings = onceKnown(
                "read the settings of topics",
                () -> admin.describeConfigs(resources).all());
        List<String> differences = new ArrayList<>();
        for (TopicPlan plan : plans) {
            TopicDescription topic = descriptions.get(plan.name());
            Config actual = settings.get(new ConfigResource(ConfigResource.Type.TOPIC, plan.name()));
            if (topic == null || actual == null) {
                differences.add("topic " + plan.name() + " cannot be described");
            } else {
                differences.addAll(plan.differences(topic, actual));
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
