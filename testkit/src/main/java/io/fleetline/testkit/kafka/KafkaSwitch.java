package io.fleetline.testkit.kafka;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which Kafka tests run against, and which image that is in a container.
 *
 * @param kind the kind of Kafka
 * @param image the container's image; of no meaning for the other kinds
 */
record KafkaSwitch(Kind kind, String image) {

    static final String KIND_PROPERTY = "fleetline.kafka";
    static final String IMAGE_PROPERTY = "fleetline.kafka.image";

    /** The version that dev-kafka embeds, so that a difference in behaviour is one of surroundings. */
    static final String DEFAULT_IMAGE = "apache/kafka:4.3.1";

    /** What can stand in the switch, in small letters. */
    enum Kind {
        /** One broker inside the JVM of the tests. */
        EMBEDDED,
        /** Three brokers in processes of their own. */
        PROCESSES,
        /** One broker in a container, for which Docker is needed. */
        CONTAINER
    }

    /**
     * Reads the switch. System properties go before environment variables, whose names are in capitals with underscores
     * for dots.
     */
    static KafkaSwitch read(UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment) {
        String kind = value(KIND_PROPERTY, properties, environment);
        String image = value(IMAGE_PROPERTY, properties, environment);
        return new KafkaSwitch(kind == null ? Kind.EMBEDDED : kind(kind), image == null ? DEFAULT_IMAGE : image);
    }

    private static @Nullable String value(
            String name, UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment) {
        String property = properties.apply(name);
        String value = property != null
                ? property
                : environment.apply(name.toUpperCase(Locale.ROOT).replace('.', '_'));
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static Kind kind(String value) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.name().equals(value.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(KIND_PROPERTY + "=" + value + " is none of "
                        + Arrays.stream(Kind.values())
                                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }
}
