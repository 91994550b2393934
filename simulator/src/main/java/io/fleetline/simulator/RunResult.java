package io.fleetline.simulator;

import io.fleetline.simulator.measure.Validity;
import io.fleetline.simulator.scenario.Outage;
import io.fleetline.simulator.scenario.Scenario;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that came of a run.
 *
 * @param scenario what was played
 * @param measured what was measured
 * @param proof what came out of comparing with Kafka
 * @param judgement what the thresholds say
 * @param validity whether the simulator kept up, and did to the system what it was to
 * @param machine what it ran on, and in which versions, for people
 * @param setup how it was played, such as with how many nodes, for people
 * @param beganMillis when it began, Unix time in ms
 */
public record RunResult(
        Scenario scenario,
        Measured measured,
        FleetProof proof,
        Judgement judgement,
        Validity validity,
        Map<String, String> machine,
        Map<String, String> setup,
        long beganMillis) {
    /** Keeps its own copies. */
    public RunResult {
        machine = Collections.unmodifiableMap(new LinkedHashMap<>(machine));
        setup = Collections.unmodifiableMap(new LinkedHashMap<>(setup));
    }

    /** Puts together what the parts say. */
    public static RunResult of(
            Scenario scenario,
            Measured noted,
            FleetProof proof,
            Map<String, String> machine,
            Map<String, String> setup,
            long beganMillis) {
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
                Validity.of(measured.judged(), measured.lag()).with(measured.failedOutages()),
                machine,
                setup,
                beganMillis);
    }

    /** Whether nothing is to be complained of. */
    public boolean passed() {
        return proof.holds() && proof.provesSomething() && judgement.met() && validity.holds();
    }
}
