package io.fleetline.exact;

import io.fleetline.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * How an exact stage is to run.
 *
 * @param bootstrapServers where Kafka is: {@code host:port,…}
 * @param topics the events topics to read; what they are once more goes to topics of the same name and
 *     {@value Topics#EXACT_SUFFIX}
 * @param application the name that all instances share which divide the work among them: Kafka's {@code application.id}
 * @param gaps whether gaps are written too
 * @param stateDirectory where the state is kept; each instance needs one of its own, and what is lost in it is built anew
 *     from Kafka
 * @param threads how many partitions are worked on at a time, 1 to 64
 * @param metricsPort where metrics and health are served on {@code metricsHost}; 0 for a free port, empty for nowhere
 * @param metricsHost the address for that; loopback unless said otherwise, for there is neither TLS nor a password
 * @param stuckAfter for how long, by record time, something must be held for its device to count as stuck
 * @param skipDeleted whether to go on behind records that the topic deleted before the stage had read them, which
 *     are lost to the exact topic; otherwise the stage refuses to start
 * @param kafka further settings of Kafka Streams and its clients, such as for TLS and SASL
 */
public record ExactStageConfig(
        String bootstrapServers,
        Set<String> topics,
        String application,
        boolean gaps,
        Path stateDirectory,
        int threads,
        OptionalInt metricsPort,
        String metricsHost,
        Duration stuckAfter,
        boolean skipDeleted,
        Map<String, String> kafka) {
    /** The application's name if nothing else is said. */
    public static final String DEFAULT_APPLICATION = "fleetline-exact";

    private static final int MOST_THREADS = 64;
    private static final int MOST_PORT = 65_535;

    /** What the promise rests on. */
    private static final Set<String> OWN = Set.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.STATE_DIR_CONFIG,
            StreamsConfig.NUM_STREAM_THREADS_CONFIG,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG);

    /**
     * Checks each part.
     *
     * @throws IllegalArgumentException naming the part that is out of its range, or the Kafka setting that is the
     *     stage's own
     */
    public ExactStageConfig {
        topics = Set.copyOf(topics);
        kafka = Map.copyOf(kafka);
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("bootstrap names no server");
        }
        if (topics.isEmpty() || topics.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("topics names no topic");
        }
        for (String topic : topics) {
            if (topic.endsWith(Topics.EXACT_SUFFIX)) {
                throw new IllegalArgumentException("topics names " + topic + ", which is an exact topic itself");
            }
        }
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException("threads is " + threads + ", not within 1 to " + MOST_THREADS);
        }
        int port = metricsPort.orElse(0);
        if (port < 0 || port > MOST_PORT) {
            throw new IllegalArgumentException("metrics-port is " + port + ", not within 0 to " + MOST_PORT);
        }
        if (stuckAfter.isNegative() || stuckAfter.isZero()) {
            throw new IllegalArgumentException("stuck-after is " + stuckAfter + ", not more than 0");
        }
        for (String name : kafka.keySet()) {
            if (OWN.stream().anyMatch(own -> name.equals(own) || name.endsWith("." + own))) {
                throw new IllegalArgumentException(
                        "the Kafka setting " + name + " is the stage's own: its promise rests on it");
            }
        }
    }

    /** A stage with default settings that keeps its state here. */
    public static ExactStageConfig of(String bootstrapServers, Path stateDirectory) {
        return parse(List.of("bootstrap=" + bootstrapServers, "state=" + stateDirectory));
    }

    /**
     * Reads {@code name=value} settings: {@code bootstrap} and {@code state} (both needed), {@code topics} (separated by
     * commas), {@code application}, {@code gaps}, {@code threads}, {@code metrics-port}, {@code metrics-host},
     * {@code stuck-after} (ISO 8601, such as {@code PT5M}), {@code skip-deleted}, and {@code kafka.} with any setting of Kafka
     * Streams.
     *
     * @throws IllegalArgumentException naming the setting that is missing, unknown, given twice or out of its range
     */
    public static ExactStageConfig parse(List<String> settings) {
        Settings given = new Settings(settings);
        ExactStageConfig config = new ExactStageConfig(
                given.required("bootstrap"),
                new LinkedHashSet<>(
                        List.of(given.optional("topics", Topics.EVENTS).split(",", -1))),
                given.optional("application", DEFAULT_APPLICATION),
                given.flag("gaps"),
                Path.of(given.required("state")),
                given.number("threads").orElse(2),
                given.number("metrics-port"),
                given.optional("metrics-host", "127.0.0.1"),
                given.duration("stuck-after", Duration.ofMinutes(5)),
                given.flag("skip-deleted"),
                given.kafka());
        given.refuseOthers();
        return config;
    }

    private static final class Settings {
        private static final String KAFKA = "kafka.";
        private final Map<String, String> left = new HashMap<>();

        Settings(List<String> settings) {
            for (String setting : settings) {
                int at = setting.indexOf('=');
                if (at < 1) {
                    throw new IllegalArgumentException("'" + setting + "' is not of the form name=value");
                }
                String name = setting.substring(0, at);
                if (left.put(name, setting.substring(at + 1)) != null) {
                    throw new IllegalArgumentException(name + " is given twice");
                }
            }
        }

        String required(String name) {
            String value = left.remove(name);
            if (value == null) {
                throw new IllegalArgumentException(name + " is missing");
            }
            return value;
        }

        String optional(String name, String otherwise) {
            String value = left.remove(name);
            return value == null ? otherwise : value;
        }

        boolean flag(String name) {
            String value = optional(name, "false");
            if (!value.equals("true") && !value.equals("false")) {
                throw new IllegalArgumentException(name + " is '" + value + "', not true or false");
            }
            return value.equals("true");
        }

        OptionalInt number(String name) {
            String value = left.remove(name);
            try {
                return value == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(value));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(name + " is '" + value + "', not a whole number", e);
            }
        }

        Duration duration(String name, Duration otherwise) {
            String value = left.remove(name);
            try {
                return value == null ? otherwise : Duration.parse(value);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(name + " is '" + value + "', not a duration such as PT5M", e);
            }
        }

        Map<String, String> kafka() {
            Map<String, String> settings = new HashMap<>();
            left.forEach((name, value) -> {
                if (name.startsWith(KAFKA)) {
                    settings.put(name.substring(KAFKA.length()), value);
                }
            });
            left.keySet().removeIf(name -> name.startsWith(KAFKA));
            return settings;
        }

        void refuseOthers() {
            if (!left.isEmpty()) {
                throw new IllegalArgumentException(
                        left.keySet().iterator().next() + " is not a setting of the exact stage");
            }
        }
    }
}
