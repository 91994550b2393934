package io.fleetline.bench.connection;

import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import io.fleetline.bench.wss.Resumption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** P4: what an idle connection keeps on the heap, beside one of a bare server. */
public final class HeapBenchmark implements Benchmark {
    /** Where object headers can be made compact, as an option that is no experiment. */
    private static final int COMPACT_HEADERS_SINCE = 25;

    private static final double GOAL_KIB = 8;
    private static final double FIRST_WITH_COMPACT_HEADERS_KIB = 13;
    private static final double FIRST_BEYOND_BARE_KIB = 2;

    /** For {@code Benchmarks}. */
    public HeapBenchmark() {}

    @Override
    public String name() {
        return "p4";
    }

    @Override
    public String summary() {
        return "live heap for each idle, authenticated wss connection, beside a bare Jetty server's";
    }

    /**
     * How much is done.
     *
     * @param step how many connections each run adds to its side
     */
    private record Plan(int step, Schedule schedule) {
        static Plan of(Effort effort) {
            // Runs take as long as it takes to connect so many: the schedule's times are none.
            return switch (effort) {
                case QUICK -> new Plan(140, new Schedule(Duration.ofMillis(1), 1, Duration.ofMillis(1)));
                case FULL -> new Plan(1_500, new Schedule(Duration.ofMillis(1), 4, Duration.ofMillis(1)));
            };
        }

        /** The first side runs once more than there are rounds, and each is warmed up by a run of its own. */
        int most() {
            return step * (schedule.rounds() + 2);
        }
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        List<String> jvm = jvm();
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node(
                    "node", NodeOptions.DEFAULTS.withDevices(plan.most()).withJvm(jvm));
            Stage.Bare bare = stage.bare("bare", jvm);
            ChildJvm clients = stage.side("clients", CrowdRole.class);
            List<GrowingSide> sides = List.of(
                    new GrowingSide(
                            "bare",
                            bare.process(),
                            Guests.of(stage, clients, "bare", bare, node.devices(), Resumption.NEVER),
                            plan.step()),
                    new GrowingSide(
                            "fleetline",
                            node.process(),
                            Guests.of(stage, clients, "node", node, node.devices(), Resumption.NEVER),
                            plan.step()));
            List<SideResult> results = new Alternation(sides, plan.schedule(), progress).run();
            return new Measurement(parameters(plan, jvm), results, figures(results, jvm), remarks());
        }
    }

    private static List<String> jvm() {
        return Runtime.version().feature() >= COMPACT_HEADERS_SINCE
                ? List.of("-XX:+UseCompactObjectHeaders")
                : List.of();
    }

    private static Map<String, String> parameters(Plan plan, List<String> jvm) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "connections",
                plan.step() + " more with each run, after a first run that does not count; to the node up to "
                        + (plan.step() * (plan.schedule().rounds() + 1)) + ", to the bare server up to " + plan.most());
        parameters.put("tls", "TLS 1.3, P-256 certificate, full handshakes");
        parameters.put("devices", "said hello and were welcomed; a heartbeat every 25 s, nothing else");
        parameters.put("jvm", Stage.JVM + (jvm.isEmpty() ? "" : "; servers also " + String.join(" ", jvm)));
        parameters.put("schedule", plan.schedule().rounds() + " rounds");
        return parameters;
    }

    private static List<Figure> figures(List<SideResult> sides, List<String> jvm) {
        SideResult bare = sides.get(0);
        SideResult node = sides.get(1);
        double first = jvm.isEmpty()
                ? bare.samples(GrowingSide.HEAP).median() + FIRST_BEYOND_BARE_KIB
                : FIRST_WITH_COMPACT_HEADERS_KIB;
        return List.of(
                Figure.absolute(
                        "P4",
                        "live heap of the node for each connection",
                        "KiB",
                        node.samples(GrowingSide.HEAP),
                        Optional.of(Target.atMost(Math.max(first, GOAL_KIB), GOAL_KIB))),
                Figure.difference(
                        "beyond bare",
                        "the node's − the bare server's",
                        "KiB",
                        node.samples(GrowingSide.HEAP),
                        bare.samples(GrowingSide.HEAP),
                        Optional.empty()));
    }

    private static List<String> remarks() {
        return List.of(
                "Live is what full collections leave (jcmd GC.run, GC.heap_info), the less of two; a connection's share is what a run"
                        + " adds, divided by its connections.",
                "The first target is 2 KiB beyond the bare server's of the same run, and 13 KiB where headers are compact.",
                "Devices are registered before the first run: what the registry keeps of each is not in it.");
    }
}
