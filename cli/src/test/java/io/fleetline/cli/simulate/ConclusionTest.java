package io.fleetline.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.simulator.FleetProof;
import io.fleetline.simulator.Judgement;
import io.fleetline.simulator.Measured;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.Validity;
import io.fleetline.simulator.proof.CommandCheck;
import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Differences;
import io.fleetline.simulator.proof.Fault;
import io.fleetline.simulator.proof.Verdict;
import io.fleetline.simulator.scenario.Scenario;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConclusionTest {
    private static final Scenario SCENARIO = Scenario.parse("""
        name: concluded
        stages: [{name: all, for: 10s}]
        groups: [{name: pump, devices: 2}]
        """, "test", Path.of(""));

    private static final Judgement.Finding MET = new Judgement.Finding("dropped", "at most 0", "0", true);
    private static final Judgement.Finding MISSED = new Judgement.Finding("ackP99", "at most 5 ms", "9 ms", false);
    private static final Fault LOST = new Fault(Fault.Kind.MISSING, "sim/pump-00001", "counter 7 is not there");

    private final StringWriter out = new StringWriter();
    private final Conclusion conclusion = new Conclusion(new LiveLine(new PrintWriter(out), false, () -> 0));

    @Test
    void aRunOfWhichNothingIsToBeComplainedIsDone() {
        assertThat(tell(proof(9, List.of()), List.of(), MET)).isEqualTo(ExitCode.DONE);
        assertThat(out.toString())
                .contains("Kafka holds what was promised: 9 receipts", "met     dropped: 0, at most 0")
                .contains("due to handler  p50 1.0 ms", "due to outcome  p50 1.0 ms")
                .doesNotContain("Not valid", "MISSED", "By device");
    }

    @Test
    void aMissedThresholdHasACodeOfItsOwn() {
        assertThat(tell(proof(9, List.of()), List.of(), MET, MISSED)).isEqualTo(ExitCode.MISSED);
        assertThat(out.toString()).contains("met     dropped: 0", "MISSED  ackP99: 9 ms, not at most 5 ms");
    }

    @Test
    void aRunThatDoesNotCountHasACodeOfItsOwnWhateverWasMissed() {
        List<String> reasons = List.of("kill of node-1 failed: no such process");

        assertThat(tell(proof(9, List.of()), reasons, MET)).isEqualTo(ExitCode.INVALID);
        assertThat(out.toString()).contains("Not valid: kill of node-1 failed: no such process.");
        assertThat(tell(proof(9, List.of()), reasons, MISSED)).isEqualTo(ExitCode.INVALID);
    }

    @Test
    void whatKafkaDoesNotHoldIsTheWorst() {
        assertThat(tell(proof(9, List.of(LOST)), List.of("late"), MISSED)).isEqualTo(ExitCode.DISPROVED);
        assertThat(out.toString())
                .contains("Kafka does not hold what was promised; 1 difference:", "MISSING sim/pump-00001: counter 7")
                .contains("By device:", "  sim/pump-00001: 1 lost; 9 published, 9 receipts, 8 stored")
                .contains("MISSED", "Not valid: late.");
    }

    @Test
    void ofManyDifferencesTheKindsAndTheWorstDevicesAreTold() {
        List<Fault> faults = new ArrayList<>(Collections.nCopies(20, LOST));
        faults.add(new Fault(Fault.Kind.DOUBLED, "sim/pump-00001", "counter 8 is there twice"));

        assertThat(conclusion.tell(proof(9, faults))).isEqualTo(ExitCode.DISPROVED);
        assertThat(out.toString())
                .contains("and 11 more; of each kind: 20 MISSING, 1 DOUBLED")
                .contains("sim/pump-00001: 20 lost, 1 doubled; 9 published");
    }

    @Test
    void aRunThatProvesNothingIsAFailure() {
        assertThatThrownBy(() -> tell(proof(0, List.of()), List.of(), MET))
                .isInstanceOfSatisfying(
                        CliFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED));
    }

    private int tell(FleetProof proof, List<String> reasons, Judgement.Finding... findings) {
        RunResult result = new RunResult(
                SCENARIO,
                measured(),
                proof,
                new Judgement(List.of(findings)),
                new Validity(reasons),
                Map.of(),
                Map.of(),
                0);
        assertThat(result.passed())
                .isEqualTo(proof.holds()
                        && proof.provesSomething()
                        && reasons.isEmpty()
                        && List.of(findings).stream().allMatch(Judgement.Finding::met));
        return conclusion.tell(result, new RunDirectory(Path.of("run")));
    }

    private static FleetProof proof(long receipts, List<Fault> faults) {
        long commands = receipts == 0 ? 0 : 2;
        Differences differences =
                Differences.byDevice(faults.stream()).getOrDefault("sim/pump-00001", Differences.NONE);
        return new FleetProof(
                new Verdict(receipts, receipts, receipts, 0, 0, faults),
                Optional.empty(),
                new CommandCheck.Verdict(commands, commands, 2 * commands, List.of()),
                List.of(new DeviceTally(
                        "sim/pump-00001",
                        receipts,
                        receipts,
                        0,
                        receipts - (faults.isEmpty() ? 0 : 1),
                        0,
                        0,
                        0,
                        0,
                        differences,
                        Optional.empty())));
    }

    private static Measured measured() {
        Percentiles once = new Percentiles(2, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000);
        return new Measured(
                "r",
                Duration.ofSeconds(10),
                2,
                2,
                9,
                9,
                0,
                0,
                2,
                2,
                true,
                once,
                Map.of("pump", once),
                once,
                once,
                once,
                once,
                Percentiles.NONE,
                Percentiles.NONE,
                List.of(),
                List.of(),
                0,
                List.of());
    }
}
