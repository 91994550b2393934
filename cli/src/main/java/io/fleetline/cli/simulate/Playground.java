package io.fleetline.cli.simulate;

import io.fleetline.simulator.Breakable;
import io.fleetline.simulator.FleetTarget;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.scenario.Scenario;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

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

        /** How many brokers were started for the run, with their data in the run's directory. */
        int ownBrokers();

        /** The processes that were started for the run, to be broken; empty if none were. */
        Optional<Breakable> breakable();

        /**
         * Waits until what writes the exact topic has read all events, if there is one to compare.
         *
         * @throws io.fleetline.cli.terminal.CliFailure if it does not come to that in this time; it says why
         */
        void awaitExact(Duration patience) throws InterruptedException;

        @Override
        void close();
    }
}
