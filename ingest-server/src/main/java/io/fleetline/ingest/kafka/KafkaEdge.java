package io.fleetline.ingest.kafka;

import io.fleetline.ingest.command.CommandDispatcher;
import io.fleetline.ingest.command.CommandUpdates;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.registry.StoredDevice;
import io.fleetline.ingest.registry.StoredTenant;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Everything of this node that speaks Kafka: where events go, where devices and commands come from.
 *
 * <p>Threads: each producer has one of the client library's, each follower one of its own.
 */
public final class KafkaEdge implements AutoCloseable {
    private final KafkaConfig config;
    private final NodeTime time;
    private final List<Producer<byte[], byte[]>> producers;
    private final KafkaEventSink sink;
    private final KafkaCommandUpdates commandUpdates;
    private final KafkaProbe probe;
    private final TenantTopics tenantTopics;
    /** All tenants that the registry has named so far. */
    private final Set<String> tenants = ConcurrentHashMap.newKeySet();

    /** Set once the registry is followed. */
    private @Nullable KafkaRegistryStore registryStore;

    private final List<TopicFollower> followers = new ArrayList<>();

    private KafkaEdge(KafkaConfig config, NodeTime time, List<Producer<byte[], byte[]>> producers, TopicSetup setup) {
        this.config = config;
        this.time = time;
        this.producers = producers;
        this.probe = new KafkaProbe(KafkaClients.admin(config, "fleetline-probe"), time);
        this.tenantTopics = new TenantTopics(tenants -> prepare(setup, tenants), time);
        this.sink = new KafkaEventSink(
                producers, time, config, config.topics().perTenant() ? tenantTopics::areReady : tenant -> true);
        this.commandUpdates =
                new KafkaCommandUpdates(sink, time, config.topics().commandUpdates());
    }

    /**
     * Reads and judges the files of keys and authorities that Kafka's clients are given; speaks to nobody.
     *
     * @throws IllegalArgumentException naming the setting, the file and what is wrong with it
     */
    public static void check(KafkaConfig config, NodeTime time) {
        ClientFiles.check(config.client(), time);
    }

    /**
     * Makes or checks the topics, and warms the producers.
     *
     * @param budgetBytes how many bytes the node lets be on their way
     * @param maxFrameBytes the largest frame that devices may send
     * @param maxItemBytes the largest item that becomes an event
     * @throws IllegalStateException if Kafka cannot be reached, its topics are not as configured, or its client library does
     *     not take a setting
     */
    public static KafkaEdge connect(
            KafkaConfig config, NodeTime time, long budgetBytes, int maxFrameBytes, int maxItemBytes) {
        try {
            return make(config, time, budgetBytes, maxFrameBytes, maxItemBytes);
        } catch (KafkaException e) {
            // "Failed to construct", and behind it what.
            Throwable reason = Objects.requireNonNullElse(e.getCause(), e);
            throw new IllegalStateException(
                    "Kafka's client library does not take kafka.bootstrapServers or kafka.client: "
                            + reason.getMessage(),
                    e);
        }
    }

    private static KafkaEdge make(
            KafkaConfig config, NodeTime time, long budgetBytes, int maxFrameBytes, int maxItemBytes) {
        int maxEventBytes = config.maxEventBytes(maxFrameBytes, maxItemBytes);
        TopicSetup setup = new TopicSetup(config, maxFrameBytes, maxItemBytes);
        setup.ensureShared();
        List<Producer<byte[], byte[]>> producers = IntStream.range(0, config.producers())
                .mapToObj(i -> KafkaClients.producer(config, "fleetline-ingest-" + i, budgetBytes, maxEventBytes))
                .toList();
        TopicNames names = config.topics();
        warm(
                producers,
                Stream.of(names.events(), names.deadLetters(), names.commandUpdates())
                        .filter(name -> !name.contains(TopicNames.TENANT))
                        .toList());
        return new KafkaEdge(config, time, producers, setup);
    }

    private void prepare(TopicSetup setup, Collection<String> toBeReady) {
        setup.ensureTenants(toBeReady);
        TopicNames names = config.topics();
        warm(
                producers,
                toBeReady.stream()
                        .flatMap(tenant -> Stream.of(names.events(tenant), names.deadLetters(tenant)))
                        .distinct()
                        .toList());
    }

    private static void warm(List<Producer<byte[], byte[]>> producers, List<String> topics) {
        producers.forEach(producer -> KafkaClients.warm(producer, topics));
    }

    /**
     * Makes or checks the topics of all tenants that the registry names; to be called once it has been read. Those that come
     * later are seen to when they come.
     *
     * @throws IllegalStateException if a topic is not as configured
     */
    public void prepareTenants() {
        if (config.topics().perTenant()) {
            tenantTopics.prepareNow(tenants);
        }
    }

    /** Asks Kafka whether it is there; {@link #trouble} says so. */
    public void probe() {
        probe.ask();
    }

    /** Since when Kafka has been silent, if it has been for too long. */
    public Optional<String> trouble() {
        return probe.trouble();
    }

    /** Where events and outcomes go. */
    public KafkaEventSink sink() {
        return sink;
    }

    /** Where the node writes down what it did with commands. */
    public CommandUpdates commandUpdates() {
        return commandUpdates;
    }

    /** How many ways there are to Kafka that know nothing of each other. */
    public int producers() {
        return producers.size();
    }

    /**
     * Fills the registry and keeps it up; completes once it holds all that there was at the start.
     *
     * @param node this node's name, for the audit topic
     */
    public CompletableFuture<Void> follow(DeviceRegistry registry, String node) {
        List<String> topics = List.of(config.topics().devices(), config.topics().tenants());
        TopicFollower follower = follow(topics, 0, record -> register(registry, record), "registry");
        registryStore = new KafkaRegistryStore(config, registry, follower, time, node);
        return follower.caughtUp();
    }

    /** Changes what the registry holds, on all nodes; once it is followed. */
    public RegistryStore registryStore() {
        KafkaRegistryStore store = registryStore;
        if (store == null) {
            throw new IllegalStateException("the registry is not followed yet");
        }
        return store;
    }

    /** Brings commands and their updates to the dispatcher, which hears when it has all that there was at the start. */
    public CompletableFuture<Void> follow(CommandDispatcher dispatcher) {
        long from = Math.max(1, time.unixMillis() - config.commandExpiry().toMillis());
        List<String> topics =
                List.of(config.topics().commands(), config.topics().commandUpdates());
        return follow(topics, from, record -> dispatch(dispatcher, record), "commands")
                .caughtUp()
                .thenRun(dispatcher::caughtUp);
    }

    private TopicFollower follow(List<String> topics, long fromMillis, TopicFollower.Handler handler, String name) {
        TopicFollower follower = new TopicFollower(
                KafkaClients.consumer(config, "fleetline-" + name),
                time,
                topics,
                fromMillis,
                handler,
                "follow-" + name);
        followers.add(follower);
        return follower.start();
    }

    private void register(DeviceRegistry registry, ConsumerRecord<byte[], byte[]> record) throws Exception {
        if (record.topic().equals(config.topics().tenants())) {
            registerTenant(registry, record);
            return;
        }
        DeviceId device = device(record);
        tenants.add(device.tenant());
        if (record.value() == null) {
            registry.remove(device);
        } else {
            registry.put(device, StoredDevice.decode(record.value()));
        }
    }

    private static void registerTenant(DeviceRegistry registry, ConsumerRecord<byte[], byte[]> record)
            throws Exception {
        String tenant = new String(record.key(), StandardCharsets.UTF_8);
        if (!DeviceId.isTenant(tenant)) {
            throw new IllegalArgumentException("no tenant can have this name");
        }
        if (record.value() == null) {
            registry.removeTenant(tenant);
        } else {
            registry.putTenant(tenant, StoredTenant.decode(record.value()));
        }
    }

    private void dispatch(CommandDispatcher dispatcher, ConsumerRecord<byte[], byte[]> record) {
        DeviceId device = device(record);
        if (record.topic().equals(config.topics().commands())) {
            dispatcher.command(device, CommandRecord.read(record, config.commandExpiry()));
            return;
        }
        String id = CommandRecord.text(record, RecordHeaders.COMMAND_ID);
        String status = CommandRecord.text(record, RecordHeaders.STATUS);
        if (id != null && status != null) { // a gap of lane 3 has neither
            dispatcher.update(device, id, CommandState.valueOf(status));
        }
    }

    private static DeviceId device(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            throw new IllegalArgumentException("a record without a key");
        }
        return DeviceId.parse(new String(record.key(), StandardCharsets.UTF_8));
    }

    /** Stops following, lets what is under way be answered within this time, and lets go of Kafka. */
    public void close(Duration timeout) {
        if (registryStore != null) {
            registryStore.close();
        }
        followers.forEach(TopicFollower::close);
        tenantTopics.close();
        probe.close();
        sink.close(timeout);
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
