package io.fleetline.simulator;

import io.fleetline.simulator.measure.Validity;
import io.fleetline.simulator.scenario.Outage;
import io.fleetline.simulator.scenario.Scenario;
import java.util.Map;

/**
 * All that came of a run.
 *
 * @param scenario what was played
 * @param measured what was measured
 * @param proof what came out of comparing with Kafka
 * @param judgement what the thresholds say
 * @param validity whether the simulator kept up
 * @param machine what it ran on, and in which version, for people
 * @param beganMillis when it began, Unix time in ms
 */
public record RunResult(
        Scenario scenario,
        Measured measured,
        FleetProof proof,
        Judgement judgement,
        Validity validity,
        Map<String, String> machine,
        long beganMillis) {
    /** Puts together what the parts say. */
    public static RunResult of(
            Scenario scenario, Measured noted, FleetProof proof, Map<String, String> machine, long beganMillis) {
        // What a process had counted and not yet told when it was killed stands in its journal.
        boolean killed =
                scenario.outages().stream().anyMatch(outage -> outage.part().role() == Outage.Role.PROCESS);
        Measured measured =
                killed ? noted.with(proof.raw().published(), proof.raw().receipts()) : noted;
        return new RunResult(
                scenario,
                measured,
                proof,
                Judgement.of(scenario, measured, proof.late()),
                Validity.of(measured.judged(), measured.lag()),
                machine,
                beganMillis);
    }

    /** Whether nothing is to be complained of. */
    public boolean passed() {
        return proof.holds() && proof.provesSomething() && judgement.met() && validity.holds();
    }
}
