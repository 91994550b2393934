package io.fleetline.testkit.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/**
 * A running Kafka for tests that do not care where it runs. One switch decides for all of them, the system property
 * {@code fleetline.kafka} or the environment variable {@code FLEETLINE_KAFKA}:
 *
 * <ul>
 *   <li>{@code embedded} (the default): one broker inside the JVM of the tests;
 *   <li>{@code processes}: three brokers in processes of their own;
 *   <li>{@code container}: one broker in a container, by Testcontainers; the image is {@code fleetline.kafka.image}
 *       ({@code FLEETLINE_KAFKA_IMAGE}), by default the official one of the version that is embedded otherwise. Where no
 *       Docker is, this fails rather than take another.
 * </ul>
 *
 * <p>Modules that use this have {@code fleetline-dev-kafka} and {@code testcontainers-kafka} in test scope. Tests that
 * kill or pause brokers use {@code DevKafka} itself.
 *
 * <p>Safe for use by many threads.
 */
public final class TestKafka implements AutoCloseable {

    private static final AtomicLong NAMES = new AtomicLong();

    /** Tests write records of any age, which a broker that is up for half a minute would begin to delete. */
    private static final Map<String, String> DEFAULTS = Map.of("log.retention.ms", "-1");

    private static @Nullable TestKafka shared; // guarded by the class

    private final KafkaService service;
    private final Admin admin;

    private TestKafka(KafkaService service) {
        this.service = service;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, service.bootstrapServers()));
    }

    /**
     * The Kafka that all tests of this JVM share. It starts at the first call, keeps nothing from earlier runs, and ends
     * with the JVM. Tests stay out of each other's way by using names from {@link #uniqueName} for topics and groups.
     *
     * @return always the same one; closing it is not for tests
     */
    public static synchronized TestKafka shared() {
        TestKafka running = shared;
        if (running == null) {
            running = start();
            Runtime.getRuntime().addShutdownHook(new Thread(running::close, "test-kafka-close"));
            shared = running;
        }
        return running;
    }

    /**
     * A Kafka for one test alone.
     *
     * @return a new one, to be closed by the caller
     */
    public static TestKafka start() {
        return start(Map.of());
    }

    /**
     * A Kafka for one test alone that needs brokers set up in its own way.
     *
     * @param brokerProperties as in Kafka's {@code server.properties}
     * @return a new one, to be closed by the caller
     */
    public static TestKafka start(Map<String, String> brokerProperties) {
        KafkaSwitch asked = KafkaSwitch.read(System::getProperty, System::getenv);
        Map<String, String> properties = new TreeMap<>(DEFAULTS);
        properties.putAll(brokerProperties);
        return new TestKafka(service(asked, properties));
    }

    private static KafkaService service(KafkaSwitch asked, Map<String, String> brokerProperties) {
        return switch (asked.kind()) {
            case EMBEDDED ->
                present("io.fleetline:fleetline-dev-kafka", () -> DevKafkaService.embedded(brokerProperties));
            case PROCESSES ->
                present("io.fleetline:fleetline-dev-kafka", () -> DevKafkaService.processes(brokerProperties));
            case CONTAINER ->
                present(
                        "org.testcontainers:testcontainers-kafka",
                        () -> ContainerService.start(asked.image(), brokerProperties));
        };
    }

    private static KafkaService present(String artifact, Supplier<KafkaService> starting) {
        try {
            return starting.get();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "TestKafka needs " + artifact + " in the test scope of this module, which lacks " + e.getMessage(),
                    e);
        }
    }

    /**
     * Where it is, as Kafka clients want it.
     *
     * @return for {@code bootstrap.servers}
     */
    public String bootstrapServers() {
        return service.bootstrapServers();
    }

    /**
     * A client for whatever else a test wants to see or change.
     *
     * @return always the same one; closed with this
     */
    public Admin admin() {
        return admin;
    }

    /**
     * A name that nothing else in this JVM has.
     *
     * @param stem what it begins with, so that logs can be read
     * @return the stem, a hyphen and a number; fit for topics, groups, transactional ids and tenants
     */
    public static String uniqueName(String stem) {
        return stem + "-" + NAMES.incrementAndGet();
    }

    /**
     * Makes a topic under a unique name, with as many replicas as there are brokers but at most three.
     *
     * @param stem what its name begins with
     * @param partitions how many
     * @return its name
     */
    public String createTopic(String stem, int partitions) {
        return createTopic(stem, partitions, Map.of());
    }

    /**
     * Makes a topic under a unique name, with as many replicas as there are brokers but at most three.
     *
     * @param stem what its name begins with
     * @param partitions how many
     * @param configuration topic settings, for instance {@code cleanup.policy}
     * @return its name
     */
    public String createTopic(String stem, int partitions, Map<String, String> configuration) {
        String name = uniqueName(stem);
        NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(configuration);
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not make the topic " + name + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while making the topic " + name, e);
        }
        return name;
    }

    /** Ends it and all that it holds. */
    @Override
    public void close() {
        admin.close();
        service.close();
    }
}
