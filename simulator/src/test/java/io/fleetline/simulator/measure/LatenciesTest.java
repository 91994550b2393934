package io.fleetline.simulator.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void aLookIsOfTheTimeSinceTheOneBeforeAndTheTotalOfAll() {
        latencies.record(5_000_000);
        assertThat(latencies.look().count()).isEqualTo(1);
        latencies.record(1_000_000);
        latencies.record(1_000_000);

        assertThat(latencies.look().count()).isEqualTo(2);
        assertThat(latencies.total().count()).isEqualTo(3);
        assertThat(latencies.total().maxNanos()).isBetween(4_990_000L, 5_010_000L);
    }

    @Test
    void aTotalThatIsRestartedForgetsWhatCameBeforeLookedAtOrNot() {
        latencies.record(5_000_000);
        var unused = latencies.look();
        latencies.record(7_000_000);

        latencies.restartTotal();

        assertThat(latencies.total()).isEqualTo(Percentiles.NONE);
        latencies.record(1_000_000);
        assertThat(latencies.total().count()).isEqualTo(1);
        assertThat(latencies.total().maxNanos()).isBetween(990_000L, 1_010_000L);
        assertThat(latencies.bars().stream().mapToLong(Latencies.Bar::count).sum())
                .isEqualTo(1);
    }
}
