package io.fleetline.cli.simulate;

import io.fleetline.simulator.proof.PlantedFault;
import io.fleetline.simulator.scenario.Scenario;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run as the command line asks for it.
 *
 * @param scenario what to play
 * @param text the scenario as it was written
 * @param files where files lie that the scenario names
 * @param mainClass the command's main class, for processes that play shares of the fleet
 * @param where where to play it
 * @param directory where what comes of it goes
 * @param planted what to spoil in Kafka before the proof
 * @param arguments the command line's, to be kept with the result
 */
public record SimulationPlan(
        Scenario scenario,
        String text,
        Path files,
        String mainClass,
        Playground where,
        Path directory,
        Optional<PlantedFault> planted,
        List<String> arguments) {
    /** Keeps its own copy of the list. */
    public SimulationPlan {
        arguments = List.copyOf(arguments);
    }
}
