package io.fleetline.exact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Topics;
import io.fleetline.testkit.kafka.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stage on a real Kafka. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class ExactStageTest {
    private static final DeviceId PUMP = DeviceId.parse("acme/pump-7");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final Producer<byte[], byte[]> producer = new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    private String topic;
    private NodeRecords node;

    @BeforeEach
    void topic() {
        // The records are of 2023: with a retention Kafka would delete them as soon as it looks.
        topic = kafka.createTopic("events", 2, Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"));
        node = new NodeRecords(topic);
    }

    @AfterEach
    void close() {
        producer.close();
    }

    private ExactStageConfig config(String state, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "bootstrap=" + kafka.bootstrapServers(),
                "state=" + directory.resolve(state),
                "topics=" + topic,
                "application=" + topic,
                "metrics-port=0"));
        settings.addAll(Arrays.asList(more));
        return ExactStageConfig.parse(settings);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private void write(ProducerRecord<byte[], byte[]>... records) throws Exception {
        for (ProducerRecord<byte[], byte[]> record : records) {
            producer.send(record).get();
        }
    }

    @Test
    void aStageThatComesBackWithoutItsDiskGoesOnWithWhatItHeld() throws Exception {
        write(node.event(PUMP, 1, 0), node.event(PUMP, 3, 1), node.event(PUMP, 1, 0));
        try (ExactStage stage = ExactStage.start(config("first"))) {
            try (ExactReader reader = new ExactReader(kafka.bootstrapServers(), topic + Topics.EXACT_SUFFIX)) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(reader.poll()).containsEntry("acme/pump-7", List.of(1L)));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(stage.metrics()).contains("fleetline_exact_held_records 1.0"));
            }
        }
        write(node.event(PUMP, 2, 1), node.event(PUMP, 3, 1), node.event(PUMP, 4, 3));
        try (ExactStage stage = ExactStage.start(config("second"));
                ExactReader reader = new ExactReader(kafka.bootstrapServers(), topic + Topics.EXACT_SUFFIX)) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(reader.poll()).containsEntry("acme/pump-7", List.of(1L, 2L, 3L, 4L)));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(stage.metrics())
                            .contains("fleetline_exact_held_records 0.0", "fleetline_exact_lag 0.0"));
        }
    }

    @Test
    void metricsAndHealthAreServed() throws Exception {
        try (ExactStage stage = ExactStage.start(config("state"))) {
            await().atMost(PATIENCE).until(stage::isReady);
            String base = "http://127.0.0.1:" + stage.metricsPort().orElseThrow();
            assertThat(get(base + "/metrics").body())
                    .contains(
                            "fleetline_exact_alarms_total{kind=\"lost\"}",
                            "fleetline_exact_stuck_devices",
                            "fleetline_exact_lag");
            assertThat(get(base + "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(base + "/health/live").statusCode()).isEqualTo(200);
        }
    }

    /** Kafka takes next to nothing for the exact topic: the stage stands still in one of its first transactions. */
    @Test
    void theLagIsWhatIsStillToBeRead() throws Exception {
        String exact = topic + Topics.EXACT_SUFFIX;
        kafka.admin()
                .createTopics(List.of(new NewTopic(exact, 2, (short) 1)
                        .configs(Map.of(
                                TopicConfig.RETENTION_MS_CONFIG, "-1", TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2"))))
                .all()
                .get();
        int events = 200;
        for (long seq = 1; seq <= events; seq++) {
            write(node.event(PUMP, seq, seq - 1));
        }
        // One record for each poll, and no time to poll them all before the first commit.
        try (ExactStage stage = ExactStage.start(config(
                        "state",
                        "kafka.main.consumer.max.poll.records=1",
                        "kafka.commit.interval.ms=1",
                        "kafka.producer.transaction.timeout.ms=60000"));
                ExactReader reader = new ExactReader(kafka.bootstrapServers(), exact)) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(lag(stage)).isBetween(1.0, events - 1.0));
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, exact);
            ConfigEntry oneReplica = new ConfigEntry(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "1");
            kafka.admin()
                    .incrementalAlterConfigs(
                            Map.of(resource, List.of(new AlterConfigOp(oneReplica, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(reader.poll().get("acme/pump-7")).hasSize(events));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(lag(stage)).isZero());
        }
    }

    private static double lag(ExactStage stage) {
        String name = "fleetline_exact_lag ";
        return stage.metrics()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whatWasDeletedUnreadIsNotSkippedInSilence() throws Exception {
        write(node.event(PUMP, 1, 0));
        try (ExactStage stage = ExactStage.start(config("state"));
                ExactReader reader = new ExactReader(kafka.bootstrapServers(), topic + Topics.EXACT_SUFFIX)) {
            await().atMost(PATIENCE).until(() -> !reader.poll().isEmpty());
            assertThat(stage.isAlive()).isTrue();
        }
        write(node.event(PUMP, 2, 1), node.event(PUMP, 3, 2));
        TopicPartition partition = new TopicPartition(
                topic, producer.send(node.event(PUMP, 4, 3)).get().partition());
        kafka.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3)))
                .all()
                .get();
        assertThatThrownBy(() -> ExactStage.start(config("state")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(partition + " was read up to offset 1, and the topic begins at 3")
                .hasMessageContaining("skip-deleted=true");
        try (ExactStage stage = ExactStage.start(config("state", "skip-deleted=true"));
                ExactReader reader = new ExactReader(kafka.bootstrapServers(), topic + Topics.EXACT_SUFFIX)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(reader.poll()).containsEntry("acme/pump-7", List.of(1L, 4L)));
            assertThat(stage.metrics()).contains("fleetline_exact_lost_total 2.0");
        }
    }

    @Test
    void whatIsDeletedUnreadWhileItRunsIsCalledSo() {
        TopicPartition partition = new TopicPartition(topic, 1);
        Throwable failure = new StreamsException(
                "no valid committed offset", new OffsetOutOfRangeException(Map.of(partition, 26L)));
        assertThat(ExactStage.reason(failure))
                .hasMessageContainingAll(partition + "=26", "deleted unread")
                .hasNoCause();
        assertThat(ExactStage.reason(new StreamsException("another"))).hasMessage("another");
    }

    @Test
    void topicsThatDoNotMatchAreRefused() throws Exception {
        assertThatThrownBy(() -> ExactStage.start(ExactStageConfig.parse(
                        List.of("bootstrap=" + kafka.bootstrapServers(), "state=" + directory, "topics=not-there"))))
                .hasMessageContaining("the topic not-there does not exist");
        kafka.admin()
                .createTopics(List.of(new NewTopic(topic + Topics.EXACT_SUFFIX, 3, (short) 1)))
                .all()
                .get();
        assertThatThrownBy(() -> ExactStage.start(config("state")))
                .hasMessageContaining("has 3 partitions, and its events topic has 2");
    }

    @Test
    void aRecordOfANewerReleaseEndsTheStageWithThatReason() throws Exception {
        ProducerRecord<byte[], byte[]> newer = node.event(PUMP, 1, 0);
        byte[] header = newer.headers().lastHeader("fl").value().clone();
        header[1] = 9;
        newer.headers().remove("fl").add("fl", header);
        write(newer);
        try (ExactStage stage = ExactStage.start(config("state"))) {
            assertThatThrownBy(() -> stage.ended().toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .rootCause()
                    .hasMessageContaining("is of version 9");
            await().atMost(PATIENCE).until(() -> !stage.isAlive());
        }
    }
}
