package io.fleetline.bench.connection;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.load.Load;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import io.fleetline.bench.wss.Resumption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Thousands of devices that connect at once, and what those that are connected feel of it. */
public final class ArrivalBenchmark implements Benchmark {
    private static final int PUBLISHERS = 50;
    private static final double FRAMES_PER_SECOND = 500;

    /** For {@code Benchmarks}. */
    public ArrivalBenchmark() {}

    @Override
    public String name() {
        return "arrivals";
    }

    @Override
    public String summary() {
        return "many devices that connect at once: how fast, at what CPU, and what devices that publish meanwhile feel of it";
    }

    /**
     * How much is done.
     *
     * @param arriving how many connect at once
     */
    private record Plan(int arriving, Schedule schedule) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK -> new Plan(300, new Schedule(Duration.ofSeconds(1), 1, Duration.ofSeconds(3)));
                case FULL -> new Plan(5_000, new Schedule(Duration.ZERO, 2, Duration.ofSeconds(8)));
            };
        }
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node(
                    "node",
                    NodeOptions.DEFAULTS
                            .withDevices(PUBLISHERS + plan.arriving())
                            .withAdmission());
            Stage.Bare bare = stage.bare("bare", List.of());
            List<JsonNode> devices = node.devices();
            List<JsonNode> arriving = devices.subList(PUBLISHERS, devices.size());
            Load publishers = Load.connect(stage, "publishers", node, devices.subList(0, PUBLISHERS), 1);
            ChildJvm clients = stage.elsewhere("clients", CrowdRole.class);
            Procfs procfs = Procfs.ofThisMachine();
            List<ArrivalSide> sides = List.of(
                    new ArrivalSide(
                            "to a bare server",
                            procfs,
                            publishers,
                            FRAMES_PER_SECOND,
                            bare.process(),
                            Guests.of(stage, clients, "bare", bare, arriving, Resumption.NEVER),
                            plan.arriving()),
                    new ArrivalSide(
                            "to the node",
                            procfs,
                            publishers,
                            FRAMES_PER_SECOND,
                            node.process(),
                            Guests.of(stage, clients, "node", node, arriving, Resumption.NEVER),
                            plan.arriving()));
            List<SideResult> results = new Alternation(sides, plan.schedule(), progress).run();
            return new Measurement(parameters(plan), results, figures(results), remarks());
        }
    }

    private static Map<String, String> parameters(Plan plan) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "storm",
                plan.arriving()
                        + " devices begin to connect at the same moment; what fails tries again after a pause of up to"
                        + " 1, 2, 4, 8, 16, then 30 s");
        parameters.put(
                "publishers",
                PUBLISHERS + " devices of the node, " + FRAMES_PER_SECOND + " frames/s together, an event of "
                        + Load.BODY_BYTES + " B in each");
        parameters.put("tls", "TLS 1.3, P-256 certificate, full handshakes");
        parameters.put(
                "limits",
                "the node's own, so it accepts 100 a second for each core, but for those of an address and of events; the bare"
                        + " server accepts what comes");
        parameters.put("jvm", Stage.JVM);
        parameters.put("schedule", plan.schedule().text() + ", each followed by the storm");
        return parameters;
    }

    private static List<Figure> figures(List<SideResult> sides) {
        SideResult bare = sides.get(0);
        SideResult node = sides.get(1);
        return List.of(
                Figure.absolute(
                        "rate", "devices the node let in", "1/s", node.samples(ArrivalSide.RATE), Optional.empty()),
                Figure.absolute(
                        "CPU", "of the node meanwhile", "cores", node.samples(ArrivalSide.CPU), Optional.empty()),
                Figure.ratio(
                        "during ÷ before",
                        "publishers' p99 while all connect to the node ÷ p99 before",
                        node.samples(ArrivalSide.DURING),
                        node.samples(ArrivalSide.BEFORE),
                        Optional.empty()),
                Figure.ratio(
                        "during ÷ elsewhere",
                        "publishers' p99 while all connect to the node ÷ while all connect to the bare server",
                        node.samples(ArrivalSide.DURING),
                        bare.samples(ArrivalSide.DURING),
                        Optional.empty()));
    }

    private static List<String> remarks() {
        return List.of(
                "Latency counts from when each frame was due until its ack, whether it was sent in time or not.",
                "The storm's clients run at the least priority, since they stand for other machines; with the bare server as their"
                        + " aim one sees what is left of their weight on this one.");
    }
}
