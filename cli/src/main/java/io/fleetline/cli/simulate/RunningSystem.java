package io.fleetline.cli.simulate;

import io.fleetline.cli.dev.DevSystem;
import io.fleetline.cli.dev.Secrets;
import io.fleetline.cli.exact.ExactLag;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.ingest.IngestConfig;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.Breakable;
import io.fleetline.simulator.FleetTarget;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.scenario.Scenario;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A system that runs already.
 *
 * @param endpoints where nodes listen
 * @param authority whom to trust; if empty, those that the JDK trusts
 * @param kafka where Kafka is and how to speak to it: settings of Kafka's clients
 * @param nodeConfig a node's configuration, with which the devices are registered; if empty, they are known already
 * @param credentials the devices' secrets; if empty, they are made
 * @param exact whether an exact stage runs there, whose topic is to be compared too
 * @param nanoTime a clock that never goes back, in ns
 */
public record RunningSystem(
        List<URI> endpoints,
        Optional<Path> authority,
        Map<String, String> kafka,
        Optional<Path> nodeConfig,
        Optional<Map<DeviceId, String>> credentials,
        boolean exact,
        LongSupplier nanoTime)
        implements Playground {
    /** Keeps its own copies. */
    public RunningSystem {
        endpoints = List.copyOf(endpoints);
        kafka = Map.copyOf(kafka);
    }

    @Override
    public Opened open(Scenario scenario, RunDirectory directory) {
        Map<DeviceId, String> secrets = credentials.orElseGet(
                () -> Secrets.keep(directory.path().resolve("credentials"), scenario.deviceIds(), new SecureRandom()));
        for (DeviceId id : scenario.deviceIds()) {
            if (!secrets.containsKey(id)) {
                throw new CliFailure("the scenario has the device " + id + ", of which there are no credentials");
            }
        }
        TopicNames topics = TopicNames.DEFAULTS;
        Optional<FleetTarget.TokenKey> tokenKey = Optional.empty();
        if (nodeConfig.isPresent()) {
            IngestConfig config = read(nodeConfig.get());
            topics = config.kafka().topics();
            DevSystem.register(config.kafka(), secrets);
            tokenKey = RunTokens.register(config.kafka(), config.identity().audience(), scenario);
        }
        if (topics.perTenant()) {
            throw new CliFailure("this node has a topic for each tenant, which the simulator's proof cannot read yet");
        }
        FleetTarget target =
                new FleetTarget(endpoints, authority, secrets, tokenKey, kafka, OwnSystem.topics(topics, exact));
        return new Found(target, nanoTime);
    }

    private static IngestConfig read(Path file) {
        try {
            return IngestConfig.read(file);
        } catch (IllegalArgumentException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private record Found(FleetTarget target, LongSupplier nanoTime) implements Opened {
        @Override
        public Map<String, ProcessHandle> processes() {
            return Map.of();
        }

        @Override
        public int ownBrokers() {
            return 0;
        }

        @Override
        public Optional<Breakable> breakable() {
            return Optional.empty();
        }

        @Override
        public void awaitExact(Duration patience) throws InterruptedException {
            if (target.topics().exact().isPresent()) {
                ExactLag.await(
                        target.kafka(),
                        ExactLag.USUAL_APPLICATION,
                        target.topics().events(),
                        nanoTime,
                        patience);
            }
        }

        @Override
        public void close() {
            // Nothing was started.
        }
    }
}
