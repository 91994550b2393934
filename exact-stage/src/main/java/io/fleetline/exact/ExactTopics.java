package io.fleetline.exact;

import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.protocol.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be right in Kafka before the stage starts: its topics, and where it goes on. */
final class ExactTopics {
    private static final Logger LOG = LoggerFactory.getLogger(ExactStage.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    /** What an exact topic takes over from its events topic when it is made. */
    private static final List<String> TAKEN_OVER = List.of(
            TopicConfig.RETENTION_MS_CONFIG,
            TopicConfig.RETENTION_BYTES_CONFIG,
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
            TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG);

    private final Admin admin;

    ExactTopics(Admin admin) {
        this.admin = admin;
    }

    /**
     * Makes the exact topics that do not exist, with the partitions, the replication and the retention of their events
     * topics, and checks the others.
     *
     * @return the filter's limits for each events topic: it remembers superseded stores as long as the topic keeps records
     * @throws IllegalStateException if an events topic does not exist, or an exact topic does not match it
     */
    Map<String, FilterLimits> prepare(Set<String> topics) {
        Set<String> existing = await("list topics", admin.listTopics().names());
        for (String topic : topics) {
            if (!existing.contains(topic)) {
                throw new IllegalStateException("the topic " + topic + " does not exist: start a node first");
            }
        }
        Map<String, TopicDescription> sources =
                await("describe topics", admin.describeTopics(topics).allTopicNames());
        // In one order for all instances: Streams numbers what it runs by the order in which it is told of the topics.
        Map<String, FilterLimits> limits = new TreeMap<>();
        sources.forEach((topic, description) -> {
            Config settings = settings(topic);
            if (!existing.contains(topic + Topics.EXACT_SUFFIX)) {
                create(description, settings);
            }
            limits.put(topic, FilterLimits.DEFAULT.withSupersededRetention(retention(settings)));
        });
        check(sources);
        return limits;
    }

    private void create(TopicDescription source, Config settings) {
        Map<String, String> configs = new HashMap<>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        for (String name : TAKEN_OVER) {
            Optional.ofNullable(settings.get(name)).ifPresent(entry -> configs.put(name, entry.value()));
        }
        String exact = source.name() + Topics.EXACT_SUFFIX;
        short replicas = (short) source.partitions().get(0).replicas().size();
        try {
            await(
                    "make the topic " + exact,
                    admin.createTopics(List.of(
                                    new NewTopic(exact, source.partitions().size(), replicas).configs(configs)))
                            .all());
            LOG.info(
                    "made the topic {} with {} partitions",
                    exact,
                    source.partitions().size());
        } catch (IllegalStateException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e; // another instance was quicker otherwise
            }
        }
    }

    private void check(Map<String, TopicDescription> sources) {
        Set<String> names = new HashSet<>();
        sources.keySet().forEach(topic -> names.add(topic + Topics.EXACT_SUFFIX));
        Map<String, TopicDescription> exact =
                await("describe topics", admin.describeTopics(names).allTopicNames());
        exact.forEach((name, description) -> {
            TopicDescription source = sources.get(name.substring(0, name.length() - Topics.EXACT_SUFFIX.length()));
            int wanted = source == null ? 0 : source.partitions().size();
            if (description.partitions().size() != wanted) {
                throw new IllegalStateException("the topic " + name + " has "
                        + description.partitions().size() + " partitions, and its events topic has " + wanted);
            }
            String cleanup = Optional.ofNullable(settings(name).get(TopicConfig.CLEANUP_POLICY_CONFIG))
                    .map(entry -> entry.value())
                    .orElse("");
            if (!cleanup.equals(TopicConfig.CLEANUP_POLICY_DELETE)) {
                throw new IllegalStateException("the topic " + name + " has cleanup.policy " + cleanup
                        + ": it would lose events; it has to be delete");
            }
        });
    }

    private static Duration retention(Config settings) {
        return Optional.ofNullable(settings.get(TopicConfig.RETENTION_MS_CONFIG))
                .map(entry -> Long.parseLong(entry.value()))
                .filter(millis -> millis >= 0 && millis < FOR_EVER.toMillis())
                .map(Duration::ofMillis)
                .orElse(FOR_EVER);
    }

    /**
     * Says where the stage goes on: a group that has read nothing begins at the beginning; one that has must find what it
     * has not read yet.
     *
     * @param skipDeleted whether to go on behind what was deleted
     * @throws IllegalStateException if records were deleted that it has not read
     */
    void checkPositions(String application, Collection<String> topics, boolean skipDeleted) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        await("describe topics", admin.describeTopics(topics).allTopicNames())
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(partition ->
                                wanted.put(new TopicPartition(topic, partition.partition()), OffsetSpec.earliest())));
        Map<TopicPartition, OffsetAndMetadata> committed = await(
                "read the offsets of " + application,
                admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata());
        Map<TopicPartition, OffsetAndMetadata> begin = new HashMap<>();
        await("find the beginnings", admin.listOffsets(wanted).all()).forEach((partition, earliest) -> {
            OffsetAndMetadata position = committed.get(partition);
            if (position == null) {
                begin.put(partition, new OffsetAndMetadata(earliest.offset()));
            } else if (position.offset() < earliest.offset()) {
                String what = partition + " was read up to offset " + position.offset()
                        + ", and the topic begins at " + earliest.offset()
                        + " now: what lies between was deleted unread";
                if (!skipDeleted) {
                    throw new IllegalStateException(what + "; skip-deleted=true goes on without it");
                }
                LOG.error("{}, and is skipped", what);
                begin.put(partition, new OffsetAndMetadata(earliest.offset()));
            }
        });
        if (!begin.isEmpty()) {
            begin(application, begin);
        }
    }

    /** Only a group without members takes offsets; where it has some, another instance has said where to begin. */
    private void begin(String application, Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            await(
                    "set the offsets of " + application,
                    admin.alterConsumerGroupOffsets(application, offsets).all());
        } catch (IllegalStateException e) {
            LOG.info("the offsets of {} are left to the instances that run already: {}", application, e.getMessage());
        }
    }

    private Config settings(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config settings = await(
                        "read the settings of " + topic,
                        admin.describeConfigs(List.of(resource)).all())
                .get(resource);
        if (settings == null) {
            throw new IllegalStateException("Kafka tells no settings of the topic " + topic);
        }
        return settings;
    }

    private static <T> T await(String what, KafkaFuture<T> result) {
        try {
            return result.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException("could not " + what + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IllegalStateException("could not " + what + " within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted, could not " + what, e);
        }
    }
}
