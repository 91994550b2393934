package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.measure.Validity;
import io.fleetline.simulator.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final long MILLI = 1_000_000;

    private static final String LEAST = """
        name: asked
        stages:
          - {name: all, for: 2s}
        groups:
          - name: pump
            devices: 10
        """;

    private static final String ASKED = LEAST + """
            ackP99: 60ms
        thresholds:
          ackP99: 100ms
          ackP999: 150ms
          readerP99: 300ms
          connected: 90%
          dropped: 2
          late: 0
          eventsPerSecond: 10
        """;

    @Test
    void eachThresholdIsHeldAgainstWhatWasSeen() {
        Judgement judgement = Judgement.of(scenario(ASKED), measured(), 1);

        assertThat(judgement.met()).isFalse();
        assertThat(judgement.findings())
                .extracting(Judgement.Finding::toString)
                .containsExactly(
                        "ackP99 of pump: 50 ms, at most 60 ms",
                        "ackP99: 100 ms, at most 100 ms",
                        "ackP999: 200 ms, not at most 150 ms",
                        "readerP99: never happened, not at most 300 ms",
                        "connected: 80 %, not at least 90 %",
                        "dropped: 2, at most 2",
                        "late: 1, not at most 0",
                        "eventsPerSecond: 9.5, not at least 10");
        assertThat(Judgement.of(scenario(LEAST), measured(), 1).met()).isTrue();
    }

    @Test
    void aRunInWhichTheSimulatorKeptUpIsValid() {
        assertThat(Validity.of(Collections.nCopies(20, sample(0.5, 0.01)), lag(5))
                        .holds())
                .isTrue();
    }

    @Test
    void aRunInWhichTheSimulatorWasInTheWaySaysSo() {
        assertThat(Validity.of(Collections.nCopies(20, sample(0.99, 0.2)), lag(250))
                        .reasons())
                .satisfiesExactly(
                        late -> assertThat(late).contains("more than 250 ms after it was due"),
                        busy -> assertThat(busy)
                                .startsWith("the simulator was the bottleneck: in 20 of 20 samples one thread"),
                        garbage -> assertThat(garbage).contains("garbage collector took more than 10 % of the time"));
    }

    @Test
    void aSingleBusySecondIsNoReason() {
        List<Sample> samples = new ArrayList<>(Collections.nCopies(19, sample(0.5, 0.01)));
        samples.add(sample(0.99, 0.5));
        assertThat(Validity.of(samples, lag(5)).holds()).isTrue();
    }

    private static Scenario scenario(String yaml) {
        return Scenario.parse(yaml, "test", Path.of(""));
    }

    private static Percentiles lag(long p99Millis) {
        return new Percentiles(1_000, 1, 1, p99Millis * MILLI, p99Millis * MILLI, p99Millis * MILLI);
    }

    private static Sample sample(double busiest, double collecting) {
        return new Sample(
                1,
                "stage",
                1,
                1,
                1,
                0,
                0,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                new OwnLoad.Look(busiest, 0.5, 1, collecting, "fleetline-loop", busiest, Percentiles.NONE),
                Map.of());
    }

    private static Measured measured() {
        return new Measured(
                "run",
                Duration.ofSeconds(2),
                10,
                8,
                21,
                19,
                2,
                0,
                0,
                0,
                true,
                new Percentiles(19, MILLI, 2 * MILLI, 100 * MILLI, 200 * MILLI, 300 * MILLI),
                Map.of("pump", new Percentiles(19, MILLI, 2 * MILLI, 50 * MILLI, 200 * MILLI, 300 * MILLI)),
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                List.of(),
                List.of(),
                0,
                List.of());
    }
}
