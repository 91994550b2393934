package io.fleetline.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerServiceTest {

    @Test
    void whereNoDockerIsTheContainerIsRefusedNotReplaced() {
        assertThatThrownBy(() -> ContainerService.start("apache/kafka:4.3.1", Map.of(), () -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("fleetline.kafka=container")
                .hasMessageContaining("no Docker can be reached");
    }

    @Test
    void brokerPropertiesBecomeVariablesOfTheImage() {
        assertThat(ContainerService.environment(Map.of("message.max.bytes", "2000000")))
                .containsEntry("KAFKA_MESSAGE_MAX_BYTES", "2000000")
                .containsEntry("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
    }
}
