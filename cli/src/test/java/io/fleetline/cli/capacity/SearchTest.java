package io.fleetline.cli.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SearchTest {
    private final List<Long> tried = new ArrayList<>();

    private Search.Found<Long> search(long first, long most, long holdsUpTo) throws InterruptedException {
        return Search.run(
                first,
                most,
                load -> {
                    tried.add(load);
                    return load;
                },
                load -> load <= holdsUpTo);
    }

    @Test
    void theHighestThatHoldsIsFoundToAFifth() throws Exception {
        Search.Found<Long> found = search(100, 1_000_000, 1_234);

        assertThat(found.highest()).hasValueSatisfying(load -> assertThat(load).isBetween(1_028L, 1_234L));
        assertThat(found.lowest())
                .hasValueSatisfying(
                        load -> assertThat(load).isGreaterThan(1_234L).isLessThanOrEqualTo(1_481L));
        assertThat(tried).startsWith(100L, 200L, 400L, 800L, 1_600L, 1_200L);
    }

    @Test
    void theEndOfTheRangeIsNotPassed() throws Exception {
        Search.Found<Long> found = search(100, 500, 10_000);

        assertThat(found).isEqualTo(new Search.Found<>(Optional.of(500L), Optional.empty()));
        assertThat(tried).containsExactly(100L, 200L, 400L, 500L);
    }

    @Test
    void whereTheFirstDoesNotHoldLessIsTriedForAWhile() throws Exception {
        assertThat(search(800, 1_000_000, 220).highest())
                .hasValueSatisfying(load -> assertThat(load).isBetween(183L, 220L));
        tried.clear();
        assertThat(search(800, 1_000_000, 0).highest()).isEmpty();
        assertThat(tried).containsExactly(800L, 400L, 200L, 100L);
    }

    @Test
    void anSloIsReadAsPeopleWriteIt() {
        assertThat(Slo.parse("p99<200ms,loss=0"))
                .isEqualTo(new Slo(Optional.of(Duration.ofMillis(200)), Optional.empty(), 0));
        assertThat(Slo.parse("p99.9<2s, loss<=0.5%"))
                .isEqualTo(new Slo(Optional.empty(), Optional.of(Duration.ofSeconds(2)), 0.005));
        assertThat(Slo.parse("p99<200ms")).hasToString("p99<200ms,loss=0");
        assertThatThrownBy(() -> Slo.parse("p98<1s")).hasMessageContaining("'p98<1s' in the SLO is none of p99<TIME");
        assertThatThrownBy(() -> Slo.parse("loss=200%")).hasMessageContaining("loss is 2.0, more than all");
    }
}
