package io.fleetline.exact;

import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.protocol.Topics;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Events topic → filter → exact topic, for each events topic by itself: they may differ in their partitions. */
final class ExactTopology {
    private ExactTopology() {}

    /** @param topics each events topic with the limits of its filter */
    static Topology of(Map<String, FilterLimits> topics, boolean gaps, ExactMetrics metrics) {
        Topology topology = new Topology();
        topics.forEach((topic, limits) -> add(topology, topic, gaps, limits, metrics));
        return topology;
    }

    private static void add(Topology topology, String topic, boolean gaps, FilterLimits limits, ExactMetrics metrics) {
        String source = "read-" + topic;
        String filter = "filter-" + topic;
        // To begin anew behind what the topic has deleted would be loss in silence: the stage stops instead.
        topology.addSource(
                        AutoOffsetReset.none(), source, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic)
                .addProcessor(filter, () -> new ExactProcessor(topic, gaps, limits, metrics), source)
                .addStateStore(store(ExactProcessor.filtersStore(topic)), filter)
                .addStateStore(store(ExactProcessor.heldStore(topic)), filter)
                .addSink(
                        "write-" + topic,
                        topic + Topics.EXACT_SUFFIX,
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        filter);
    }

    /** Cached, so that the changelog has one record for each device and transaction, not one for each event. */
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of())
                .withCachingEnabled();
    }
}
