package io.fleetline.ingest;

import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.ingest.session.SessionLimits;
import io.fleetline.protocol.DeviceId;
import io.fleetline.testkit.kafka.TestKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A node with topics of its own, on loopback without TLS, and with devices that it knows. */
final class TestNode implements AutoCloseable {
    static final int PARTITIONS = 3;

    private final String bootstrapServers;
    private final IngestConfig config;
    private final DeviceRegistrar registrar;
    private final IngestServer server;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<TestDevice> devices = new ArrayList<>();

    private TestNode(String bootstrapServers, UnaryOperator<IngestConfig> change) {
        this.bootstrapServers = bootstrapServers;
        this.config = change.apply(config(bootstrapServers));
        this.registrar = DeviceRegistrar.connect(config.kafka());
        this.server = IngestServer.start(config, meters);
    }

    static TestNode start() {
        return start(UnaryOperator.identity());
    }

    static TestNode start(UnaryOperator<IngestConfig> change) {
        return start(TestKafka.shared().bootstrapServers(), change);
    }

    static TestNode start(String bootstrapServers, UnaryOperator<IngestConfig> change) {
        return new TestNode(bootstrapServers, change);
    }

    /** A configuration for tests: topics that nobody else uses, one broker, no limits on who connects how often. */
    static IngestConfig config(String bootstrapServers) {
        String prefix = TestKafka.uniqueName("test") + ".";
        KafkaConfig kafka = KafkaConfig.DEFAULTS
                .withBootstrapServers(bootstrapServers)
                .withTopics(new TopicNames(
                        prefix + "events",
                        prefix + "dead-letters",
                        prefix + "commands",
                        prefix + "command-updates",
                        prefix + "devices",
                        prefix + "tenants",
                        prefix + "audit"))
                .forSingleBroker(PARTITIONS);
        return IngestConfig.DEFAULTS
                .withNode("test-node")
                .withListener(ListenerConfig.DEFAULTS
                        .at("127.0.0.1", 0, Optional.empty())
                        .withoutAdmissionLimits())
                .withLimits(SessionLimits.DEFAULTS.withoutRates())
                .withKafka(kafka)
                .withBudgetBytes(8 * 1024 * 1024)
                .withDrainTime(Duration.ZERO);
    }

    /** This configuration with some keys set: {@code KEY=VALUE}. */
    static IngestConfig set(IngestConfig config, String... settings) {
        return ConfigReader.parse(
                config.toYaml(),
                "test",
                Arrays.stream(settings).map(ConfigOverride::of).toList());
    }

    IngestServer server() {
        return server;
    }

    IngestConfig config() {
        return config;
    }

    DeviceRegistrar registrar() {
        return registrar;
    }

    SimpleMeterRegistry meters() {
        return meters;
    }

    HttpClient http() {
        return http;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    static DeviceId newDeviceId() {
        return new DeviceId("acme", "pump-" + UUID.randomUUID());
    }

    /** A device that is registered, with a connection that has not said anything yet. */
    TestDevice connect(DeviceId id) {
        return connect(id, register(id));
    }

    TestDevice connect(DeviceId id, String secret) {
        TestDevice device = TestDevice.connect(http, server.url(), id, secret);
        devices.add(device);
        return device;
    }

    /** Registers a device; returns when the node knows it. */
    String register(DeviceId id) {
        int before = knownDevices();
        String secret = registrar.register(id);
        Eventually.isTrue("the node knows " + id, () -> knownDevices() > before);
        return secret;
    }

    private int knownDevices() {
        return (int) meters.get("fleetline.ingest.devices.registered").gauge().value();
    }

    /** All records of this device in a topic, once there are so many. */
    List<ConsumerRecord<String, byte[]>> records(String topic, DeviceId device, int count) {
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        Map<String, Object> settings = new HashMap<>(config.kafka().client());
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                settings,
                new org.apache.kafka.common.serialization.StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Eventually.isTrue(count + " records of " + device + " in " + topic, () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    if (device.toString().equals(record.key())) {
                        found.add(record);
                    }
                });
                return found.size() >= count;
            });
        }
        return found;
    }

    List<ConsumerRecord<String, byte[]>> events(DeviceId device, int count) {
        return records(config.kafka().topics().events(), device, count);
    }

    @Override
    public void close() {
        devices.forEach(TestDevice::close);
        server.close();
        registrar.close();
    }
}
