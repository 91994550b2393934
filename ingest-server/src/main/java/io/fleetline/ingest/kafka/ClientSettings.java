package io.fleetline.ingest.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which settings of Kafka's clients are passed through, and why some are not. */
final class ClientSettings {
    private static final Map<String, String> REASONS = reasons();

    private ClientSettings() {}

    /**
     * Checks settings that are to be passed through.
     *
     * @throws IllegalArgumentException naming the first that may not be set, with the reason
     */
    static void check(Map<String, String> client) {
        client.keySet().stream()
                .sorted()
                .forEach(key -> reason(key).ifPresent(reason -> {
                    throw new IllegalArgumentException("kafka.client." + key + " is not yours to set: " + reason);
                }));
    }

    /** Why this setting is not passed through; empty if it is. */
    static Optional<String> reason(String key) {
        if (key.startsWith("partitioner.")) {
            return Optional.of(
                    "all records of a device stay in one partition, which the node computes (rules N2 and K1)");
        }
        return Optional.ofNullable(REASONS.get(key));
    }

    private static Map<String, String> reasons() {
        Map<String, String> reasons = new HashMap<>();
        reasons.put("acks", "an ack to a device means that all in-sync replicas have the record (rule N5)");
        reasons.put("enable.idempotence", "without it a retry could store a record twice or out of order (rule N5)");
        reasons.put(
                "max.in.flight.requests.per.connection",
                "beyond 5 a retry could change the order of records (rule N5)");
        reasons.put(
                "transactional.id",
                "events are written outside transactions, and one id would fence all nodes but one");
        for (String side : new String[] {"key", "value"}) {
            reasons.put(side + ".serializer", "records are bytes; kafka.records.values chooses between CBOR and JSON");
            reasons.put(side + ".deserializer", "records are bytes");
        }
        reasons.put("retries", "kafka.deliveryTimeout says how long is tried");
        reasons.put("request.timeout.ms", "it follows from kafka.deliveryTimeout");
        reasons.put("delivery.timeout.ms", "that is kafka.deliveryTimeout");
        reasons.put("bootstrap.servers", "that is kafka.bootstrapServers");
        reasons.put("linger.ms", "that is kafka.linger");
        reasons.put("batch.size", "that is kafka.batchBytes");
        reasons.put("compression.type", "that is kafka.compression");
        reasons.put("buffer.memory", "it follows from budgetBytes");
        reasons.put(
                "max.request.size", "it follows from limits.maxFrameBytes, kafka.batchBytes and kafka.records.values");
        reasons.put("max.block.ms", "threads that read sockets must not wait for Kafka");
        reasons.put("metadata.max.idle.ms", "topics stay known however quiet they are");
        reasons.put("metadata.recovery.strategy", "topics stay known while no broker answers");
        reasons.put("client.id", "the node names its clients");
        reasons.put("group.id", "nodes read without a group: each needs all records");
        reasons.put("enable.auto.commit", "nodes read without a group");
        reasons.put("auto.offset.reset", "nodes know where to begin");
        reasons.put("allow.auto.create.topics", "topics are made with the settings that the rules need, or not at all");
        reasons.put(
                "isolation.level", "the registry is written in transactions, and what was aborted must not be read");
        reasons.put("max.poll.records", "nodes know how much they want");
        return Map.copyOf(reasons);
    }
}
