package io.fleetline.ingest;

import io.fleetline.ingest.admin.AdminConfig;
import io.fleetline.ingest.identity.IdentityConfig;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.session.SessionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * All that a node can be told.
 *
 * @param node the node's name, for logs
 * @param listener where devices connect, and what may be done before they are known
 * @param limits what one connection may do
 * @param identity what is asked of credentials
 * @param kafka how the node speaks to Kafka
 * @param admin where operators reach the node
 * @param log what the node writes down, for whoever runs it: a program with a logging library of its own goes by that
 * @param budgetBytes how many bytes may be on their way to Kafka at once; above it the node stops reading
 * @param pendingCommandsPerDevice how many commands may wait for one device
 * @param unreadyTime how long a node that is told to stop says that it is not ready, and goes on as before, so that load
 *     balancers notice first
 * @param drainTime how long devices are given to leave before the node ends their connections
 */
public record IngestConfig(
        String node,
        ListenerConfig listener,
        SessionLimits limits,
        IdentityConfig identity,
        KafkaConfig kafka,
        AdminConfig admin,
        LogConfig log,
        long budgetBytes,
        int pendingCommandsPerDevice,
        Duration unreadyTime,
        Duration drainTime) {
    /** A budget that one producer's memory is still sensible for. */
    private static final long MAX_BUDGET_BYTES = 4L * 1024 * 1024 * 1024;

    /** One node on this machine beside a Kafka on this machine; both have to be told where they really are. */
    public static final IngestConfig DEFAULTS = new IngestConfig(
            "node",
            ListenerConfig.DEFAULTS,
            SessionLimits.DEFAULTS,
            IdentityConfig.DEFAULTS,
            KafkaConfig.DEFAULTS,
            AdminConfig.DEFAULTS,
            LogConfig.DEFAULTS,
            quarterOfHeap(),
            50,
            Duration.ZERO,
            Duration.ofSeconds(10));

    /**
     * Checks each setting and how they stand to one another.
     *
     * @throws IllegalArgumentException naming the setting
     */
    public IngestConfig {
        if (node.isBlank() || node.length() > 128) {
            throw new IllegalArgumentException("node is \"" + node + "\", not 1 to 128 characters");
        }
        int largestFrame = limits.largestFrameBytes();
        if (budgetBytes < largestFrame || budgetBytes > MAX_BUDGET_BYTES) {
            String key =
                    largestFrame == limits.maxFrameBytes() ? "limits.maxFrameBytes" : "limits.tenants.maxFrameBytes";
            throw new IllegalArgumentException("budgetBytes is " + budgetBytes + ", not within " + key + " ("
                    + largestFrame + ") to " + MAX_BUDGET_BYTES);
        }
        if (pendingCommandsPerDevice < 1 || pendingCommandsPerDevice > 10_000) {
            throw new IllegalArgumentException(
                    "pendingCommandsPerDevice is " + pendingCommandsPerDevice + ", not within 1 to 10000");
        }
        if (unreadyTime.isNegative() || unreadyTime.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("unreadyTime is " + unreadyTime + ", not within PT0S to PT10M");
        }
        if (drainTime.isNegative() || drainTime.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("drainTime is " + drainTime + ", not within PT0S to PT1H");
        }
    }

    /**
     * Reads a YAML file, in which whatever is not said keeps its default. Names are those of the records; durations are
     * written as {@code 250ms}, {@code 10s}, {@code 5m}, {@code 2h} or {@code 3d}, bytes as numbers or as {@code 64KiB},
     * {@code 1MiB} or {@code 2GiB}.
     *
     * @throws IllegalArgumentException naming the file, the line and the key
     */
    public static IngestConfig read(Path yaml) {
        return ConfigFile.of(yaml, Map.of(), List.of()).read();
    }

    /** All of it as YAML that can be read again, except for secrets, which are masked. */
    public String toYaml() {
        return ConfigMapping.yaml(this);
    }

    /** This configuration under another name. */
    public IngestConfig withNode(String name) {
        return new IngestConfig(
                name,
                listener,
                limits,
                identity,
                kafka,
                admin,
                log,
                budgetBytes,
                pendingCommandsPerDevice,
                unreadyTime,
                drainTime);
    }

    /** This configuration with another listener. */
    public IngestConfig withListener(ListenerConfig other) {
        return new IngestConfig(
                node,
                other,
                limits,
                identity,
                kafka,
                admin,
                log,
                budgetBytes,
                pendingCommandsPerDevice,
                unreadyTime,
                drainTime);
    }

    /** This configuration with other limits. */
    public IngestConfig withLimits(SessionLimits other) {
        return new IngestConfig(
                node,
                listener,
                other,
                identity,
                kafka,
                admin,
                log,
                budgetBytes,
                pendingCommandsPerDevice,
                unreadyTime,
                drainTime);
    }

    /** This configuration with another Kafka. */
    public IngestConfig withKafka(KafkaConfig other) {
        return new IngestConfig(
                node,
                listener,
                limits,
                identity,
                other,
                admin,
                log,
                budgetBytes,
                pendingCommandsPerDevice,
                unreadyTime,
                drainTime);
    }

    /** This configuration with another place for operators. */
    public IngestConfig withAdmin(AdminConfig other) {
        return new IngestConfig(
                node,
                listener,
                limits,
                identity,
                kafka,
                other,
                log,
                budgetBytes,
                pendingCommandsPerDevice,
                unreadyTime,
                drainTime);
    }

    /** This configuration with another log. */
    public IngestConfig withLog(LogConfig other) {
        return new IngestConfig(
                node,
                listener,
                limits,
                identity,
                kafka,
                admin,
                other,
                budgetBytes,
                pendingCommandsPerDevice,
                unreadyTime,
                drainTime);
    }

    /** This configuration with another budget. */
    public IngestConfig withBudgetBytes(long bytes) {
        return new IngestConfig(
                node,
                listener,
                limits,
                identity,
                kafka,
                admin,
                log,
                bytes,
                pendingCommandsPerDevice,
                unreadyTime,
                drainTime);
    }

    /** This configuration with another time in which load balancers notice that the node stops. */
    public IngestConfig withUnreadyTime(Duration time) {
        return new IngestConfig(
                node,
                listener,
                limits,
                identity,
                kafka,
                admin,
                log,
                budgetBytes,
                pendingCommandsPerDevice,
                time,
                drainTime);
    }

    /** This configuration with another time for devices to leave. */
    public IngestConfig withDrainTime(Duration time) {
        return new IngestConfig(
                node,
                listener,
                limits,
                identity,
                kafka,
                admin,
                log,
                budgetBytes,
                pendingCommandsPerDevice,
                unreadyTime,
                time);
    }

    private static long quarterOfHeap() {
        return Math.min(Runtime.getRuntime().maxMemory() / 4, MAX_BUDGET_BYTES);
    }
}
