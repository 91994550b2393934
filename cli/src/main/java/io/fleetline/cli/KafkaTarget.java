package io.fleetline.cli;

import io.fleetline.cli.dev.Instance;
import io.fleetline.cli.dev.StateDirectory;
import io.fleetline.cli.terminal.CliFailure;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which Kafka a verb speaks to: one that is named, or that of the dev instance that runs here. */
final class KafkaTarget {
    /** Who types a command waits no minute for a Kafka that is not there. */
    private static final String PATIENCE_MILLIS = "10000";

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Kafka's bootstrap servers; without it those of the 'fleetline dev' that runs here.")
    private @Nullable String bootstrap;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "Where that 'fleetline dev' keeps its state; without it the nearest " + StateDirectory.NAME + ".")
    private @Nullable Path state;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Further settings of Kafka's clients, such as those of TLS and SASL: a properties file.")
    private @Nullable Path config;

    /** Kafka's bootstrap servers. */
    String bootstrapServers() {
        return bootstrap != null
                ? bootstrap
                : Instance.of(Optional.ofNullable(state)).bootstrap();
    }

    /** Where the dev instance keeps its state, if that was said. */
    Optional<Path> state() {
        return Optional.ofNullable(state);
    }

    /** Settings for any client of it but where it is. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("default.api.timeout.ms", PATIENCE_MILLIS);
        settings.put("request.timeout.ms", PATIENCE_MILLIS);
        settings.putAll(fromFile());
        return settings;
    }

    /** Settings for a client of Kafka's own. */
    Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>(settings());
        settings.put("bootstrap.servers", bootstrapServers());
        settings.put("max.block.ms", PATIENCE_MILLIS);
        settings.put("enable.metrics.push", "false");
        return settings;
    }

    private Map<String, String> fromFile() {
        if (config == null) {
            return Map.of();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(config)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new CliFailure("cannot read " + config + ": " + e, e);
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    /** Connects, and says in a sentence why that cannot be done. */
    static <T> T connect(String bootstrap, Supplier<T> connecting) {
        try {
            return connecting.get();
        } catch (KafkaException e) {
            throw new CliFailure("Kafka at " + bootstrap + " cannot be used: " + reason(e), e);
        } catch (IllegalArgumentException e) {
            throw new CliFailure("Kafka at " + bootstrap + " is not Fleetline's: " + e.getMessage(), e);
        }
    }

    /** The innermost cause: Kafka's outer exceptions only say that a client could not be made. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
