package io.fleetline.bench.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import io.fleetline.ingest.IngestConfig;
import io.fleetline.ingest.IngestServer;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.kafka.RecordFormat;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.ingest.session.SessionLimits;
import io.fleetline.protocol.DeviceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The node under measurement, as it comes, but for the limits that would keep a measurement from reaching its own.
 *
 * <ul>
 *   <li>{@code start {bootstrap, certificate, key, devices, prefix, values, headers, admission, heartbeatMillis}}: registers so many devices
 *       and starts; {@code admission} keeps the limits of how fast devices are let in; gives the {@code url},
 *       the {@code devices} with {@code id} and {@code secret}, the {@code topic} of events, that of {@code commands}, the
 *       {@code partitions} of each, {@code settings} that make a producer work as the node's do, and {@code differences} from a node as it comes
 * </ul>
 */
public final class NodeRole implements Role {
    private static final String TENANT = "bench";
    /** Beside the budget a producer's buffer holds one batch being filled for each partition of the topics written. */
    private static final int TOPICS_WRITTEN = 3;
    /** Nothing is measured yet, and on a busy machine a broker that has just started takes its time. */
    private static final Duration REGISTERING = Duration.ofMinutes(2);

    private @Nullable IngestServer node;

    /** For the child process. */
    public NodeRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws ReflectiveOperationException {
        if (!verb.equals("start")) {
            throw new IllegalArgumentException("a node does not know how to " + verb);
        }
        KafkaConfig kafka = KafkaConfig.DEFAULTS
                .withBootstrapServers(arguments.path("bootstrap").asText())
                .forSingleBroker(KafkaConfig.DEFAULTS.partitions())
                .withTopics(topics(arguments.path("prefix").asText("fleetline")))
                .withRecords(new RecordFormat(
                        RecordFormat.Values.valueOf(arguments.path("values").asText("CBOR")),
                        RecordFormat.Headers.valueOf(arguments.path("headers").asText("COMPACT"))));
        Map<DeviceId, String> devices =
                register(kafka, arguments.path("devices").asInt());
        ListenerConfig.Tls tls = new ListenerConfig.Tls(
                Path.of(arguments.path("certificate").asText()),
                Path.of(arguments.path("key").asText()),
                false);
        IngestConfig config = IngestConfig.DEFAULTS
                .withKafka(kafka)
                .withLimits(limits(
                        Duration.ofMillis(arguments.path("heartbeatMillis").asLong())))
                .withListener(listener(
                        ListenerConfig.DEFAULTS.at("127.0.0.1", 0, Optional.of(tls)),
                        arguments.path("admission").asBoolean()))
                .withDrainTime(Duration.ZERO);
        IngestServer started = IngestServer.start(config);
        node = started;
        return Map.of(
                "url",
                started.url().toString(),
                "devices",
                devices.entrySet().stream()
                        .map(device -> Map.of("id", device.getKey().toString(), "secret", device.getValue()))
                        .toList(),
                "topic",
                kafka.topics().events(),
                "commands",
                kafka.topics().commands(),
                "partitions",
                kafka.partitions(),
                "settings",
                settings(kafka, config.budgetBytes()),
                "differences",
                Differences.between("", config, IngestConfig.DEFAULTS));
    }

    /** All devices come from one address here, which is never limited. */
    private static ListenerConfig listener(ListenerConfig listener, boolean admission) {
        ListenerConfig open = listener.withoutAdmissionLimits();
        return admission
                ? new ListenerConfig(
                        listener.host(),
                        listener.port(),
                        listener.tls(),
                        listener.proxy(),
                        listener.maxConnections(),
                        open.connectionsPerSource(),
                        listener.maxHandshakes(),
                        listener.acceptsPerSecond(),
                        listener.handshakeTimeout(),
                        listener.requestHeadBytes(),
                        listener.badCredentialsPerDevice(),
                        listener.badCredentialsPerSource(),
                        listener.connectsPerDevice(),
                        listener.outgoingFrames(),
                        listener.outgoingBytes(),
                        listener.writeTimeout())
                : open;
    }

    /** Without rates; and nobody here is to wait half a minute before it connects again. */
    private static SessionLimits limits(Duration heartbeat) {
        SessionLimits limits = SessionLimits.DEFAULTS.withoutRates();
        return new SessionLimits(
                limits.helloTimeout(),
                heartbeat,
                limits.maxFrameBytes(),
                limits.maxItemBytes(),
                limits.windowItems(),
                limits.windowBytes(),
                limits.eventsPerSecond(),
                limits.burstEvents(),
                limits.bytesPerSecond(),
                limits.burstBytes(),
                Duration.ofSeconds(1),
                limits.rewindDelay(),
                limits.maxRewindDelay(),
                limits.control(),
                limits.tenants());
    }

    private static TopicNames topics(String prefix) {
        return new TopicNames(
                prefix + ".events",
                prefix + ".dead-letters",
                prefix + ".commands",
                prefix + ".command-updates",
                prefix + ".devices",
                prefix + ".tenants",
                prefix + ".audit");
    }

    private static Map<DeviceId, String> register(KafkaConfig kafka, int count) {
        List<DeviceId> devices = IntStream.rangeClosed(1, count)
                .mapToObj(i -> new DeviceId(TENANT, String.format(Locale.ROOT, "load-%05d", i)))
                .toList();
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(kafka.withDeliveryTimeout(REGISTERING))) {
            return registrar.register(devices);
        }
    }

    private static Map<String, String> settings(KafkaConfig kafka, long budgetBytes) {
        long buffer = budgetBytes + (long) TOPICS_WRITTEN * kafka.partitions() * kafka.batchBytes();
        return Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "acks", "all",
                "linger.ms", Long.toString(kafka.linger().toMillis()),
                "batch.size", Integer.toString(kafka.batchBytes()),
                "compression.type", kafka.compression(),
                "buffer.memory", Long.toString(buffer),
                "enable.metrics.push", "false");
    }

    @Override
    public void close() {
        if (node != null) {
            node.close();
        }
    }
}
