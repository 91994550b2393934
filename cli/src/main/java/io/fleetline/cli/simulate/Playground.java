package io.fleetline.cli.simulate;

import io.fleetline.simulator.FleetTarget;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.scenario.Scenario;
import java.util.Map;

/** Where a scenario is to be played. */
public interface Playground {
    /**
     * Makes it ready, with the scenario's devices known to it.
     *
     * @throws io.fleetline.cli.terminal.CliFailure if that cannot be done; it says why
     */
    Opened open(Scenario scenario, RunDirectory directory);

    /** What is there once it is ready. Closing ends what was started for the run. */
    interface Opened extends AutoCloseable {
        /** Where the fleet goes. */
        FleetTarget target();

        /** The processes that were started for the run, by name. */
        Map<String, ProcessHandle> processes();

        /** Whether Kafka was started for the run, and its data lies in the run's directory. */
        boolean ownKafka();

        @Override
        void close();
    }
}
