package io.fleetline.bench.ingest;

import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** P6: how long a command takes from its record to the device's handler, beside a plain consumer of the same records. */
public final class CommandBenchmark implements Benchmark {
    private static final Target P99 = Target.atMost(2.5, 1.4);

    private static final String FLOOR_TOPIC = "bench.commands";
    private static final int PER_SECOND = 500;
    private static final Duration FIRST_RUN = Duration.ofSeconds(2);

    /** For {@code Benchmarks}. */
    public CommandBenchmark() {}

    @Override
    public String name() {
        return "p6";
    }

    @Override
    public String summary() {
        return "command record → the SDK's handler on the device ÷ produce → consume of plain Kafka, median and 99th percentile";
    }

    static Schedule schedule(Effort effort) {
        return switch (effort) {
            case QUICK -> new Schedule(Duration.ofSeconds(2), 1, Duration.ofSeconds(2));
            case FULL -> new Schedule(Duration.ofSeconds(45), 5, Duration.ofSeconds(15));
        };
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Schedule schedule = schedule(effort);
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node("node", NodeOptions.DEFAULTS);
            ChildJvm devices = stage.side("devices", CommandRole.class);
            devices.ask(
                    "connect",
                    Map.of(
                            "url", node.url(),
                            "trust", stage.trust().toString(),
                            "devices", node.devices(),
                            "settings", node.settings(),
                            "topic", node.commandsTopic()),
                    Stage.PATIENCE);
            LatencySide commanded = new LatencySide("fleetline", devices, PER_SECOND, 1);
            commanded.run(FIRST_RUN); // what is copied
            int copied = (int) (PER_SECOND * FIRST_RUN.toSeconds());
            BareProducer producer = BareProducer.copying(stage, node, node.commandsTopic(), copied, FLOOR_TOPIC);
            producer.process().ask("listen", Map.of(), Stage.PATIENCE);
            List<SideResult> sides = new Alternation(
                            List.of(new LatencySide("kafka", producer.process(), PER_SECOND, 1), commanded),
                            schedule,
                            progress)
                    .run();
            return new Measurement(
                    parameters(node, producer, schedule),
                    sides,
                    LatencySide.figures("P6", sides, Optional.empty(), Optional.of(P99)),
                    REMARKS);
        }
    }

    private static Map<String, String> parameters(Stage.Node node, BareProducer producer, Schedule schedule) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "load",
                PER_SECOND + " commands/s to " + node.devices().size()
                        + " devices in turn; nothing else is sent but the outcomes");
        parameters.put("devices", "the SDK's, wss, outbox in memory, one DeviceRuntime");
        producer.describe(parameters);
        parameters.put("jvm", Stage.JVM);
        parameters.put("schedule", schedule.text());
        return parameters;
    }

    private static final List<String> REMARKS = List.of(
            "An open loop: each command has its time, and latency counts from then, whether its record was written in time or not.",
            "One node, one broker with one replica that does not fsync. Each side writes and receives in one process, so that one"
                    + " clock measures both ends.",
            "kafka: a bare producer that writes copies of the same records to a topic of its own, and a consumer that polls them.",
            "Each command's outcome goes back over the node into Kafka meanwhile; the floor has nothing of the kind.");
}
