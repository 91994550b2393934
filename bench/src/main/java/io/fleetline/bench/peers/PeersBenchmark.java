package io.fleetline.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.device.CountingProxy;
import io.fleetline.bench.machine.ProcessMemory;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.Side;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A node beside mosquitto, HiveMQ and nats-server: memory of a connection, CPU of a message, connects, bytes on the wire. */
public final class PeersBenchmark implements Benchmark {
    private static final String OURS = "fleetline";
    private static final String ALONE = "CPU per message, one in flight";
    private static final String PIPELINED = "CPU per message, many in flight";
    private static final String MEMORY = "memory per idle connection";
    private static final String CONNECTS = "connects/s";
    private static final String WIRE = "bytes on the wire per message";
    private static final int BUSY = 50;
    private static final int TOGETHER = 8;
    private static final int IN_FLIGHT = 32;
    private static final int MESSAGE_BYTES = 100;

    /** The client's options: the curve is the same for all, and it is not the server that chooses. */
    private static final String CURVE = "-Djdk.tls.namedGroups=secp256r1";

    /** For {@code Benchmarks}. */
    public PeersBenchmark() {}

    @Override
    public String name() {
        return "peers";
    }

    @Override
    public String summary() {
        return "a node beside mosquitto, HiveMQ and nats-server over wss: memory, CPU per message, connects/s, bytes"
                + " on the wire";
    }

    private record Plan(int connections, Schedule schedule) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK -> new Plan(200, new Schedule(Duration.ofMillis(1_500), 1, Duration.ofMillis(1_000)));
                case FULL -> new Plan(1_000, new Schedule(Duration.ofSeconds(20), 3, Duration.ofSeconds(5)));
            };
        }
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        Map<Peer, Path> installed = new EnumMap<>(Peer.class);
        for (Peer peer : Peer.values()) {
            peer.installed().ifPresent(path -> installed.put(peer, path));
        }
        if (installed.isEmpty()) {
            throw new UnsupportedOperationException("none of those that a node is set beside is installed; "
                    + Stream.of(Peer.values())
                            .map(peer -> peer.program() + ": " + peer.howToInstall())
                            .collect(Collectors.joining("; ")));
        }
        List<PeerServer> servers = new ArrayList<>();
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            for (Map.Entry<Peer, Path> each : installed.entrySet()) {
                progress.say("starting " + each.getKey().program());
                servers.add(PeerServer.start(each.getKey(), each.getValue(), workspace.directory(), stage));
            }
            return measure(plan, stage, servers, progress);
        } finally {
            servers.forEach(PeerServer::close);
        }
    }

    private static Measurement measure(Plan plan, Stage stage, List<PeerServer> servers, Progress progress)
            throws Exception {
        Stage.Node node = stage.node(
                "node",
                NodeOptions.DEFAULTS.withRecords(OURS, "CBOR", "COMPACT").withDevices(plan.connections() + BUSY + 1));
        List<PeerSide> sides = new ArrayList<>();
        sides.add(new PeerSide(OURS, "fleetline", node.url(), node.process().pid(), true, stage));
        for (PeerServer server : servers) {
            server.await();
            Peer peer = server.peer();
            sides.add(new PeerSide(peer.program(), peer.dialect(), server.url(), server.pid(), peer.isJava(), stage));
        }
        Map<String, List<Series>> once = new LinkedHashMap<>();
        for (PeerSide side : sides) {
            List<Series> series = side.once(plan.connections(), node.answer().path("devices"));
            once.put(side.name(), series);
            progress.say(side.name() + ": "
                    + series.stream()
                            .map(one -> one.metric() + " "
                                    + Numbers.text(one.samples().median()) + " " + one.unit())
                            .collect(Collectors.joining(", ")));
        }
        List<SideResult> results = new Alternation(sides, plan.schedule(), progress)
                .run().stream()
                        .map(result -> new SideResult(
                                result.side(),
                                Stream.concat(
                                                once.getOrDefault(result.side(), List.of()).stream(),
                                                result.series().stream())
                                        .toList()))
                        .toList();
        return new Measurement(parameters(plan, servers), results, figures(results), REMARKS);
    }

    /** One server with its clients. */
    private static final class PeerSide implements Side {
        private final Procfs procfs = Procfs.ofThisMachine();
        private final String name;
        private final String dialect;
        private final String url;
        private final long pid;
        private final boolean java;
        private final Stage stage;
        private final ChildJvm load;

        PeerSide(String name, String dialect, String url, long pid, boolean java, Stage stage) throws Exception {
            this.name = name;
            this.dialect = dialect;
            this.url = url;
            this.pid = pid;
            this.java = java;
            this.stage = stage;
            this.load = stage.side(name + "-load", PeerLoadRole.class, CURVE);
        }

        @Override
        public String name() {
            return name;
        }

        /** What is measured while the connections come, and by one more that goes through a proxy that counts. */
        List<Series> once(int connections, JsonNode devices) throws Exception {
            connect(load, url, devices, 0, BUSY);
            long before = bytes();
            JsonNode connected = connect(load, url, devices, BUSY, connections);
            long after = bytes();
            double wire;
            try (CountingProxy proxy = new CountingProxy(URI.create(url));
                    ChildJvm one = stage.side(name + "-wire", PeerLoadRole.class, CURVE)) {
                connect(one, proxy.url().toString(), devices, BUSY + connections, 1);
                long carried = proxy.bytes();
                JsonNode ran = one.ask("run", Map.of("millis", 500, "connections", 1, "inFlight", 1), Stage.PATIENCE);
                wire = (double) (proxy.bytes() - carried) / ran.path("messages").asLong();
            }
            return List.of(
                    new Series(MEMORY, "B", Samples.of((double) (after - before) / connections)),
                    new Series(
                            CONNECTS,
                            "1/s",
                            Samples.of(
                                    connections * 1e9 / connected.path("nanos").asLong())),
                    new Series(WIRE, "B", Samples.of(wire)));
        }

        private long bytes() throws Exception {
            if (!java) {
                return ProcessMemory.resident(pid);
            }
            ProcessMemory.liveHeap(pid); // what a first collection lets go of is gone after a second one
            return ProcessMemory.liveHeap(pid);
        }

        private JsonNode connect(ChildJvm client, String to, JsonNode devices, int from, int count) throws Exception {
            List<Object> some = new ArrayList<>();
            IntStream.range(from, from + count).forEach(i -> some.add(devices.path(i)));
            return client.ask(
                    "connect",
                    Map.of(
                            "url", to,
                            "trust", stage.trust().toString(),
                            "dialect", dialect,
                            "devices", some,
                            "together", TOGETHER),
                    Stage.PATIENCE);
        }

        @Override
        public List<Reading> run(Duration segment) throws Exception {
            List<Reading> readings = new ArrayList<>();
            readings.addAll(run(segment.dividedBy(2), 1, ALONE, "messages/s, one in flight"));
            readings.addAll(run(segment.dividedBy(2), IN_FLIGHT, PIPELINED, "messages/s, many in flight"));
            return readings;
        }

        private List<Reading> run(Duration time, int inFlight, String cpu, String rate) throws Exception {
            Duration before = procfs.ofProcess(pid);
            JsonNode ran = load.ask(
                    "run",
                    Map.of("millis", time.toMillis(), "connections", BUSY, "inFlight", inFlight),
                    Stage.PATIENCE);
            Duration spent = procfs.ofProcess(pid).minus(before);
            long messages = ran.path("messages").asLong();
            return List.of(
                    new Reading(cpu, "µs", spent.toNanos() / 1e3 / messages),
                    new Reading(rate, "1/s", messages * 1e9 / ran.path("nanos").asLong()));
        }
    }

    private static Map<String, String> parameters(Plan plan, List<PeerServer> servers) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "load",
                BUSY + " connections publish " + MESSAGE_BYTES + " B, 1 and " + IN_FLIGHT + " in flight each; "
                        + plan.connections() + " more are idle");
        parameters.put(
                "link",
                "wss on loopback, TLS 1.3, TLS_AES_128_GCM_SHA256, P-256, full handshakes, no client certificate");
        parameters.put("connects", TOGETHER + " at a time, by one client process on the same machine");
        parameters.put("jvm", "of the node and of HiveMQ: " + String.join(" ", Stage.SIDE_JVM));
        for (Peer peer : Peer.values()) {
            if (servers.stream().noneMatch(server -> server.peer() == peer)) {
                parameters.put(peer.program(), "not installed (" + peer.howToInstall() + ")");
            }
        }
        parameters.put("schedule", plan.schedule().text());
        return parameters;
    }

    private static List<Figure> figures(List<SideResult> results) {
        List<Figure> figures = new ArrayList<>();
        SideResult ours = results.get(0);
        for (SideResult other : results.subList(1, results.size())) {
            for (String metric : List.of(MEMORY, ALONE, PIPELINED, CONNECTS, WIRE)) {
                Samples mine = ours.samples(metric);
                Samples theirs = other.samples(metric);
                // Ours was measured once more, at the end; what was measured once is set beside the same.
                figures.add(new Figure(
                        metric + " ÷ " + other.side(),
                        String.format(Locale.ROOT, "%s ÷ %s", ours.side(), other.side()),
                        "ratio",
                        mine.median() / theirs.median(),
                        mine.values().size() == theirs.values().size()
                                ? Samples.of(mine.median() / theirs.median())
                                : theirs.against(mine, (their, my) -> my / their),
                        Optional.empty()));
            }
        }
        return figures;
    }

    private static final List<String> REMARKS = List.of(
            "Fleetline authenticates each device, and stores each message in Kafka with acks=all before it"
                    + " acknowledges; Kafka's CPU is not in the node's. The others let anybody in and keep nothing, since"
                    + " nobody subscribes: mosquitto and HiveMQ acknowledge QoS 1, nats-server answers +OK.",
            "Memory: of the node and of HiveMQ what lives on the heap after a full collection, without what they keep"
                    + " outside it; of the others the resident set.",
            "Fleetline's clients give a sign of life every 20 s, the idle ones too, which is in its node's CPU; the"
                    + " others are let be for longer than this takes.",
            "Bytes on the wire are of one message alone and its acknowledgement, both directions, TLS included, TCP"
                    + " and IP not.");
}
