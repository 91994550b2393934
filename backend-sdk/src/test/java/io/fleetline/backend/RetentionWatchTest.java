package io.fleetline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RetentionWatchTest {
    @Test
    void nearIsTheLastFifthOfWhatThePartitionHolds() {
        assertThat(RetentionWatch.isNear(119, 100, 200)).isTrue();
        assertThat(RetentionWatch.isNear(120, 100, 200)).isFalse();
        assertThat(RetentionWatch.isNear(99, 100, 200)).isTrue();
    }

    @Test
    void aReaderAtTheEndIsNotNearHoweverLittleThereIs() {
        assertThat(RetentionWatch.isNear(100, 100, 100)).isFalse();
        assertThat(RetentionWatch.isNear(101, 100, 101)).isFalse();
    }

    @Test
    void aPartitionOfWhichNothingWasDeletedYetIsNotNear() {
        assertThat(RetentionWatch.isNear(0, 0, 1_000_000)).isFalse();
    }
}
