package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.devkafka.DevKafka;
import io.fleetline.devkafka.DevKafkaException;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.Breakable;
import io.fleetline.simulator.scenario.Outage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Kafka and nodes on this machine, with devices registered, in a state directory. Closing ends them. */
public final class DevSystem implements Breakable, AutoCloseable {
    /** Any port that is free. */
    public static final int ANY_PORT = 0;

    private final Instance instance;
    private final KafkaConfig config;
    private final DevKafka kafka;
    private final DevNodes nodes;
    private final Map<Outage.Part, HaltedProcess> halted = new ConcurrentHashMap<>();

    /**
     * What is to be started.
     *
     * @param nodes how many nodes
     * @param brokers how many brokers, where all of it runs apart; else one
     * @param port the first node's port, further nodes take the ones that follow; {@link #ANY_PORT} for any
     * @param apart whether all of it runs in processes of its own, so that what each takes of the machine can be told apart;
     *     otherwise Kafka, and a node that is the only one, run in this process
     * @param mainClass the command's main class, for nodes in processes of their own
     * @param nodeSettings keys of the nodes' configuration, {@code key=value}
     */
    public record Shape(int nodes, int brokers, int port, boolean apart, String mainClass, List<String> nodeSettings) {
        /** Keeps its own copy of the list. */
        public Shape {
            nodeSettings = List.copyOf(nodeSettings);
        }
    }

    private DevSystem(Instance instance, KafkaConfig config, DevKafka kafka, DevNodes nodes) {
        this.instance = instance;
        this.config = config;
        this.kafka = kafka;
        this.nodes = nodes;
    }

    /**
     * Starts it, and registers these devices.
     *
     * @param secrets the secret of each device
     * @param reached hears how far it is
     * @throws CliFailure if a part does not start; it says why, and nothing keeps running
     */
    public static DevSystem start(
            StateDirectory state, Shape shape, Map<DeviceId, String> secrets, Consumer<String> reached, Clock clock) {
        Path authorityDirectory = state.directory("authority");
        CompletableFuture<DevAuthority> authority =
                CompletableFuture.supplyAsync(() -> DevAuthority.open(authorityDirectory, clock));
        Deque<AutoCloseable> started = new ArrayDeque<>();
        try {
            DevKafka kafka = startKafka(state, shape);
            started.push(kafka);
            reached.accept("Kafka runs");
            DevAuthority certificates = joined(authority);
            List<NodeConfigFile> configs = nodeConfigs(state, shape, kafka.bootstrapServers(), certificates);
            KafkaConfig kafkaConfig = configs.get(0).read().kafka();
            // Nodes hear of devices when they are registered; that need not be before they start.
            CompletableFuture<Void> registered = CompletableFuture.runAsync(() -> register(kafkaConfig, secrets));
            DevNodes nodes = startNodes(state, shape, configs);
            started.push(nodes);
            reached.accept("the nodes run");
            joined(registered);
            reached.accept("the devices are registered");
            Instance instance = new Instance(
                    nodes.endpoints(),
                    certificates.certificate(),
                    kafka.bootstrapServers(),
                    state.resolve("credentials"));
            started.clear();
            return new DevSystem(instance, kafkaConfig, kafka, nodes);
        } finally {
            started.forEach(DevSystem::closeQuietly);
        }
    }

    /**
     * Starts the Kafka alone that a system left in this directory.
     *
     * @param brokers how many brokers it had
     * @throws CliFailure if it does not start; it says why
     */
    public static DevKafka kafkaOf(StateDirectory state, int brokers, boolean apart) {
        return startKafka(state, new Shape(1, brokers, ANY_PORT, apart, "", List.of()));
    }

    /**
     * Registers devices with a Kafka that runs elsewhere.
     *
     * @throws CliFailure if they cannot be registered; it says why
     */
    public static void register(KafkaConfig config, Map<DeviceId, String> secrets) {
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(config)) {
            registrar.registerWithSecrets(secrets);
        } catch (IllegalStateException e) {
            throw new CliFailure("the devices could not be registered: " + e.getMessage(), e);
        }
    }

    /**
     * Registers devices with a Kafka that runs elsewhere, each with a key that signs its tokens.
     *
     * @throws CliFailure if they cannot be registered; it says why
     */
    public static void register(KafkaConfig config, Collection<DeviceId> devices, DeviceKey key) {
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(config)) {
            registrar.registerWithKey(devices, key);
        } catch (IllegalStateException e) {
            throw new CliFailure("the devices could not be registered: " + e.getMessage(), e);
        }
    }

    private static DevKafka startKafka(StateDirectory state, Shape shape) {
        DevKafka.Builder builder = DevKafka.builder().directory(state.resolve("kafka"));
        try {
            return (shape.apart() ? builder.processes(shape.brokers()) : builder.inProcess()).start();
        } catch (DevKafkaException e) {
            throw new CliFailure("Kafka did not start: " + e.getMessage(), e);
        }
    }

    private static List<NodeConfigFile> nodeConfigs(
            StateDirectory state, Shape shape, String bootstrap, DevAuthority authority) {
        Path directory = state.directory("nodes");
        List<NodeConfigFile> configs = new ArrayList<>();
        for (int number = 1; number <= shape.nodes(); number++) {
            int port = shape.port() == ANY_PORT ? ANY_PORT : shape.port() + number - 1;
            configs.add(NodeConfigFile.write(directory, number, port, bootstrap, shape.brokers(), authority)
                    .with(shape.nodeSettings()));
        }
        return configs;
    }

    private static DevNodes startNodes(StateDirectory state, Shape shape, List<NodeConfigFile> configs) {
        return configs.size() == 1 && !shape.apart()
                ? NodeInProcess.start(configs.get(0))
                : NodeProcesses.start(
                        configs, new NodeProcesses.Command(shape.mainClass(), shape.apart()), state.directory("logs"));
    }

    private static <T> T joined(CompletableFuture<T> work) {
        try {
            return work.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            // Why it is being ended is what the user hears.
        }
    }

    /** Where everything is. */
    public Instance instance() {
        return instance;
    }

    /** What the topics are called. */
    public TopicNames topics() {
        return config.topics();
    }

    /** How the nodes speak to Kafka. */
    public KafkaConfig config() {
        return config;
    }

    /** Where the broker writes its log. */
    Path kafkaLog() {
        return kafka.logFile(1);
    }

    /** The processes of its parts by name; those that run in this process are not among them. */
    public Map<String, ProcessHandle> processes() {
        Map<String, ProcessHandle> processes = new LinkedHashMap<>(nodes.processes());
        List<Integer> brokers = kafka.brokers();
        for (int broker : brokers) {
            kafka.processId(broker)
                    .filter(id -> id != ProcessHandle.current().pid())
                    .flatMap(ProcessHandle::of)
                    .ifPresent(process -> processes.put(brokers.size() == 1 ? "kafka" : "kafka-" + broker, process));
        }
        return processes;
    }

    @Override
    public void kill(Outage.Part part) throws InterruptedException {
        switch (part.role()) {
            case NODE -> nodes.kill(part.number());
            case BROKER -> kafka.kill(part.number());
            case PROCESS -> throw notOfTheSystem(part);
        }
    }

    @Override
    public void pause(Outage.Part part) throws IOException {
        switch (part.role()) {
            case NODE -> halted.put(part, HaltedProcess.halt(pid(part)));
            case BROKER -> kafka.pause(part.number());
            case PROCESS -> throw notOfTheSystem(part);
        }
    }

    private static IllegalArgumentException notOfTheSystem(Outage.Part part) {
        return new IllegalArgumentException(part + " is a part of the fleet, not of the system");
    }

    private long pid(Outage.Part part) {
        ProcessHandle process = nodes.processes().get(part.toString());
        if (process == null) {
            throw new UnsupportedOperationException(part + " runs in the process that would halt it");
        }
        return process.pid();
    }

    @Override
    public void mend(Outage.Part part) throws IOException {
        HaltedProcess found = halted.remove(part);
        if (found != null) {
            found.close();
            return;
        }
        switch (part.role()) {
            case NODE -> nodes.restart(part.number());
            case BROKER -> {
                if (kafka.isRunning(part.number())) {
                    kafka.resume(part.number());
                } else {
                    kafka.start(part.number());
                }
            }
            case PROCESS -> throw notOfTheSystem(part);
        }
    }

    @Override
    public void close() {
        halted.values().forEach(HaltedProcess::close);
        try {
            nodes.close();
        } finally {
            kafka.close();
        }
    }
}
