package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fleetline.simulator.proof.CommandCheck;
import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Differences;
import io.fleetline.simulator.proof.Fault;
import io.fleetline.simulator.proof.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

    private static final CommandCheck.Verdict NO_COMMANDS = new CommandCheck.Verdict(0, 0, 0, List.of());

    @Test
    void eachDeviceHasTheDifferencesThatAreItsOwn() {
        FleetProof proof = FleetProof.of(
                verdict(fault(Fault.Kind.MISSING, "a"), fault(Fault.Kind.MISSING, "a"), fault(Fault.Kind.DOUBLED, "b")),
                Optional.of(verdict(fault(Fault.Kind.OUT_OF_ORDER, "b"))),
                new CommandCheck.Verdict(1, 1, 2, List.of(fault(Fault.Kind.OUTCOME_LOST, "a"))),
                List.of(tally("c", 0), tally("b", 0), tally("a", 0)));

        assertThat(proof.devices())
                .extracting(
                        DeviceTally::device,
                        DeviceTally::differences,
                        tally -> tally.exact().orElseThrow())
                .containsExactly(
                        tuple("c", Differences.NONE, Differences.NONE),
                        tuple("b", differences(Fault.Kind.DOUBLED, 1), differences(Fault.Kind.OUT_OF_ORDER, 1)),
                        tuple(
                                "a",
                                new Differences(Map.of(Fault.Kind.MISSING, 2L, Fault.Kind.OUTCOME_LOST, 1L)),
                                Differences.NONE));
        assertThat(proof.faultsByKind())
                .isEqualTo(Map.of(
                        Fault.Kind.MISSING,
                        2L,
                        Fault.Kind.DOUBLED,
                        1L,
                        Fault.Kind.OUT_OF_ORDER,
                        1L,
                        Fault.Kind.OUTCOME_LOST,
                        1L));
        assertThat(proof.worst(9)).extracting(DeviceTally::device).containsExactly("a", "b");
        assertThat(proof.worst(1)).extracting(DeviceTally::device).containsExactly("a");
    }

    @Test
    void theWorstDeviceIsTheOneWithMostDifferencesAndThenTheOneThatDroppedMost() {
        FleetProof proof = FleetProof.of(
                verdict(fault(Fault.Kind.MISSING, "lossy")),
                Optional.empty(),
                NO_COMMANDS,
                List.of(tally("dropping", 100), tally("fine", 0), tally("dropping more", 200), tally("lossy", 0)));

        assertThat(proof.worst(9))
                .extracting(DeviceTally::device)
                .containsExactly("lossy", "dropping more", "dropping");
        assertThat(proof.devices()).allMatch(tally -> tally.exact().isEmpty());
    }

    @Test
    void differencesAreSaidInWords() {
        assertThat(Differences.NONE).hasToString("");
        assertThat(new Differences(
                        Map.of(Fault.Kind.MISSING, 2L, Fault.Kind.LOST_FROM_DISK, 3L, Fault.Kind.SCATTERED, 4L)))
                .hasToString("5 lost, 4 other differences")
                .extracting(Differences::total)
                .isEqualTo(9L);
    }

    private static Differences differences(Fault.Kind kind, long count) {
        return new Differences(Map.of(kind, count));
    }

    private static Verdict verdict(Fault... faults) {
        return new Verdict(9, 9, 9, 0, 0, Arrays.asList(faults));
    }

    private static Fault fault(Fault.Kind kind, String device) {
        return new Fault(kind, device, "it is not as it should be");
    }

    private static DeviceTally tally(String device, long dropped) {
        return new DeviceTally(device, 9, 9, dropped, 9, 0, 0, 0, 0, Differences.NONE, Optional.empty());
    }
}
