package io.fleetline.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.devkafka.DevKafka;
import io.fleetline.ingest.IngestConfig;
import io.fleetline.ingest.IngestServer;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.ingest.session.SessionLimits;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.simulator.proof.JournalCheck;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.RawLog;
import io.fleetline.simulator.proof.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers in processes of their own; some of them, or all, are killed while devices publish. */
class BrokerLossTest {
    private static final int DEVICES = 20;
    private static final int BUDGET_BYTES = 4 * 1024 * 1024;
    private static final Duration PACE = Duration.ofMillis(50);
    private static final Duration RECOVERY = Duration.ofMinutes(1);
    private static final long HEAP_GROWTH_BYTES = 128L * 1024 * 1024;

    /** The one that comes back first. */
    private static final int KILLED_FIRST = 1;

    private static final int KILLED_SECOND = 2;
    private static final int LEFT = 3;

    private static DevKafka kafka;
    private static Admin admin;

    @TempDir
    Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeAll
    static void startKafka() {
        kafka = DevKafka.builder().processes(3).start();
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @AfterAll
    static void stopKafka() {
        admin.close();
        kafka.close();
    }

    /** Also after a test that failed in the middle. */
    @AfterEach
    void startWhatWasKilled() {
        kafka.start(kafka.brokers().stream().mapToInt(Integer::intValue).toArray());
    }

    @Test
    @Tag("interop")
    void aLeaderThatIsKilledDelaysAcksAndCutsNoConnection() throws Exception {
        KafkaConfig config = config("leader");
        Map<DeviceId, String> secrets = register(config);
        try (IngestServer node = start(config);
                Fleet fleet = new Fleet(node.url(), secrets, directory.resolve("journal"), PACE)) {
            fleet.start();
            fleet.awaitFurther(40, RECOVERY);
            int leader = busiestLeader(config);
            kafka.kill(leader);
            fleet.awaitFurther(100, RECOVERY);
            kafka.start(leader);
            fleet.awaitFurther(40, RECOVERY);
            fleet.stop(RECOVERY);

            System.out.println("acks paused for at most " + fleet.longestSilence());
            assertThat(fleet.longestSilence()).isLessThan(Duration.ofSeconds(10));
            assertThat(fleet.connectionsLost()).isZero();
            assertAllStored(config);
        }
    }

    @Test
    @Tag("interop")
    void theLastBrokerThatRefusesToStoreAloneIsWaitedFor() throws Exception {
        oneBrokerIsLeft("refused", config -> {
            kafka.kill(KILLED_FIRST);
            awaitInSync(config, 2);
            // In good order, since the controllers lose their majority with it: the last one is to know before that it
            // is alone.
            kafka.stop(KILLED_SECOND);
            assertThatThrownBy(() -> storeOnAllInSync(config))
                    .as("what the last broker says to whoever wants two copies")
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(NotEnoughReplicasException.class);
        });
    }

    @Test
    @Tag("interop")
    void twoBrokersThatAreKilledAtOnceAreWaitedFor() throws Exception {
        // The last one does not learn that it is alone: it takes records, waits for the others to copy them, and
        // answers too late.
        oneBrokerIsLeft("unanswered", config -> {
            kafka.kill(KILLED_FIRST);
            kafka.kill(KILLED_SECOND);
        });
    }

    /** How two of the three brokers go. */
    private interface Strike {
        void at(KafkaConfig config) throws Exception;
    }

    private void oneBrokerIsLeft(String name, Strike strike) throws Exception {
        KafkaConfig config = config(name);
        Map<DeviceId, String> secrets = register(config);
        try (IngestServer node = start(config);
                Fleet fleet = new Fleet(node.url(), secrets, directory.resolve("journal"), PACE)) {
            fleet.start();
            fleet.awaitFurther(40, RECOVERY);
            awaitInSync(config, 3);

            strike.at(config);
            assertThat(kafka.brokers()).filteredOn(kafka::isRunning).containsExactly(LEFT);
            Patience.until("no more receipts are under way", RECOVERY, () -> {
                long receipts = fleet.receipts();
                Patience.elapse(Duration.ofSeconds(3));
                return fleet.receipts() == receipts;
            });
            long receipts = fleet.receipts();
            Patience.during(
                    "nobody gets a receipt, and the bytes under way keep within the budget",
                    config.deliveryTimeout().plusSeconds(10),
                    () -> fleet.receipts() == receipts && node.status().budgetUsedBytes() <= BUDGET_BYTES);
            assertThat(node.status().notReady()).isPresent();
            assertThat(fleet.connectionsLost()).isZero();

            kafka.start(KILLED_FIRST);
            fleet.awaitFurther(100, RECOVERY);
            fleet.stop(RECOVERY);
            awaitReady(node);
            assertThat(kafka.isRunning(KILLED_SECOND)).isFalse();
            assertThat(fleet.connectionsLost()).isZero();
            assertAllStored(config);
        }
    }

    @Test
    @Tag("interop")
    void aKafkaThatIsAwayForFortySecondsIsWaitedFor() throws Exception {
        outage(Duration.ofSeconds(40));
    }

    @Test
    @Tag("long")
    void aKafkaThatIsAwayForThreeMinutesIsWaitedFor() throws Exception {
        outage(Duration.ofMinutes(3));
    }

    private void outage(Duration time) throws Exception {
        KafkaConfig config = config("outage-" + time.toSeconds());
        Map<DeviceId, String> secrets = register(config);
        try (IngestServer node = start(config);
                Fleet fleet = new Fleet(node.url(), secrets, directory.resolve("journal"), PACE)) {
            fleet.start();
            fleet.awaitFurther(40, RECOVERY);
            assertThat(node.status().notReady()).isEmpty();
            long heapBefore = heapInUse();

            kafka.brokers().forEach(kafka::kill);
            Patience.during(
                    "the bytes under way keep within the budget",
                    time,
                    () -> node.status().budgetUsedBytes() <= BUDGET_BYTES);
            assertThat(node.status().notReady()).isPresent();
            Map.Entry<DeviceId, String> one = secrets.entrySet().iterator().next();
            assertThatThrownBy(() -> connect(node, one.getKey(), one.getValue()))
                    .as("a device that comes now")
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            e -> assertThat(e.getResponse().statusCode()).isEqualTo(503));
            assertThat(heapInUse() - heapBefore).isLessThan(HEAP_GROWTH_BYTES);
            assertThat(fleet.connectionsLost()).isZero();

            kafka.start(kafka.brokers().stream().mapToInt(Integer::intValue).toArray());
            fleet.awaitFurther(100, RECOVERY);
            fleet.stop(RECOVERY);
            awaitReady(node);
            Patience.until(
                    "all budget is given back", RECOVERY, () -> node.status().budgetUsedBytes() == 0);
            assertThat(fleet.connectionsLost()).isZero();
            assertAllStored(config);
        }
    }

    private static void awaitReady(IngestServer node) throws Exception {
        Patience.until(
                "the node is ready", RECOVERY, () -> node.status().notReady().isEmpty());
    }

    /** Judged on what lies in Kafka, by a checker that knows nothing of filters. */
    private void assertAllStored(KafkaConfig config) throws Exception {
        assertThat(meters.find("fleetline.ingest.connections.closed").counters())
                .as("connections that ended on the node")
                .isEmpty();
        JournalReading journal = JournalReading.read(directory.resolve("journal"));
        JournalCheck check = new JournalCheck(journal);
        try (RawLog log = new RawLog(kafka.bootstrapServers(), config.topics().events(), System::nanoTime)) {
            log.readInto(check, Map.of(), RECOVERY);
        }
        Verdict verdict = check.verdict();
        System.out.println(verdict.receipts() + " receipts of " + verdict.published() + " published, "
                + verdict.records() + " records, " + verdict.repeats() + " repeats");
        assertThat(verdict.faults()).isEmpty();
        assertThat(verdict.receipts()).isGreaterThan(100L * DEVICES);
    }

    private IngestServer start(KafkaConfig config) {
        return IngestServer.start(
                IngestConfig.DEFAULTS
                        .withListener(ListenerConfig.DEFAULTS
                                .at("127.0.0.1", 0, Optional.empty())
                                .withoutAdmissionLimits())
                        .withLimits(SessionLimits.DEFAULTS.withoutRates())
                        .withKafka(config)
                        .withBudgetBytes(BUDGET_BYTES)
                        .withDrainTime(Duration.ZERO),
                meters);
    }

    private static KafkaConfig config(String name) {
        return KafkaConfig.DEFAULTS
                .withBootstrapServers(kafka.bootstrapServers())
                .withPartitions(6)
                .withTopics(new TopicNames(
                        name + ".events",
                        name + ".dead-letters",
                        name + ".commands",
                        name + ".command-updates",
                        name + ".devices",
                        name + ".tenants",
                        name + ".audit"));
    }

    private static Map<DeviceId, String> register(KafkaConfig config) {
        List<DeviceId> ids = IntStream.rangeClosed(1, DEVICES)
                .mapToObj(i -> new DeviceId("faults", "load-" + i))
                .toList();
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(config)) {
            return registrar.register(ids);
        }
    }

    /** Waits until each partition of the events has so many replicas in sync. */
    private static void awaitInSync(KafkaConfig config, int replicas) {
        Patience.until(
                replicas + " replicas in sync",
                RECOVERY,
                () -> partitions(config).stream()
                        .allMatch(partition -> partition.isr().size() == replicas));
    }

    /** Tries once to store a record as nodes do. */
    private static void storeOnAllInSync(KafkaConfig config) throws Exception {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + kafka.port(LEFT),
                        "acks",
                        "all",
                        "enable.idempotence",
                        false,
                        "retries",
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            var unused = producer.send(new ProducerRecord<>(config.topics().events(), new byte[1]))
                    .get();
        }
    }

    private static List<TopicPartitionInfo> partitions(KafkaConfig config) {
        String topic = config.topics().events();
        try {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(topic + " cannot be described", e);
        }
    }

    private static int busiestLeader(KafkaConfig config) {
        Map<Integer, Long> leaders = partitions(config).stream()
                .map(TopicPartitionInfo::leader)
                .collect(Collectors.groupingBy(Node::id, Collectors.counting()));
        return leaders.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static void connect(IngestServer node, DeviceId id, String secret) {
        byte[] pair = (id + ":" + secret).getBytes(StandardCharsets.UTF_8);
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols(ProtocolLimits.SUBPROTOCOL)
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair))
                .buildAsync(node.url(), new WebSocket.Listener() {})
                .join();
        socket.abort();
    }

    private static long heapInUse() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
