package io.fleetline.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.scenario.Scenario;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final Scenario SCENARIO = Scenario.parse("""
        name: long
        stages: [{name: reconnect-storm-at-noon, for: 10m}]
        groups: [{name: pump, devices: 15000}]
        """, "test", Path.of(""));

    @Test
    void withRoomForItAllIsSaid() {
        assertThat(Figures.live(SCENARIO, sample(0, 0), Integer.MAX_VALUE))
                .isEqualTo(" 12 s  reconnect-storm-at-noon  14999/15000 connected  1234 events/s  p99 12.3 ms"
                        + "  0 dropped/s  0 failures/s  588 s left");
    }

    @Test
    void whatMattersLeastIsLeftOutFirst() {
        assertThat(Figures.live(SCENARIO, sample(0, 0), 79))
                .isEqualTo(" 12 s  14999/15000 connected  1234 events/s  p99 12.3 ms  588 s left");
        assertThat(Figures.live(SCENARIO, sample(0, 0), 99))
                .isEqualTo(" 12 s  reconnect-storm-at-noon  14999/15000 connected  1234 events/s  p99 12.3 ms"
                        + "  588 s left");
        assertThat(Figures.live(SCENARIO, sample(3, 200), 79))
                .isEqualTo(" 12 s  14999/15000 connected  1234 events/s  p99 12.3 ms  3.0 dropped/s");
        assertThat(Figures.live(SCENARIO, sample(0, 0), 20)).isEqualTo(" 12 s  14999/15000 connected");
    }

    @Test
    void nothingIsLongerThanTheRoomThatThereIs() {
        for (int room = 40; room < 160; room++) {
            assertThat(Figures.live(SCENARIO, sample(12.5, 99.5), room)).hasSizeLessThanOrEqualTo(room);
        }
    }

    private static Sample sample(double dropped, double failures) {
        return new Sample(
                12,
                "reconnect-storm-at-noon",
                14_999,
                1_300,
                1_234,
                failures,
                dropped,
                new Percentiles(1_234, 1_000_000, 2_000_000, 12_300_000, 20_000_000, 30_000_000),
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                new OwnLoad.Look(0.5, 0.9, 50_000_000, 0.01, "fleet-pacer", 0.2, Percentiles.NONE),
                Map.of());
    }
}
