package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a node cannot be better than: a producer with its settings that writes copies of its records to a topic of its own.
 *
 * @param process its process
 * @param node whose records it writes
 * @param copied what it said of these records
 */
record BareProducer(ChildJvm process, Stage.Node node, JsonNode copied) {
    /** How many of the node's records are written over and over. */
    private static final int RECORDS_COPIED = 5_000;

    /** Makes the topic, and has the node's records of events read; there have to be enough of them. */
    static BareProducer start(Stage stage, Stage.Node node, String topic) throws Exception {
        return copying(stage, node, node.topic(), RECORDS_COPIED, topic);
    }

    /** The same with so many records of another topic. */
    static BareProducer copying(Stage stage, Stage.Node node, String from, int count, String topic) throws Exception {
        stage.topic(topic, node.partitions());
        ChildJvm producer = stage.side("producer", ProducerRole.class);
        JsonNode copied = producer.ask(
                "start",
                Map.of("settings", node.settings(), "from", from, "count", count, "topic", topic),
                Stage.PATIENCE);
        return new BareProducer(producer, node, copied);
    }

    /** Adds to the parameters of a report what both sides write, and how. */
    void describe(Map<String, String> parameters) {
        List<String> headers = new ArrayList<>();
        copied.path("headers").forEach(header -> headers.add(header.asText()));
        Map<String, String> settings = node.settings();
        parameters.put(
                "record",
                "one per event, key, value and headers (" + String.join(", ", headers) + ") "
                        + Numbers.text(copied.path("recordBytes").asDouble()) + " B");
        parameters.put("topic", node.partitions() + " partitions, one replica");
        parameters.put(
                "producers",
                "all with acks=all, linger.ms " + settings.get("linger.ms") + ", batch.size "
                        + settings.get("batch.size") + ", compression " + settings.get("compression.type"));
    }
}
