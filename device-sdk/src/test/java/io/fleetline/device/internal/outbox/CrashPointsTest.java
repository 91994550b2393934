package io.fleetline.device.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.outbox.OutboxHistory.Faults;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The outbox behind its rules: after a power cut at any moment, whatever part of what was not forced survives, nothing that
 * was promised is lost, nothing is invented, order is kept, and opening never fails. A failure names the seed of its
 * history, which is all that it takes to see it again: {@code -Dfleetline.seed=N -Dfleetline.histories=1}. The same two
 * let it hunt for longer.
 */
class CrashPointsTest {
    private static final int STEPS = 400;
    private static final int CUTS_PER_CALL = 5;

    private final Set<Long> crashPoints = new HashSet<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    private void play(Faults faults, int usually, int atLeast) {
        int first = Integer.getInteger("fleetline.seed", 1);
        int histories = Integer.getInteger("fleetline.histories", usually);
        for (int seed = first; seed < first + histories; seed++) {
            OutboxHistory history = new OutboxHistory(seed, faults, CUTS_PER_CALL, crashPoints);
            history.play(STEPS);
            history.counts.forEach((what, count) -> counts.merge(what, count, Integer::sum));
        }
        System.out.printf(
                "%s: %,d distinct crash points in %d histories %s%n", faults, crashPoints.size(), histories, counts);
        if (histories >= usually) {
            assertThat(crashPoints).hasSizeGreaterThanOrEqualTo(atLeast);
        }
    }

    @Test
    void aPowerCutAtAnyMomentLosesNothingThatWasPromised() {
        play(Faults.NONE, 260, 100_000);
        assertThat(counts)
                .as("each kind of call and item must occur, or the histories prove nothing")
                .containsKeys("call: create", "call: delete", "call: rename", "call: force names", "call: force")
                .containsKeys("opened: DURABLE", "opened: BUFFERED", "gaps sent", "items sent")
                .containsKeys("torn at 512", "torn at 4096");
    }

    @ParameterizedTest
    @EnumSource(value = Faults.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aDiskThatFailsOrLiesCostsNoMoreThanItMust(Faults faults) {
        play(faults, 80, 20_000);
    }
}
