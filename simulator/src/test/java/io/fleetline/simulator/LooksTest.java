package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.simulator.scenario.Scenario;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LooksTest {
    private final Looks looks = new Looks(Scenario.parse("""
        name: looked-at
        warmUp: 1500ms
        stages:
          - {name: first, for: 2300ms}
          - {name: second, for: 2s}
        groups:
          - name: pump
            devices: 1
        """, "test", Path.of("")));

    @Test
    void eachWholeSecondAndEachEndOfSomethingIsLookedAt() {
        assertThat(looks.nextNanos(0)).isEqualTo(millis(1_000));
        assertThat(looks.nextNanos(millis(1_000))).isEqualTo(millis(1_500));
        assertThat(looks.nextNanos(millis(1_500))).isEqualTo(millis(2_300));
        assertThat(looks.nextNanos(millis(2_300))).isEqualTo(millis(3_000));
        assertThat(looks.nextNanos(millis(3_001))).isEqualTo(millis(4_000));
        assertThat(looks.nextNanos(millis(4_000))).isEqualTo(millis(4_300));
    }

    @Test
    void whoIsLateDoesNotLookAgainAtOnce() {
        assertThat(looks.nextNanos(millis(450))).isEqualTo(millis(1_000));
        assertThat(looks.nextNanos(millis(2_900))).isEqualTo(millis(4_000));
    }

    @Test
    void aMomentBelongsToTheStageThatItLiesIn() {
        assertThat(looks.stage(0)).isEqualTo("first");
        assertThat(looks.stage(millis(2_299))).isEqualTo("first");
        assertThat(looks.stage(millis(2_300))).isEqualTo("second");
        assertThat(looks.stage(millis(4_300))).isEqualTo("drain");
    }

    private static long millis(long count) {
        return count * 1_000_000;
    }
}
