package io.fleetline.bench.ingest;

import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.load.Load;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** P3: what a node makes of events that come alone, beside a bare server that stores nothing and sends each of them back. */
public final class SingleEventBenchmark implements Benchmark {
    private static final Target P3 = Target.atLeast(0.9, 1.3);

    /** What a device may have in flight: one that awaits each receipt, and one that goes on publishing meanwhile. */
    private static final List<Integer> WINDOWS = List.of(1, 16);

    /** For {@code Benchmarks}. */
    public SingleEventBenchmark() {}

    @Override
    public String name() {
        return "p3";
    }

    @Override
    public String summary() {
        return "events that a node stores and acknowledges over wss, each in a frame of its own ÷ what a bare Jetty"
                + " server echoes";
    }

    /**
     * How much is done.
     *
     * @param devices how many are connected to each side
     */
    private record Plan(int devices, Schedule schedule) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK -> new Plan(80, new Schedule(Duration.ofSeconds(1), 1, Duration.ofSeconds(1)));
                case FULL -> new Plan(1_000, new Schedule(Duration.ofSeconds(25), 4, Duration.ofSeconds(6)));
            };
        }
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node("node", NodeOptions.DEFAULTS.withDevices(plan.devices()));
            Stage.Bare bare = stage.bare("bare", List.of());
            Load devices = Load.connect(stage, "load", node, node.devices(), 1);
            Load clients = Load.connect(stage, "bare-load", bare, node.devices(), 1);
            Procfs procfs = Procfs.ofThisMachine();
            List<LoadSide> sides = new ArrayList<>();
            for (int window : WINDOWS) {
                sides.add(LoadSide.of("bare, " + inFlight(window), procfs, bare, clients, window));
                sides.add(LoadSide.of(stage, "fleetline, " + inFlight(window), procfs, node, devices, window));
            }
            List<SideResult> results = new Alternation(sides, plan.schedule(), progress).run();
            return new Measurement(parameters(plan, node, devices, clients), results, figures(results), remarks());
        }
    }

    private static Map<String, String> parameters(Plan plan, Stage.Node node, Load devices, Load clients) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "load",
                plan.devices() + " devices and as many clients of the bare server, each connection with "
                        + WINDOWS.get(0)
                        + " or " + WINDOWS.get(1) + " frames in flight, each with one event of " + Load.BODY_BYTES
                        + " B");
        parameters.put("tls", "node " + devices.tls() + "; bare " + clients.tls() + "; all before the runs");
        parameters.put("bare", "Jetty of the same version, its public API, one demand for each message");
        parameters.put("limits", "rates per device and limits per address are off");
        parameters.put("topic", node.partitions() + " partitions, one replica");
        parameters.put("jvm", Stage.JVM);
        parameters.put("schedule", plan.schedule().text());
        return parameters;
    }

    private static List<Figure> figures(List<SideResult> sides) {
        return new Pairs(WINDOWS.stream().map(SingleEventBenchmark::inFlight).toList(), sides)
                .figures(
                        "P3",
                        "fleetline acks of stored events/s ÷ bare echoes/s",
                        P3,
                        Rates.RATE,
                        LoadSide.CPU,
                        "µs/event");
    }

    private static String inFlight(int window) {
        return window + " in flight";
    }

    private static List<String> remarks() {
        return List.of(
                "Both sides get the same bytes from the same program over the same TLS; the bare server sends them"
                        + " back, the node stores them in Kafka first, whose broker takes its part of this machine's CPU"
                        + " too.",
                "One broker with one replica that does not fsync: storing is one append to the page cache.",
                "With more than one frame in flight an ack may stand for several; an echo never does.");
    }
}
