package io.fleetline.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.bench.measure.Target.Verdict;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FigureTest {
    @Test
    void ofARatioMoreMayBeBetter() {
        Target target = Target.atLeast(0.4, 0.6);
        assertThat(target.verdict(0.39)).isEqualTo(Verdict.MISSED);
        assertThat(target.verdict(0.4)).isEqualTo(Verdict.FIRST_MET);
        assertThat(target.verdict(0.59)).isEqualTo(Verdict.FIRST_MET);
        assertThat(target.verdict(0.6)).isEqualTo(Verdict.GOAL_MET);
    }

    @Test
    void ofADurationLessIsBetter() {
        Target target = Target.atMost(2, 0.8);
        assertThat(target.verdict(2.1)).isEqualTo(Verdict.MISSED);
        assertThat(target.verdict(2)).isEqualTo(Verdict.FIRST_MET);
        assertThat(target.verdict(0.8)).isEqualTo(Verdict.GOAL_MET);
        assertThat(target.verdict(-1)).isEqualTo(Verdict.GOAL_MET);
    }

    @Test
    void aFirstTargetThatAsksForMoreThanTheGoalIsRefused() {
        assertThatThrownBy(() -> Target.atLeast(0.6, 0.4)).hasMessageContaining("0.6");
        assertThatThrownBy(() -> Target.atMost(0.8, 2)).hasMessageContaining("0.8");
    }

    @Test
    void aRatioIsThatOfTheMediansWithItsRoundsBesideIt() {
        Figure figure = Figure.ratio(
                "P1",
                "ours / theirs",
                Samples.of(40, 50),
                Samples.of(100, 100, 80),
                Optional.of(Target.atLeast(0.4, 0.6)));
        assertThat(figure.value()).isEqualTo(0.45);
        assertThat(figure.rounds()).isEqualTo(Samples.of(0.4, 50.0 / 90));
        assertThat(figure.verdict()).contains(Verdict.FIRST_MET);
    }

    @Test
    void aDifferenceIsThatOfTheMedians() {
        Figure figure =
                Figure.difference("P2", "ours − theirs", "µs", Samples.of(5, 7), Samples.of(2, 4, 2), Optional.empty());
        assertThat(figure.value()).isEqualTo(4);
        assertThat(figure.rounds()).isEqualTo(Samples.of(2, 4));
        assertThat(figure.verdict()).isEmpty();
    }
}
