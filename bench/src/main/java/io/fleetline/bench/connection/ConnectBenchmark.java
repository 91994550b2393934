package io.fleetline.bench.connection;

import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Pairs;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import io.fleetline.bench.wss.Resumption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** P7: how many devices a second connect and are known, beside clients of a bare server that asks nobody who they are. */
public final class ConnectBenchmark implements Benchmark {
    private static final Target P7 = Target.atLeast(0.8, 1.0);
    private static final int DEVICES = 1_000;
    /** Each makes two sides. */
    private static final List<Resumption> HANDSHAKES = List.of(Resumption.NEVER, Resumption.ALWAYS);

    /** For {@code Benchmarks}. */
    public ConnectBenchmark() {}

    @Override
    public String name() {
        return "p7";
    }

    @Override
    public String summary() {
        return "devices that connect over wss, authenticate and are welcomed ÷ connects of a bare Jetty server, per"
                + " second";
    }

    static Schedule schedule(Effort effort) {
        return switch (effort) {
            case QUICK -> new Schedule(Duration.ofSeconds(2), 1, Duration.ofSeconds(3));
            // With 20 s of warm-up all sides still became faster to the end, by half.
            case FULL -> new Schedule(Duration.ofSeconds(45), 3, Duration.ofSeconds(6));
        };
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Schedule schedule = schedule(effort);
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node("node", NodeOptions.DEFAULTS.withDevices(DEVICES));
            Stage.Bare bare = stage.bare("bare", List.of());
            ChildJvm clients = stage.side("clients", CrowdRole.class);
            Procfs procfs = Procfs.ofThisMachine();
            List<VisitSide> sides = new ArrayList<>();
            for (Resumption resumption : HANDSHAKES) {
                String handshakes = handshakes(resumption);
                sides.add(new VisitSide(
                        "bare, " + handshakes,
                        procfs,
                        bare.process(),
                        Guests.of(stage, clients, "bare " + resumption, bare, node.devices(), resumption)));
                sides.add(new VisitSide(
                        "fleetline, " + handshakes,
                        procfs,
                        node.process(),
                        Guests.of(stage, clients, "node " + resumption, node, node.devices(), resumption)));
            }
            List<SideResult> results = new Alternation(sides, schedule, progress).run();
            return new Measurement(parameters(schedule), results, figures(results), remarks());
        }
    }

    private static String handshakes(Resumption resumption) {
        return switch (resumption) {
            case NEVER -> "full";
            case ALWAYS -> "resumed";
        };
    }

    private static Map<String, String> parameters(Schedule schedule) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "clients",
                DEVICES + " devices in turn, " + Guests.AT_ONCE
                        + " at a time, one process for all sides; each leaves when it"
                        + " is welcomed, and the next one comes when it is gone");
        parameters.put(
                "tls",
                "TLS 1.3, P-256 certificate; full: each handshake with certificate and signature; resumed: see the"
                        + " part");
        parameters.put(
                "credential", "a secret for each device, checked before the upgrade; the bare server asks for none");
        parameters.put("limits", "of addresses, rates and connects are off");
        parameters.put("jvm", Stage.JVM);
        parameters.put("schedule", schedule.text());
        return parameters;
    }

    private static List<Figure> figures(List<SideResult> sides) {
        return new Pairs(HANDSHAKES.stream().map(ConnectBenchmark::handshakes).toList(), sides)
                .figures(
                        "P7",
                        "fleetline connects/s ÷ bare connects/s",
                        P7,
                        VisitSide.RATE,
                        VisitSide.CPU,
                        "µs/connect");
    }

    private static List<String> remarks() {
        return List.of(
                "A device counts when it is gone again: TCP, TLS, upgrade, credential, hello, welcome and closing are"
                        + " in it; for the bare server all but credential, hello and welcome.",
                "Clients and server share this machine, and a client's handshake costs it more than the server's the"
                        + " server.");
    }
}
