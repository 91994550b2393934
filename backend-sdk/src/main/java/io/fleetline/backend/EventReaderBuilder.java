package io.fleetline.backend;

import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.protocol.Topics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up an {@link EventReader}. Each method may be called again; the last call counts. */
public final class EventReaderBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);

    /** What the reader's promise rests on. */
    private static final Map<String, Object> FIXED = Map.of(
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "none",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false);

    private final Map<String, Object> kafka = new HashMap<>();
    private List<String> topics = List.of(Topics.EVENTS);
    private Optional<Set<Integer>> chosen = Optional.empty();
    private Optional<String> group = Optional.empty();
    private StartAt startAt = StartAt.earliest();
    private Optional<StateStore> stateStore = Optional.empty();
    private FilterLimits limits = FilterLimits.DEFAULT;
    private boolean wantsGaps;
    private Consumer<UnreadableRecord> onUnreadable = record -> LOG.warn("{}", record.message());
    private Consumer<RetentionWarning> onNearRetention = warning -> LOG.warn("{}", warning.message());
    private InstantSource clock = new SystemTime();

    EventReaderBuilder() {}

    /** Where Kafka is: {@code host:port,…}. */
    public EventReaderBuilder bootstrapServers(String servers) {
        kafka.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        return this;
    }

    /**
     * Settings of Kafka's consumer, such as for TLS and SASL.
     *
     * @throws IllegalArgumentException if one is among those that the reader's promise rests on: {@code
     *     enable.auto.commit}, {@code auto.offset.reset}, {@code allow.auto.create.topics}, {@code group.id} (see {@link
     *     #group}) and the deserializers
     */
    public EventReaderBuilder kafka(Map<String, ?> settings) {
        settings.forEach((name, value) -> {
            if (FIXED.containsKey(name)
                    || name.equals(ConsumerConfig.GROUP_ID_CONFIG)
                    || name.endsWith(".deserializer")) {
                throw new IllegalArgumentException("the consumer setting " + name + " is the reader's own");
            }
            kafka.put(name, value);
        });
        return this;
    }

    /** What to read, instead of {@value Topics#EVENTS}. */
    public EventReaderBuilder topics(String... names) {
        topics = List.of(names);
        return this;
    }

    /** Reads these partitions of each topic, instead of all. */
    public EventReaderBuilder partitions(Integer... numbers) {
        chosen = Optional.of(Set.of(numbers));
        return this;
    }

    /**
     * Shares the partitions with all readers of this name. Needs a {@link #stateStore} that all of them use.
     *
     * @param name the consumer group's id
     */
    public EventReaderBuilder group(String name) {
        group = Optional.of(name);
        return this;
    }

    /** Where to begin in partitions of which the store knows nothing, instead of {@link StartAt#earliest}. */
    public EventReaderBuilder startAt(StartAt start) {
        startAt = start;
        return this;
    }

    /** Where progress is kept, instead of in this reader's memory. The reader closes it. */
    public EventReaderBuilder stateStore(StateStore store) {
        stateStore = Optional.of(store);
        return this;
    }

    /**
     * How much the filter remembers, instead of {@link FilterLimits#DEFAULT}, which is for topics that keep records for 7
     * days. A topic that keeps them longer needs {@link FilterLimits#withSupersededRetention}: what happens otherwise is said
     * there. The reader cannot tell by itself, since a consumer does not see the settings of topics. Other limits than last
     * time may be given to a reader that goes on with stored progress.
     */
    public EventReaderBuilder limits(FilterLimits filterLimits) {
        limits = filterLimits;
        return this;
    }

    /** Whether {@link Gap}s are delivered too; by default they are not. */
    public EventReaderBuilder gaps(boolean wanted) {
        wantsGaps = wanted;
        return this;
    }

    /** Hears of records whose position cannot be read, instead of the log. Called within {@link EventReader#poll}. */
    public EventReaderBuilder onUnreadable(Consumer<UnreadableRecord> action) {
        onUnreadable = action;
        return this;
    }

    /**
     * Hears, instead of the log, of a partition in which the reader comes near the records that the topic deletes next:
     * where it has records left to read, and fewer than a fifth of what the partition still holds lie before them. It looks
     * once a minute, and tells once until the reader has got away from there. Called within {@link EventReader#poll}.
     */
    public EventReaderBuilder onNearRetention(Consumer<RetentionWarning> action) {
        onNearRetention = action;
        return this;
    }

    EventReaderBuilder clock(InstantSource time) {
        clock = time;
        return this;
    }

    /**
     * Connects to Kafka, and takes the partitions up; as one of a group, the first {@link EventReader#poll} does.
     *
     * @throws IllegalArgumentException if a topic or a chosen partition does not exist, or a group has no state store
     * @throws org.apache.kafka.common.KafkaException as Kafka's consumer does
     */
    public EventReader build() {
        if (group.isPresent() && (stateStore.isEmpty() || chosen.isPresent())) {
            throw new IllegalArgumentException("readers of the group " + group.get()
                    + " need a state store that all of them use, and have no partitions of their own choice");
        }
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.putAll(FIXED);
        group.ifPresent(name -> settings.put(ConsumerConfig.GROUP_ID_CONFIG, name));
        org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            return build(consumer);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    EventReader build(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
        EventReader reader = new EventReader(
                consumer,
                stateStore.orElseGet(StateStore::inMemory),
                startAt,
                limits,
                new BatchCollector(wantsGaps, onUnreadable),
                group.isPresent(),
                new RetentionWatch(clock, onNearRetention));
        if (group.isPresent()) {
            reader.subscribe(topics);
        } else {
            reader.assign(partitionsToRead(consumer));
        }
        return reader;
    }

    private List<TopicPartition> partitionsToRead(org.apache.kafka.clients.consumer.Consumer<?, ?> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> known = consumer.partitionsFor(topic);
            if (known == null || known.isEmpty()) {
                throw new IllegalArgumentException("the topic " + topic + " does not exist");
            }
            int count = known.size();
            for (int number : chosen.orElseGet(() -> upTo(count))) {
                if (number < 0 || number >= count) {
                    throw new IllegalArgumentException(
                            "the topic " + topic + " has " + count + " partitions, and no partition " + number);
                }
                partitions.add(new TopicPartition(topic, number));
            }
        }
        return partitions;
    }

    private static Set<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toSet());
    }
}
