package io.fleetline.cli.simulate;

import io.fleetline.cli.dev.DevSystem;
import io.fleetline.cli.dev.Secrets;
import io.fleetline.cli.dev.StateDirectory;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.FleetTarget;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.scenario.Scenario;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Kafka and nodes that are started for one run, each in a process of its own so that what they take of the machine can be told
 * apart from what the simulator takes.
 *
 * @param mainClass the command's main class
 * @param reached hears how far it is
 */
public record OwnSystem(String mainClass, Consumer<String> reached, Clock clock) implements Playground {
    @Override
    public Opened open(Scenario scenario, RunDirectory directory) {
        StateDirectory state = StateDirectory.hold(directory.system(), false);
        try {
            Map<DeviceId, String> secrets =
                    Secrets.keep(state.resolve("credentials"), scenario.deviceIds(), new SecureRandom());
            DevSystem.Shape shape = new DevSystem.Shape(scenario.nodes(), DevSystem.ANY_PORT, true, mainClass);
            DevSystem system = DevSystem.start(state, shape, secrets, reached, clock);
            return new Started(state, system, secrets);
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    /** What a run has to know of the topics of a node that is configured so. */
    static FleetTarget.TopicSet topics(TopicNames names, Optional<String> exact) {
        return new FleetTarget.TopicSet(names.events(), exact, names.commands(), names.commandUpdates());
    }

    private record Started(StateDirectory state, DevSystem system, Map<DeviceId, String> secrets) implements Opened {
        @Override
        public FleetTarget target() {
            return new FleetTarget(
                    system.instance().endpoints(),
                    Optional.of(system.instance().authority()),
                    secrets,
                    Map.of("bootstrap.servers", system.instance().bootstrap()),
                    topics(system.topics(), Optional.empty()));
        }

        @Override
        public Map<String, ProcessHandle> processes() {
            return system.processes();
        }

        @Override
        public boolean ownKafka() {
            return true;
        }

        @Override
        public void close() {
            try {
                system.close();
            } finally {
                state.close();
            }
        }
    }
}
