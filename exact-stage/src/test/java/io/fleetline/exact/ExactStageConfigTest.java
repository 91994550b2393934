package io.fleetline.exact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExactStageConfigTest {
    @Test
    void settingsAreReadAndKafkasArePassedOn() {
        ExactStageConfig config = ExactStageConfig.parse(List.of(
                "bootstrap=a:1,b:2",
                "state=/var/lib/fleetline/exact",
                "topics=one.events,two.events",
                "gaps=true",
                "stuck-after=PT1M",
                "metrics-port=0",
                "kafka.security.protocol=SSL"));
        assertThat(config.bootstrapServers()).isEqualTo("a:1,b:2");
        assertThat(config.topics()).containsExactlyInAnyOrder("one.events", "two.events");
        assertThat(config.gaps()).isTrue();
        assertThat(config.stateDirectory()).isEqualTo(Path.of("/var/lib/fleetline/exact"));
        assertThat(config.stuckAfter()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.metricsPort()).hasValue(0);
        assertThat(ExactStage.settings(config))
                .containsEntry("security.protocol", "SSL")
                .containsEntry("application.id", "fleetline-exact");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "threads=0|threads is 0, not within 1 to 64",
                "threads=many|threads is 'many', not a whole number",
                "gaps=yes|gaps is 'yes', not true or false",
                "topics=fleetline.events.exact|which is an exact topic itself",
                "topics=a,,b|topics names no topic",
                "stuck-after=5m|stuck-after is '5m', not a duration such as PT5M",
                "metrics-port=70000|metrics-port is 70000, not within 0 to 65535",
                "bootstrap=c:3|bootstrap is given twice",
                "metric-port=1|metric-port is not a setting of the exact stage",
                "gaps|'gaps' is not of the form name=value",
                "kafka.processing.guarantee=at_least_once|the Kafka setting processing.guarantee is the stage's own",
                "kafka.producer.acks=1|the Kafka setting producer.acks is the stage's own",
                "kafka.main.consumer.isolation.level=read_uncommitted|isolation.level is the stage's own"
            })
    void whatIsWrongIsNamed(String setting, String message) {
        List<String> settings = new ArrayList<>(List.of("bootstrap=a:1", "state=s", setting));
        assertThatThrownBy(() -> ExactStageConfig.parse(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatIsNeededIsAskedFor() {
        assertThatThrownBy(() -> ExactStageConfig.parse(List.of("state=s"))).hasMessage("bootstrap is missing");
        assertThatThrownBy(() -> ExactStageConfig.parse(List.of("bootstrap=a:1")))
                .hasMessage("state is missing");
    }
}
