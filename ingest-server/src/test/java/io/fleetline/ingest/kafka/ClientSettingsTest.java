package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the delivery rules rest on cannot be configured away, and everything else gets through. */
class ClientSettingsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "acks",
                "enable.idempotence",
                "max.in.flight.requests.per.connection",
                "partitioner.class",
                "partitioner.anything.new",
                "key.serializer",
                "value.deserializer",
                "transactional.id",
                "retries",
                "buffer.memory"
            })
    void whatTheRulesRestOnIsRefusedWithTheReason(String key) {
        assertThatThrownBy(() -> KafkaConfig.DEFAULTS.withClient(Map.of(key, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("kafka\\.client\\." + key.replace(".", "\\.") + " is not yours to set: .{10,}");
    }

    /** A setting that is overwritten without a word would be the worst of both. */
    @Test
    void whatTheNodeSetsItselfIsRefusedAndWhatIsPassedArrives() {
        Map<String, String> passed =
                Map.of("security.protocol", "SSL", "send.buffer.bytes", "4711", "reconnect.backoff.ms", "7");
        KafkaConfig plain = KafkaConfig.DEFAULTS;
        Map<String, Object> own = KafkaClients.producerSettings(plain, "id", 1_000_000, 100_000);
        assertThat(own.keySet())
                .filteredOn(key -> !key.equals("enable.metrics.push"))
                .allSatisfy(
                        key -> assertThat(ClientSettings.reason(key)).as(key).isPresent());
        assertThat(KafkaClients.consumerSettings(plain, "id").keySet())
                .filteredOn(key -> !key.equals("enable.metrics.push"))
                .allSatisfy(
                        key -> assertThat(ClientSettings.reason(key)).as(key).isPresent());
        assertThat(KafkaClients.producerSettings(plain.withClient(passed), "id", 1_000_000, 100_000))
                .containsAllEntriesOf(passed);
    }

    @Test
    void theProducerIsAsTheRulesWantIt() {
        KafkaConfig config = KafkaConfig.DEFAULTS.withDeliveryTimeout(Duration.ofSeconds(30));
        Map<String, Object> settings = KafkaClients.producerSettings(config, "id", 1_000_000, 3_000_000);
        assertThat(settings)
                .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
                .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
                .containsEntry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5)
                .containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000)
                .containsEntry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 3_000_000);
        assertThat((long) settings.get(ProducerConfig.BUFFER_MEMORY_CONFIG)).isGreaterThan(1_000_000);
    }

    @Test
    void passwordsAreNotPrinted() {
        KafkaConfig config = KafkaConfig.DEFAULTS.withClient(Map.of("sasl.jaas.config", "password=\"hush\""));
        assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("hush");
    }
}
