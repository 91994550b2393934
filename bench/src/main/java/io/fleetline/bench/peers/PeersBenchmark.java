package io.fleetline.bench.peers;

import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
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
import java.util.stream.Stream;

/** A node beside mosquitto, HiveMQ and nats-server: memory of a connection, CPU of a message, connects, bytes on the wire. */
public final class PeersBenchmark implements Benchmark {
    private static final String OURS = "fleetline";
    /** How many are on their way at a time while connects are counted. */
    static final int TOGETHER = 8;

    static final int IN_FLIGHT = 32;
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

    /**
     * What to do.
     *
     * @param crowd how many of which kind connect
     * @param first how long each server has the loads on before its memory is looked at
     */
    private record Plan(PeerSide.Crowd crowd, Duration first, Schedule schedule) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK ->
                    new Plan(
                            new PeerSide.Crowd(10, 30, 16),
                            Duration.ofMillis(300),
                            new Schedule(Duration.ofMillis(300), 1, Duration.ofMillis(900)));
                case FULL ->
                    new Plan(
                            new PeerSide.Crowd(50, 1_000, 200),
                            Duration.ofSeconds(6),
                            new Schedule(Duration.ofSeconds(15), 3, Duration.ofMillis(7_500)));
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
                NodeOptions.DEFAULTS
                        .withRecords(OURS, "CBOR", "COMPACT")
                        .withJvm(Peer.TOUCHED)
                        .withDevices(plan.crowd().count() + 1));
        ChildJvm clients = stage.side("clients", PeerLoadRole.class, CURVE);
        PeerSide.Common common = new PeerSide.Common(
                stage, clients, Procfs.ofThisMachine(), node.answer().path("devices"), plan.crowd());
        List<PeerSide> sides = new ArrayList<>();
        sides.add(new PeerSide(OURS, "fleetline", node.url(), node.process().pid(), true, common));
        for (PeerServer server : servers) {
            server.await();
            Peer peer = server.peer();
            sides.add(new PeerSide(peer.program(), peer.dialect(), server.url(), server.pid(), peer.isJava(), common));
        }
        Map<String, List<Series>> once = new LinkedHashMap<>();
        for (PeerSide side : sides) {
            List<Series> series = side.once(plan.first());
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
        return new Measurement(parameters(plan, node, sides, servers), results, figures(results), REMARKS);
    }

    private static Map<String, String> parameters(
            Plan plan, Stage.Node node, List<PeerSide> sides, List<PeerServer> servers) throws Exception {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "load",
                plan.crowd().busy() + " connections publish " + MESSAGE_BYTES + " B, 1 and " + IN_FLIGHT
                        + " in flight each; " + plan.crowd().idle() + " more are idle; all clients in one process");
        parameters.put(
                "offered",
                "wss on loopback; by the clients TLS 1.3, TLS_AES_128_GCM_SHA256 and secp256r1 and nothing else, no client"
                        + " certificate; by the servers one certificate of P-256");
        for (PeerSide side : sides) {
            parameters.put("TLS with " + side.name(), side.tls());
        }
        parameters.put(
                "connects",
                plan.crowd().visitors() + " clients in turn, " + TOGETHER
                        + " at a time, each of which leaves when it is let in, and the next one comes when it is gone");
        parameters.put(
                "before memory is looked at",
                plan.first().toMillis() + " ms of all three loads at each server, so that heaps have been touched");
        parameters.put("node", "as it comes, but: " + String.join(", ", node.differences()));
        parameters.put("jvm", "of the node and of HiveMQ: " + String.join(" ", Peer.JVM));
        for (Peer peer : Peer.values()) {
            if (servers.stream().noneMatch(server -> server.peer() == peer)) {
                parameters.put(peer.program(), "not installed (" + peer.howToInstall() + ")");
            }
        }
        parameters.put("schedule", plan.schedule().text() + ", a third of it for each of the loads");
        return parameters;
    }

    private static List<Figure> figures(List<SideResult> results) {
        List<Figure> figures = new ArrayList<>();
        SideResult ours = results.get(0);
        for (SideResult other : results.subList(1, results.size())) {
            for (String metric : PeerSide.COMPARED) {
                Samples mine = ours.samples(metric);
                Samples theirs = other.samples(metric);
                if (theirs.min() <= 0) {
                    continue; // with few connections a JVM may hold less afterwards than before
                }
                figures.add(new Figure(
                        metric + " ÷ " + other.side(),
                        String.format(Locale.ROOT, "%s ÷ %s", ours.side(), other.side()),
                        "ratio",
                        mine.median() / theirs.median(),
                        theirs.against(mine, (their, my) -> my / their), // ours was measured once more, at the end
                        Optional.empty()));
            }
        }
        return figures;
    }

    private static final List<String> REMARKS = List.of(
            "Fleetline authenticates each device, and stores each message in Kafka with acks=all before it"
                    + " acknowledges; Kafka's CPU is not in the node's. The others let anybody in and keep nothing, since"
                    + " nobody subscribes: mosquitto and HiveMQ acknowledge QoS 1, nats-server answers +OK.",
            "Memory is what the idle connections added, divided by their number: to the resident set of mosquitto and"
                    + " nats-server; to the live heap of the node and of HiveMQ, after full collections, and to their resident"
                    + " sets, which grow by what lies outside the heap, for that was touched as a whole when they started.",
            "Fleetline's clients give a sign of life every 20 s, the idle ones too, which is in its node's CPU; the"
                    + " others are let be for longer than this takes.",
            "Bytes on the wire are of one message alone and its acknowledgement, both directions, TLS included, TCP"
                    + " and IP not.");
}
