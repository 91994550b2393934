package io.fleetline.cli.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fleetline.simulator.scenario.Group;
import io.fleetline.simulator.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadsTest {
    private final Loads loads = new Loads(120, 1, Duration.ofSeconds(12));

    @Test
    void aLoadIsOnOnceAllHaveArrived() {
        Scenario scenario = parsed(loads.load(600, 2_000));

        assertThat(scenario.stages())
                .containsExactly(
                        new Scenario.Stage("arrival", Duration.ofSeconds(8), 0),
                        new Scenario.Stage(Loads.PUBLISHING, Duration.ofSeconds(12), 1),
                        new Scenario.Stage(Loads.RESTING, Duration.ofSeconds(3), 0));
        assertThat(scenario.devices()).isEqualTo(600);
        assertThat(scenario.eventsPerSecond()).isCloseTo(2_000, within(0.5));
        assertThat(scenario.groups().get(0).arrival())
                .isEqualTo(new Group.Arrival(Duration.ZERO, Duration.ofSeconds(5), false));
    }

    @Test
    void aBurstComesAllAtOnceAndPublishesNothing() {
        Scenario scenario = parsed(loads.burst(1_000));

        assertThat(scenario.stages()).containsExactly(new Scenario.Stage("burst", Duration.ofSeconds(30), 0));
        assertThat(scenario.groups().get(0).arrival())
                .isEqualTo(new Group.Arrival(Duration.ZERO, Duration.ZERO, false));
    }

    @Test
    void severalProcessesHoldMoreThanOneDoes() {
        Scenario scenario = parsed(new Loads(120, 2, Duration.ofSeconds(12)).load(30_000, 500));

        assertThat(scenario.processes()).isEqualTo(2);
        assertThat(scenario.devices()).isEqualTo(30_000);
    }

    private static Scenario parsed(String text) {
        return Scenario.parse(text, "trial", Path.of(""));
    }
}
