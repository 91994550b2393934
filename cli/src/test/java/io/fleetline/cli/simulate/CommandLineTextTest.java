package io.fleetline.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTextTest {
    @Test
    void itCanBeTypedAgain() {
        assertThat(CommandLineText.of(List.of("simulate", "my pumps.yaml", "--scale", "0.1", "--credentials=it's.txt")))
                .isEqualTo("fleetline simulate 'my pumps.yaml' --scale 0.1 '--credentials=it'\\''s.txt'");
    }

    @Test
    void valuesOfSecretSettingsAreLeftOut() {
        assertThat(CommandLineText.of(List.of(
                        "--node-set", "admin.token=abc=d", "--node-set=kafka.properties.ssl.keystore.password=x y")))
                .isEqualTo(
                        "fleetline --node-set admin.token=*** --node-set=kafka.properties.ssl.keystore.password=***");
        assertThat(CommandLineText.of(List.of("--node-set", "listener.acceptsPerSecond=100")))
                .isEqualTo("fleetline --node-set listener.acceptsPerSecond=100");
    }
}
