package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** What whoever reads sockets may rely on when it hands a record to the producer. */
class KafkaClientsTest {
    private static final int BYTES = 1024 * 1024;

    private final KafkaConfig nowhere = KafkaConfig.DEFAULTS.withBootstrapServers("127.0.0.1:1");

    @Test
    void aProducerBlocksNobody() {
        assertThat(KafkaClients.producerSettings(nowhere, "test", BYTES, BYTES))
                .containsEntry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0L);
    }

    @Test
    void aRecordForATopicThatIsNotKnownFailsBeforeItIsHandedOver() {
        AtomicReference<Exception> heard = new AtomicReference<>();
        Producer<byte[], byte[]> producer = KafkaClients.producer(nowhere, "test", BYTES, BYTES);
        try {
            var unused = producer.send(
                    new ProducerRecord<>("unknown", 0, null, new byte[1]), (metadata, cause) -> heard.set(cause));
            assertThat(heard.get()).isInstanceOf(TimeoutException.class).hasMessageContaining("unknown");
        } finally {
            producer.close(Duration.ZERO);
        }
    }
}
