package io.fleetline.bench.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.IngestConfig;
import io.fleetline.ingest.kafka.KafkaConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DifferencesTest {
    @Test
    void whatDiffersIsNamedWithWhereItStands() throws Exception {
        IngestConfig ours = IngestConfig.DEFAULTS
                .withKafka(
                        KafkaConfig.DEFAULTS.withBootstrapServers("127.0.0.1:1").forSingleBroker(7))
                .withDrainTime(Duration.ZERO);
        assertThat(Differences.between("", ours, IngestConfig.DEFAULTS))
                .contains(
                        "kafka.bootstrapServers=127.0.0.1:1",
                        "kafka.partitions=7",
                        "kafka.replication=1",
                        "kafka.minInsyncReplicas=1",
                        "drainTime=PT0S")
                .noneMatch(difference -> difference.startsWith("listener") || difference.startsWith("limits"));
    }

    @Test
    void asItComesNothingDiffers() throws Exception {
        assertThat(Differences.between("", IngestConfig.DEFAULTS, IngestConfig.DEFAULTS))
                .isEmpty();
    }
}
