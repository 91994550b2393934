package io.fleetline.system.faults;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No run goes without a kind of fault, however its faults got into each other's way when they were invented. */
class FaultScriptTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aFixedRunHasEachKind(long seed) {
        assertHasEachKind(seed);
    }

    @Test
    void soHaveTenThousandOthers() {
        for (long seed = 1796100000001L; seed <= 1796100010000L; seed++) {
            assertHasEachKind(seed);
        }
    }

    private static void assertHasEachKind(long seed) {
        FaultScript script = FaultScript.of(new Random(seed), FaultyRun.DEVICE_PROCESSES);
        Set<FaultScript.Kind> kinds = script.faults().stream()
                .map(FaultScript.Fault::kind)
                .collect(toCollection(() -> EnumSet.noneOf(FaultScript.Kind.class)));
        assertThat(kinds).as("kinds of seed %d: %s", seed, script).containsExactlyInAnyOrder(FaultScript.Kind.values());
    }
}
