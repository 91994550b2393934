package io.fleetline.exact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Topics;
import io.fleetline.testkit.kafka.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tenants with topics of their own, some of which come after the stage was started for the first time. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@Tag("interop")
final class ExactTopicAddedTest {
    private static final DeviceId PUMP = DeviceId.parse("acme/pump-7");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();

    @Test
    void atItsNextStartAStageReadsFurtherTopicsAndGoesOnWithWhatItHeld() throws Exception {
        String first = topic();
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            NodeRecords records = new NodeRecords(first);
            producer.send(records.event(PUMP, 1, 0)).get();
            producer.send(records.event(PUMP, 3, 1)).get();
            try (ExactStage stage = ExactStage.start(config(first, List.of(first)))) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(stage.metrics()).contains("fleetline_exact_held_records 1.0"));
            }

            // Several, so that the first is hardly at the same place among them.
            List<String> all = new ArrayList<>(List.of(first));
            for (int i = 0; i < 4; i++) {
                String further = topic();
                all.add(further);
                producer.send(new NodeRecords(further).event(PUMP, 1, 0)).get();
            }
            producer.send(records.event(PUMP, 2, 1)).get();
            try (ExactStage stage = ExactStage.start(config(first, all))) {
                assertHas(first, 1L, 2L, 3L);
                for (String further : all.subList(1, all.size())) {
                    assertHas(further, 1L);
                }
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(stage.metrics()).contains("fleetline_exact_held_records 0.0"));
            }
        }
    }

    private String topic() {
        // The records are of 2023: with a retention Kafka would delete them as soon as it looks.
        return kafka.createTopic("events", 2, Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"));
    }

    private ExactStageConfig config(String application, List<String> topics) {
        return ExactStageConfig.parse(List.of(
                "bootstrap=" + kafka.bootstrapServers(),
                "state=" + directory,
                "topics=" + String.join(",", topics),
                "application=" + application));
    }

    private void assertHas(String topic, Long... numbers) {
        try (ExactReader reader = new ExactReader(kafka.bootstrapServers(), topic + Topics.EXACT_SUFFIX)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(reader.poll()).containsExactly(Map.entry("acme/pump-7", List.of(numbers))));
        }
    }
}
