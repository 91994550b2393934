package io.fleetline.device.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.command.LedgerHistory.Faults;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Commands behind their rules: after a power cut at any moment, whatever part of what was not forced survives, no command
 * runs twice that may not, no outcome is invented, none is lost once it was written down, and opening never fails. A
 * failure names the seed of its history, which is all that it takes to see it again: {@code -Dfleetline.seed=N
 * -Dfleetline.histories=1}. The same two let it hunt for longer.
 */
class LedgerCrashPointsTest {
    private static final int STEPS = 400;
    private static final int CUTS_PER_CALL = 5;

    @ParameterizedTest
    @EnumSource(Faults.class)
    void aCommandRunsOnceAndItsOutcomeIsTold(Faults faults) {
        Set<Long> crashPoints = new HashSet<>();
        Map<String, Integer> counts = new TreeMap<>();
        int first = Integer.getInteger("fleetline.seed", 1);
        int histories = Integer.getInteger("fleetline.histories", faults == Faults.NONE ? 40 : 12);
        for (int seed = first; seed < first + histories; seed++) {
            LedgerHistory history = new LedgerHistory(seed, faults, CUTS_PER_CALL, crashPoints);
            history.play(STEPS);
            history.counts.forEach((what, count) -> counts.merge(what, count, Integer::sum));
        }
        System.out.printf(
                "commands, %s: %,d distinct crash points in %d histories %s%n",
                faults, crashPoints.size(), histories, counts);
        if (Integer.getInteger("fleetline.histories") != null) {
            return; // a hunt: however few there are, they may lack something
        }
        assertThat(crashPoints).hasSizeGreaterThanOrEqualTo(histories * 100);
        assertThat(counts)
                .as("each kind of call and outcome must occur, or the histories prove nothing")
                .containsKeys("call: create", "call: rename", "call: force names", "call: force", "call: write")
                .containsKeys("stored: SUCCEEDED", "stored: FAILED", "stored: EXPIRED", "stored: UNKNOWN_COMMAND")
                .containsKeys("stored: INDETERMINATE", "repeated", "refused", "started: once", "started: again")
                .containsKeys("power cut", "power cut in a call", "kill", "close");
    }
}
