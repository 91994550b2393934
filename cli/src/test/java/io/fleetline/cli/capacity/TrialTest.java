package io.fleetline.cli.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TrialTest {
    private static final Slo SLO = Slo.parse("p99<200ms,loss=1%");
    private static final String LOADED = Loads.PUBLISHING;

    private final Seen seen = new Seen().second("arrival", 50, 0, 0, 0).seconds(3, LOADED, 100, 5_000);

    private Trial trial() {
        return trial(0);
    }

    private Trial trial(int differences) {
        return Trial.of(seen.measured(), differences, SLO, LOADED, 1_000, OptionalLong.of(7));
    }

    @Test
    void whatMeetsTheSloHolds() {
        seen.seconds(10, LOADED, 1_000, 150).second(Loads.RESTING, 100, 0, 9_000, 1);
        Trial trial = trial();

        assertThat(trial.complaints()).isEmpty();
        assertThat(trial.holds()).isTrue();
        assertThat(trial.devices()).isEqualTo(100);
        assertThat(trial.p99Nanos()).isEqualTo(150_000_000);
        assertThat(trial.p50Nanos()).isEqualTo(1_000_000);
        assertThat(trial.receiptsPerSecond()).isEqualTo(1_000);
        assertThat(trial.nodeBytes()).hasValue(7);
    }

    @Test
    void whatProcessesTookIsTheMeanOfTheLoadedSeconds() {
        seen.seconds(4, LOADED, 1_000, 150);
        Trial trial = trial();

        assertThat(trial.nodeCores()).isCloseTo(0.5, within(1e-9));
        assertThat(trial.cores()).containsKeys("node-1", "node-2", "kafka", Trial.SIMULATOR);
        assertThat(trial.coresInWords()).startsWith("kafka 1.00, simulator 0.50, node-");
    }

    @Test
    void oneSecondInTenMayTakeLonger() {
        seen.seconds(9, LOADED, 1_000, 150).seconds(1, LOADED, 1_000, 900);
        assertThat(trial().holds()).isTrue();
    }

    @Test
    void moreThanOneInTenMayNot() {
        seen.seconds(7, LOADED, 1_000, 150).seconds(3, LOADED, 1_000, 900);
        assertThat(trial().complaints()).containsExactly("p99 was 900 ms, not below 200 ms");
    }

    @Test
    void the999thIsJudgedWhereItIsAsked() {
        seen.seconds(10, LOADED, 1_000, 150);
        Trial trial = Trial.of(seen.measured(), 0, Slo.parse("p99.9<250ms"), LOADED, 1_000, OptionalLong.empty());
        assertThat(trial.complaints()).containsExactly("p99.9 was 300 ms, not below 250 ms");
    }

    @Test
    void whatKafkaDoesNotHoldCountsAboveAll() {
        seen.seconds(10, LOADED, 1_000, 150);
        assertThat(trial(3).complaints()).containsExactly("Kafka does not hold what was promised: 3 differences");
    }

    @Test
    void devicesThatWereCutOffAndReceiptsThatNeverCameAreTold() {
        seen.seconds(10, LOADED, 1_000, 150).devices(100, 99).restless();
        assertThat(trial().complaints())
                .containsExactly("99 of 100 devices were connected at the end", "not all receipts came");
    }

    @Test
    void soManyEventsMayBeDroppedAsTheSloSays() {
        seen.seconds(10, LOADED, 1_000, 150).dropped(10);
        assertThat(trial().holds()).isTrue();
        seen.dropped(11);
        assertThat(trial().complaints()).containsExactly("11 of 1000 events were dropped");
    }

    @Test
    void receiptsHaveToKeepUpWithWhatIsDue() {
        seen.seconds(10, LOADED, 940, 150);
        assertThat(trial().complaints()).containsExactly("940 receipts/s came of 1000 events/s that were due");
    }

    @Test
    void aSimulatorThatIsLateIsTheBottleneck() {
        seen.seconds(5, LOADED, 1_000, 150);
        for (int i = 0; i < 5; i++) {
            seen.second(LOADED, 100, 1_000, 150, 130);
        }
        assertThat(trial().complaints())
                .containsExactly("the simulator was the bottleneck: one event in a hundred was published 130 ms late");
    }
}
