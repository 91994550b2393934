package io.fleetline.ingest;

import io.fleetline.ingest.admin.AdminConfig;
import io.fleetline.ingest.identity.IdentityConfig;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.session.SessionLimits;
import java.nio.file.Path;
import java.time.Duration;

/**
 * All that a node can be told.
 *
 * @param node the node's name, for logs
 * @param listener where devices connect, and what may be done before they are known
 * @param limits what one connection may do
 * @param identity what is asked of credentials
 * @param kafka how the node speaks to Kafka
 * @param admin where operators reach the node
 * @param budgetBytes how many bytes may be on their way to Kafka at once; above it the node stops reading
 * @param pendingCommandsPerDevice how many commands may wait for one device
 * @param drainTime how long devices are given to leave before the node ends their connections
 */
public record IngestConfig(
        String node,
        ListenerConfig listener,
        SessionLimits limits,
        IdentityConfig identity,
        KafkaConfig kafka,
        AdminConfig admin,
        long budgetBytes,
        int pendingCommandsPerDevice,
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
            quarterOfHeap(),
            50,
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
        if (budgetBytes < limits.maxFrameBytes() || budgetBytes > MAX_BUDGET_BYTES) {
            throw new IllegalArgumentException("budgetBytes is " + budgetBytes + ", not within limits.maxFrameBytes ("
                    + limits.maxFrameBytes() + ") to " + MAX_BUDGET_BYTES);
        }
        if (pendingCommandsPerDevice < 1 || pendingCommandsPerDevice > 10_000) {
            throw new IllegalArgumentException(
                    "pendingCommandsPerDevice is " + pendingCommandsPerDevice + ", not within 1 to 10000");
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
        return ConfigReader.read(yaml);
    }

    /** This configuration under another name. */
    public IngestConfig withNode(String name) {
        return new IngestConfig(
                name, listener, limits, identity, kafka, admin, budgetBytes, pendingCommandsPerDevice, drainTime);
    }

    /** This configuration with another listener. */
    public IngestConfig withListener(ListenerConfig other) {
        return new IngestConfig(
                node, other, limits, identity, kafka, admin, budgetBytes, pendingCommandsPerDevice, drainTime);
    }

    /** This configuration with other limits. */
    public IngestConfig withLimits(SessionLimits other) {
        return new IngestConfig(
                node, listener, other, identity, kafka, admin, budgetBytes, pendingCommandsPerDevice, drainTime);
    }

    /** This configuration with another Kafka. */
    public IngestConfig withKafka(KafkaConfig other) {
        return new IngestConfig(
                node, listener, limits, identity, other, admin, budgetBytes, pendingCommandsPerDevice, drainTime);
    }

    /** This configuration with another place for operators. */
    public IngestConfig withAdmin(AdminConfig other) {
        return new IngestConfig(
                node, listener, limits, identity, kafka, other, budgetBytes, pendingCommandsPerDevice, drainTime);
    }

    /** This configuration with another budget. */
    public IngestConfig withBudgetBytes(long bytes) {
        return new IngestConfig(
                node, listener, limits, identity, kafka, admin, bytes, pendingCommandsPerDevice, drainTime);
    }

    /** This configuration with another time for devices to leave. */
    public IngestConfig withDrainTime(Duration time) {
        return new IngestConfig(
                node, listener, limits, identity, kafka, admin, budgetBytes, pendingCommandsPerDevice, time);
    }

    private static long quarterOfHeap() {
        return Math.min(Runtime.getRuntime().maxMemory() / 4, MAX_BUDGET_BYTES);
    }
}
