package io.fleetline.system.faults;

import io.fleetline.cli.Fleetline;
import io.fleetline.devkafka.DevKafka;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.protocol.DeviceId;
import io.fleetline.testkit.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/** One run: nodes and devices are started, struck by a script, put right, and left to come to rest. */
final class FaultyRun implements AutoCloseable {
    static final int DEVICE_PROCESSES = 5;
    static final int DEVICES_EACH = 10;
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    /** Brokers may just have been started again. */
    private static final Duration SETUP_PATIENCE = Duration.ofMinutes(2);

    private static final Duration REST_PATIENCE = Duration.ofMinutes(4);

    private final DevKafka kafka;
    private final List<TcpProxy> waysToKafka;
    private final Path directory;
    private final KafkaConfig config;
    private final FaultScript script;
    private final List<TcpProxy> waysToNodes = new ArrayList<>();
    private final List<Path> nodeFiles = new ArrayList<>();
    private final ChildProcess[] nodes = new ChildProcess[FaultScript.NODES];
    private final List<DeviceProcess> devices = new ArrayList<>();
    private final Map<String, Object> targets = new ConcurrentHashMap<>();
    private final ExecutorService beside = Executors.newCachedThreadPool();

    FaultyRun(long seed, DevKafka kafka, List<TcpProxy> waysToKafka, String detour, Path directory)
            throws IOException, InterruptedException {
        this.kafka = kafka;
        this.waysToKafka = waysToKafka;
        this.directory = Files.createDirectories(directory);
        this.script = FaultScript.of(new Random(seed), DEVICE_PROCESSES);
        this.config = config(kafka, "seed-" + seed + ".");
        Map<DeviceId, String> secrets = register(config);
        for (int node = 0; node < FaultScript.NODES; node++) {
            int port = RealFaultsTest.freePort();
            waysToNodes.add(TcpProxy.open().to(port));
            nodeFiles.add(writeNode(node, port, node == 0 ? detour : kafka.bootstrapServers()));
        }
        for (int process = 0; process < DEVICE_PROCESSES; process++) {
            int first = process * DEVICES_EACH;
            List<DeviceId> ids = new ArrayList<>(secrets.keySet()).subList(first, first + DEVICES_EACH);
            // Half of them have their home on one node, half on the other; each knows both.
            List<String> endpoints = new ArrayList<>();
            for (int node = 0; node < FaultScript.NODES; node++) {
                endpoints.add("ws://127.0.0.1:"
                        + waysToNodes.get((process + node) % FaultScript.NODES).port() + "/connect");
            }
            devices.add(new DeviceProcess(process, this.directory, ids, secrets, endpoints));
        }
        List<Future<?>> starts = new ArrayList<>();
        for (int i = 0; i < FaultScript.NODES; i++) {
            int node = i;
            starts.add(meanwhile(() -> startNode(node)));
        }
        for (DeviceProcess process : devices) {
            starts.add(meanwhile(process::start));
        }
        try {
            awaitAll(starts);
        } catch (InterruptedException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Something that takes time and may fail. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private Future<?> meanwhile(Work work) {
        return beside.submit(() -> {
            work.run();
            return null;
        });
    }

    private void awaitAll(List<Future<?>> works) throws InterruptedException {
        for (Future<?> work : works) {
            try {
                work.get();
            } catch (ExecutionException e) {
                throw new AssertionError("the script " + script + " could not be played", e.getCause());
            }
        }
    }

    private static KafkaConfig config(DevKafka kafka, String prefix) {
        return KafkaConfig.DEFAULTS
                .withBootstrapServers(kafka.bootstrapServers())
                .withPartitions(6)
                .withTopics(new TopicNames(
                        prefix + "events",
                        prefix + "dead-letters",
                        prefix + "commands",
                        prefix + "command-updates",
                        prefix + "devices",
                        prefix + "tenants",
                        prefix + "audit"));
    }

    private static Map<DeviceId, String> register(KafkaConfig config) {
        List<DeviceId> ids = IntStream.range(0, DEVICE_PROCESSES * DEVICES_EACH)
                .mapToObj(i -> new DeviceId("faults", "device-" + i))
                .toList();
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(config.withDeliveryTimeout(SETUP_PATIENCE))) {
            return registrar.register(ids);
        }
    }

    /** A heartbeat so short that half-open connections are found out within the run. */
    private Path writeNode(int node, int port, String bootstrap) throws IOException {
        TopicNames topics = config.topics();
        return Files.writeString(directory.resolve("node-" + node + ".yaml"), """
                node: node-%d
                listener:
                  host: 127.0.0.1
                  port: %d
                  connectionsPerSource: 0
                  acceptsPerSecond: 0
                  badCredentialsPerDevice: 0
                  badCredentialsPerSource: 0
                  connectsPerDevice: 0
                limits:
                  heartbeat: 3s
                  eventsPerSecond: 0
                  bytesPerSecond: 0
                kafka:
                  bootstrapServers: "%s"
                  partitions: %d
                  deliveryTimeout: 15s
                  topics:
                    events: "%s"
                    deadLetters: "%s"
                    commands: "%s"
                    commandUpdates: "%s"
                    devices: "%s"
                    tenants: "%s"
                    audit: "%s"
                budgetBytes: 16MiB
                drainTime: 500ms
                """.formatted(
                        node,
                        port,
                        bootstrap,
                        config.partitions(),
                        topics.events(),
                        topics.deadLetters(),
                        topics.commands(),
                        topics.commandUpdates(),
                        topics.devices(),
                        topics.tenants(),
                        topics.audit()));
    }

    /** As a supervisor does: what does not come up, for Kafka is away, is started again. */
    private void startNode(int node) throws InterruptedException {
        long endNanos = System.nanoTime() + START_PATIENCE.toNanos();
        Path log = directory.resolve("node-" + node + ".log");
        while (true) {
            ChildProcess started = ChildProcess.start(
                    "node-" + node,
                    log,
                    Fleetline.class.getName(),
                    List.of("-Xmx256m"),
                    "server",
                    "--config",
                    nodeFiles.get(node).toString(),
                    "--until-eof");
            nodes[node] = started;
            if (started.says("ready", START_PATIENCE)) {
                return;
            }
            if (System.nanoTime() > endNanos) {
                throw new AssertionError("node " + node + " does not start; see " + log);
            }
        }
    }

    /** Plays the script, puts everything right, and waits until all is at rest. */
    void play() throws InterruptedException {
        long beganNanos = System.nanoTime();
        List<Future<?>> lasting = new ArrayList<>();
        for (FaultScript.Fault fault : script.faults()) {
            Patience.elapse(fault.at().minusNanos(System.nanoTime() - beganNanos));
            lasting.add(meanwhile(() -> strike(fault)));
        }
        Patience.elapse(FaultScript.RUN.minusNanos(System.nanoTime() - beganNanos));
        awaitAll(lasting);
        devices.forEach(DeviceProcess::stop);
        for (DeviceProcess process : devices) {
            process.awaitQuiet(REST_PATIENCE);
        }
    }

    /** One fault of a target after the other: on a busy machine putting one right may take until after the next was due. */
    private void strike(FaultScript.Fault fault) throws InterruptedException, IOException {
        synchronized (targets.computeIfAbsent(target(fault), target -> new Object())) {
            strikeAlone(fault);
        }
    }

    private static String target(FaultScript.Fault fault) {
        return switch (fault.kind()) {
            case KILL_DEVICES -> "devices " + fault.which();
            case KILL_NODE, HALT_NODE -> "node " + fault.which();
            case KILL_BROKER -> "brokers";
            case CUT_KAFKA -> "ways to Kafka";
            case HALF_OPEN -> "way to node " + fault.which();
        };
    }

    private void strikeAlone(FaultScript.Fault fault) throws InterruptedException, IOException {
        int which = fault.which();
        switch (fault.kind()) {
            case KILL_DEVICES -> {
                devices.get(which).kill();
                Patience.elapse(fault.lasts());
                devices.get(which).start();
            }
            case KILL_NODE -> {
                nodes[which].kill();
                Patience.elapse(fault.lasts());
                startNode(which);
            }
            case KILL_BROKER -> {
                kafka.kill(which + 1);
                Patience.elapse(fault.lasts());
                kafka.start(which + 1);
            }
            case HALT_NODE -> {
                nodes[which].halt();
                Patience.elapse(fault.lasts());
                nodes[which].goOn();
            }
            case CUT_KAFKA -> {
                waysToKafka.forEach(TcpProxy::cut);
                Patience.elapse(fault.lasts());
                waysToKafka.forEach(TcpProxy::mend);
            }
            case HALF_OPEN -> waysToNodes.get(which).leaveHalfOpen();
        }
    }

    /** Compares what lies in Kafka with what the devices noted down; says in a sentence what was there. */
    String judge() throws IOException {
        Path journal = directory.resolve("journal");
        DeviceProcess.merge(devices, journal);
        return new Judgement(kafka.bootstrapServers(), config.topics().events(), journal).pass(script);
    }

    /** Removes its topics, so that the brokers carry no more with each run. */
    void forget() throws InterruptedException, ExecutionException {
        TopicNames topics = config.topics();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(
                            topics.events(),
                            topics.deadLetters(),
                            topics.commands(),
                            topics.commandUpdates(),
                            topics.devices(),
                            topics.tenants(),
                            topics.audit()))
                    .all()
                    .get();
        }
    }

    @Override
    public void close() {
        beside.shutdownNow();
        devices.forEach(DeviceProcess::close);
        for (ChildProcess node : nodes) {
            if (node != null) {
                node.close();
            }
        }
        waysToNodes.forEach(TcpProxy::close);
    }
}
