package io.fleetline.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void theMedianOfAnOddNumberIsTheOneInTheMiddle() {
        assertThat(Samples.of(9, 1, 5).median()).isEqualTo(5);
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
        assertThat(Samples.of(9, 1, 5, 3).median()).isEqualTo(4);
    }

    @Test
    void oneValueIsItsOwnMedianAndHasNoSpread() {
        Samples one = Samples.of(7);
        assertThat(one.median()).isEqualTo(7);
        assertThat(one.min()).isEqualTo(7);
        assertThat(one.max()).isEqualTo(7);
        assertThat(one.spread()).isZero();
    }

    @Test
    void theSpreadIsAPartOfTheMedian() {
        assertThat(Samples.of(90, 100, 120).spread()).isEqualTo(0.3);
        assertThat(Samples.of(-90, -100, -120).spread()).isEqualTo(0.3);
    }

    @Test
    void theSpreadAroundAMedianOfZeroIsZero() {
        assertThat(Samples.of(-1, 0, 1).spread()).isZero();
    }

    @Test
    void theOrderOfMeasuringIsKept() {
        assertThat(Samples.of(3, 1, 2).values()).containsExactly(3.0, 1.0, 2.0);
    }

    @Test
    void noValueAtAllIsRefused() {
        assertThatThrownBy(() -> new Samples(List.of())).hasMessageContaining("at least one");
    }

    @Test
    void aRateOverNoTimeIsRefused() {
        assertThatThrownBy(() -> Samples.of(1, Double.POSITIVE_INFINITY)).hasMessageContaining("Infinity");
        assertThatThrownBy(() -> Samples.of(1, Double.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void aSideThatIsMeasuredOnceMoreIsTakenAsTheMeanOfBeforeAndAfter() {
        Samples slowingDown = Samples.of(100, 80, 60);
        assertThat(Samples.of(45, 35).against(slowingDown, (mine, theirs) -> mine / theirs))
                .isEqualTo(Samples.of(0.5, 0.5));
    }

    @Test
    void twoSidesMeasuredEquallyOftenAreComparedRoundByRound() {
        assertThat(Samples.of(4, 9).against(Samples.of(1, 2), (mine, theirs) -> mine - theirs))
                .isEqualTo(Samples.of(3, 7));
    }

    @Test
    void sidesThatWereNotMeasuredInTurnCannotBeCompared() {
        assertThatThrownBy(() -> Samples.of(1).against(Samples.of(1, 2, 3), Double::sum))
                .hasMessageContaining("1 samples")
                .hasMessageContaining("3");
        assertThatThrownBy(() -> Samples.of(1, 2).against(Samples.of(1), Double::sum))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
