package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.simulator.proof.CommandCheck;
import io.fleetline.simulator.proof.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FleetProofTest {
    @Test
    void aRunOfCommandsAloneProvesSomething() {
        assertThat(proof(0, 0, 0).provesSomething()).isFalse();
        assertThat(proof(1, 0, 0).provesSomething()).isTrue();
        assertThat(proof(0, 1, 1).provesSomething()).isTrue();
        // Nobody was there to run it.
        assertThat(proof(0, 1, 0).provesSomething()).isFalse();
    }

    private static FleetProof proof(long receipts, long commands, long run) {
        return new FleetProof(
                new Verdict(receipts, receipts, receipts, 0, 0, List.of()),
                Optional.empty(),
                new CommandCheck.Verdict(commands, run, commands, List.of()),
                List.of());
    }
}
