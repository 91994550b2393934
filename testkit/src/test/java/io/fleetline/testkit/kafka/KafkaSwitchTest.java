package io.fleetline.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSwitchTest {

    private static KafkaSwitch read(Map<String, String> properties, Map<String, String> environment) {
        return KafkaSwitch.read(properties::get, environment::get);
    }

    @Test
    void withoutASwitchKafkaIsEmbedded() {
        assertThat(read(Map.of(), Map.of()).kind()).isEqualTo(KafkaSwitch.Kind.EMBEDDED);
        assertThat(read(Map.of("fleetline.kafka", " "), Map.of()).kind()).isEqualTo(KafkaSwitch.Kind.EMBEDDED);
    }

    @Test
    void thePropertyGoesBeforeTheEnvironment() {
        Map<String, String> environment = Map.of("FLEETLINE_KAFKA", "container");

        assertThat(read(Map.of(), environment).kind()).isEqualTo(KafkaSwitch.Kind.CONTAINER);
        assertThat(read(Map.of("fleetline.kafka", "processes"), environment).kind())
                .isEqualTo(KafkaSwitch.Kind.PROCESSES);
    }

    @Test
    void theImageIsTheOfficialOneOrWhatIsAskedFor() {
        assertThat(read(Map.of(), Map.of()).image()).isEqualTo("apache/kafka:4.3.1");
        assertThat(read(Map.of(), Map.of("FLEETLINE_KAFKA_IMAGE", "mirror.example/kafka:4.3.1"))
                        .image())
                .isEqualTo("mirror.example/kafka:4.3.1");
    }

    @Test
    void aWordThatIsNoneOfTheChoicesIsRefusedWithTheChoices() {
        assertThatThrownBy(() -> read(Map.of("fleetline.kafka", "docker"), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fleetline.kafka=docker is none of embedded, processes, container");
    }
}
