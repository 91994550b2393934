package io.fleetline.bench.ingest;

import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.load.Load;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
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

/** P5: how long an event takes from the device to whoever polls Kafka, beside a plain producer, at a tenth of the load. */
public final class LatencyBenchmark implements Benchmark {
    private static final Target P50 = Target.atMost(1.5, 1.1);
    private static final Target P99 = Target.atMost(2.5, 1.4);

    private static final String FLOOR_TOPIC = "bench.latency";
    /** Of what the node acknowledges at most. */
    private static final double LOAD = 0.1;

    private static final int ITEMS_PER_FRAME = 10;

    /** For {@code Benchmarks}. */
    public LatencyBenchmark() {}

    @Override
    public String name() {
        return "p5";
    }

    @Override
    public String summary() {
        return "device send → consumer poll ÷ produce → consume of plain Kafka, median and 99th percentile, at 10 % load";
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Schedule schedule = schedule(effort);
        try (Workspace workspace = Workspace.create()) {
            return measure(new Stage(workspace, progress), schedule, progress);
        }
    }

    static Schedule schedule(Effort effort) {
        return switch (effort) {
            case QUICK -> new Schedule(Duration.ofSeconds(2), 2, Duration.ofSeconds(2));
            case FULL -> new Schedule(Duration.ofSeconds(35), 5, Duration.ofSeconds(10));
        };
    }

    private static Measurement measure(Stage stage, Schedule schedule, Progress progress) throws Exception {
        Stage.Node node = stage.node("node", NodeOptions.DEFAULTS);
        Load load = Load.connect(stage, "load", node, node.devices(), ITEMS_PER_FRAME);
        double most = most(load, schedule.warmUp());
        double framesPerSecond = LOAD * most / ITEMS_PER_FRAME;
        progress.say("at most " + Numbers.text(most) + " events/s; measured at " + Numbers.text(LOAD * most));

        BareProducer producer = BareProducer.start(stage, node, FLOOR_TOPIC);
        producer.process().ask("listen", Map.of(), Stage.PATIENCE);
        load.process().ask("listen", Map.of("bootstrap", stage.bootstrap(), "topic", node.topic()), Stage.PATIENCE);

        List<SideResult> sides = new Alternation(
                        List.of(
                                new LatencySide("kafka", producer.process(), framesPerSecond, ITEMS_PER_FRAME),
                                new LatencySide("fleetline", load.process(), framesPerSecond, ITEMS_PER_FRAME)),
                        schedule,
                        progress)
                .run();
        return new Measurement(
                parameters(load, producer, framesPerSecond, schedule),
                sides,
                LatencySide.figures("P5", sides, Optional.of(P50), Optional.of(P99)),
                remarks());
    }

    /** What the node acknowledges at most, once it is warm. */
    private static double most(Load load, Duration warmUp) throws Exception {
        Map<String, Object> run = Map.of("millis", warmUp.toMillis(), "window", Load.WINDOW);
        load.process().ask("run", run, Rates.patience(warmUp));
        return Rates.reading(load.process().ask("run", run, Rates.patience(warmUp)))
                .value();
    }

    private static Map<String, String> parameters(
            Load load, BareProducer producer, double framesPerSecond, Schedule schedule) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "load",
                Numbers.text(framesPerSecond) + " frames/s of " + ITEMS_PER_FRAME + " events of " + Load.BODY_BYTES
                        + " B, from " + producer.node().devices().size()
                        + " devices in turn: a tenth of what the node takes");
        parameters.put("tls", load.tls() + ", before the runs");
        producer.describe(parameters);
        parameters.put("jvm", Stage.JVM);
        parameters.put("schedule", schedule.text());
        return parameters;
    }

    private static List<String> remarks() {
        return List.of(
                "An open loop: each frame has its time, and latency counts from then, whether it was sent in time or not.",
                "Each side sends and consumes in one process, so that one clock measures both ends.",
                "kafka: a bare producer that hands over as many of the node's records at a time as a frame has events.",
                "All processes share this machine, and one broker with one replica does not fsync: both make Kafka's part"
                        + " of the whole smaller than it is elsewhere.");
    }
}
