package io.fleetline.cli.simulate;

import io.fleetline.cli.dev.DevExact;
import io.fleetline.cli.dev.DevPlan;
import io.fleetline.cli.dev.DevSystem;
import io.fleetline.cli.dev.Secrets;
import io.fleetline.cli.dev.StateDirectory;
import io.fleetline.ingest.identity.IdentityConfig;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Topics;
import io.fleetline.simulator.Breakable;
import io.fleetline.simulator.FleetTarget;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.scenario.Scenario;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Kafka and nodes that are started for one run, each in a process of its own so that what they take of the machine can be told
 * apart from what the simulator takes.
 *
 * @param mainClass the command's main class
 * @param nodeSettings keys of the nodes' configuration, {@code key=value}
 * @param exact whether an exact stage is started too, and its topic compared
 * @param reached hears how far it is
 * @param nanoTime a clock that never goes back, in ns
 */
public record OwnSystem(
        String mainClass,
        List<String> nodeSettings,
        boolean exact,
        Consumer<String> reached,
        LongSupplier nanoTime,
        Clock clock)
        implements Playground {
    /** @throws IllegalArgumentException naming a setting that gives each tenant a topic of events */
    public OwnSystem {
        nodeSettings = List.copyOf(nodeSettings);
        DevPlan.requireOneEventsTopic(nodeSettings);
    }

    @Override
    public Opened open(Scenario scenario, RunDirectory directory) {
        StateDirectory state = StateDirectory.hold(directory.system(), false);
        try {
            Map<DeviceId, String> secrets =
                    Secrets.keep(state.resolve("credentials"), scenario.deviceIds(), new SecureRandom());
            DevSystem.Shape shape = new DevSystem.Shape(
                    scenario.nodes(), scenario.brokers(), DevSystem.ANY_PORT, true, mainClass, nodeSettings);
            DevSystem system = DevSystem.start(state, shape, secrets, reached, clock);
            return withExact(state, system, secrets, scenario);
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    private Started withExact(
            StateDirectory state, DevSystem system, Map<DeviceId, String> secrets, Scenario scenario) {
        Optional<DevExact> stage = Optional.empty();
        try {
            Optional<FleetTarget.TokenKey> tokenKey =
                    RunTokens.register(system.config(), IdentityConfig.DEFAULTS.audience(), scenario);
            if (exact) {
                stage = Optional.of(DevExact.start(
                        state, system.instance().bootstrap(), system.topics().events(), nanoTime));
            }
            return new Started(state, system, secrets, tokenKey, scenario.brokers(), stage);
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    /** What a run has to know of the topics of a node that is configured so. */
    static FleetTarget.TopicSet topics(TopicNames names, boolean exact) {
        return new FleetTarget.TopicSet(
                names.events(),
                exact ? Optional.of(names.events() + Topics.EXACT_SUFFIX) : Optional.empty(),
                names.commands(),
                names.commandUpdates());
    }

    private record Started(
            StateDirectory state,
            DevSystem system,
            Map<DeviceId, String> secrets,
            Optional<FleetTarget.TokenKey> tokenKey,
            int ownBrokers,
            Optional<DevExact> exact)
            implements Opened {
        @Override
        public FleetTarget target() {
            return new FleetTarget(
                    system.instance().endpoints(),
                    Optional.of(system.instance().authority()),
                    secrets,
                    tokenKey,
                    Map.of("bootstrap.servers", system.instance().bootstrap()),
                    topics(system.topics(), exact.isPresent()));
        }

        @Override
        public Map<String, ProcessHandle> processes() {
            Map<String, ProcessHandle> processes = new LinkedHashMap<>(system.processes());
            exact.flatMap(stage -> ProcessHandle.of(stage.pid())).ifPresent(stage -> processes.put("exact", stage));
            return processes;
        }

        @Override
        public Optional<Breakable> breakable() {
            return Optional.of(system);
        }

        @Override
        public void awaitExact(Duration patience) throws InterruptedException {
            if (exact.isPresent()) {
                exact.get().awaitCaughtUp(patience);
            }
        }

        @Override
        public void close() {
            try (system) {
                exact.ifPresent(DevExact::close);
            } finally {
                state.close();
            }
        }
    }
}
