package io.fleetline.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlternationTest {
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration SEGMENT = Duration.ofSeconds(1);

    private final List<String> calls = new ArrayList<>();
    private final List<String> said = new ArrayList<>();

    @Test
    void twoSidesRunAsABABAAfterTheirWarmUps() throws Exception {
        run(2, counting("A"), counting("B"));
        assertThat(calls).containsExactly("A 3s", "B 3s", "A 1s", "B 1s", "A 1s", "B 1s", "A 1s");
    }

    @Test
    void threeSidesRunInTurnAndTheFirstOnceMore() throws Exception {
        run(1, counting("A"), counting("B"), counting("C"));
        assertThat(calls).containsExactly("A 3s", "B 3s", "C 3s", "A 1s", "B 1s", "C 1s", "A 1s");
    }

    @Test
    void withoutAWarmUpTheFirstRunCounts() throws Exception {
        new Alternation(List.of(counting("A")), new Schedule(Duration.ZERO, 1, SEGMENT), said::add).run();
        assertThat(calls).containsExactly("A 1s", "A 1s");
    }

    @Test
    void whatWasReadWhileWarmingUpDoesNotCount() throws Exception {
        List<SideResult> results = run(2, counting("A"), counting("B"));
        assertThat(results).extracting(SideResult::side).containsExactly("A", "B");
        assertThat(results.get(0).samples("calls")).isEqualTo(Samples.of(2, 3, 4));
        assertThat(results.get(1).samples("calls")).isEqualTo(Samples.of(2, 3));
        assertThat(results.get(0).series().get(0).unit()).isEqualTo("n");
    }

    @Test
    void everyRunIsSaid() throws Exception {
        run(1, counting("A"));
        assertThat(said)
                .containsExactly("warm-up, A: calls 1.00 n", "round 1, A: calls 2.00 n", "at the end, A: calls 3.00 n");
    }

    @Test
    void aSideThatChangesItsMetricsIsCaught() {
        List<Reading> once = List.of(new Reading("rate", "1/s", 1));
        List<Reading> then = List.of(new Reading("speed", "1/s", 1));
        Side fickle = side("fickle", new ArrayList<>(List.of(once, once, then)));
        assertThatThrownBy(() -> run(1, fickle)).hasMessageContaining("fickle").hasMessageContaining("speed");
    }

    @Test
    void twoSidesOfOneNameAreRefused() {
        assertThatThrownBy(() -> run(1, counting("A"), counting("A"))).hasMessageContaining("[A, A]");
    }

    @Test
    void aMetricThatASideDoesNotHaveIsNamed() throws Exception {
        SideResult result = run(1, counting("A")).get(0);
        assertThatThrownBy(() -> result.samples("rate"))
                .hasMessageContaining("rate")
                .hasMessageContaining("calls");
    }

    @Test
    void aScheduleKnowsItsLeastTime() {
        assertThat(new Schedule(WARM_UP, 2, SEGMENT).least(3)).isEqualTo(Duration.ofSeconds(16));
    }

    @Test
    void aScheduleOfNothingIsRefused() {
        assertThatThrownBy(() -> new Schedule(WARM_UP, 0, SEGMENT)).hasMessageContaining("0 rounds");
        assertThatThrownBy(() -> new Schedule(WARM_UP, 1, Duration.ZERO)).hasMessageContaining("PT0S");
    }

    private List<SideResult> run(int rounds, Side... sides) throws Exception {
        return new Alternation(List.of(sides), new Schedule(WARM_UP, rounds, SEGMENT), said::add).run();
    }

    /** A side that reads how often it was run. */
    private Side counting(String name) {
        int[] count = new int[1];
        return new Side() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Reading> run(Duration segment) {
                calls.add(name + " " + segment.toSeconds() + "s");
                return List.of(new Reading("calls", "n", ++count[0]));
            }
        };
    }

    private static Side side(String name, List<List<Reading>> readings) {
        return new Side() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Reading> run(Duration segment) {
                return readings.remove(0);
            }
        };
    }
}
