package io.fleetline.cli;

import io.fleetline.cli.dev.Instance;
import io.fleetline.cli.dev.StateDirectory;
import io.fleetline.cli.terminal.CliFailure;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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

    /** Kafka's bootstrap servers. */
    String bootstrapServers() {
        return bootstrap != null
                ? bootstrap
                : Instance.of(Optional.ofNullable(state)).bootstrap();
    }

    /** Settings for any client of it. */
    static Map<String, String> settings() {
        return Map.of("default.api.timeout.ms", PATIENCE_MILLIS, "request.timeout.ms", PATIENCE_MILLIS);
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
