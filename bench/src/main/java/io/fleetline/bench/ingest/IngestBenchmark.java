package io.fleetline.bench.ingest;

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
import io.fleetline.bench.measure.Target;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** P1 and P2: how many events a node acknowledges, and what each costs it, beside a bare producer. */
public final class IngestBenchmark implements Benchmark {
    private static final Target P1 = Target.atLeast(0.4, 0.6);
    private static final Target P2 = Target.atMost(2, 0.8);

    static final int ITEMS_PER_FRAME = 50;

    private static final String FLOOR_TOPIC = "bench.producer";
    private static final String PERF_TEST_TOPIC = "bench.perf-test";

    /** For {@code Benchmarks}. */
    public IngestBenchmark() {}

    @Override
    public String name() {
        return "p1";
    }

    @Override
    public String summary() {
        return "events that a node acknowledges over wss ÷ what a bare producer of the same records reaches; CPU per event (P2)";
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Schedule schedule = schedule(effort);
        try (Workspace workspace = Workspace.create()) {
            return new Run(workspace, schedule, progress).measure();
        }
    }

    static Schedule schedule(Effort effort) {
        return switch (effort) {
            case QUICK -> new Schedule(Duration.ofSeconds(3), 2, Duration.ofMillis(1_200));
            case FULL -> new Schedule(Duration.ofSeconds(30), 4, Duration.ofSeconds(10));
        };
    }

    /** One measurement's processes, and what is known of them. */
    private static final class Run {
        private final Workspace workspace;
        private final Schedule schedule;
        private final Progress progress;
        private final Procfs procfs = Procfs.ofThisMachine();
        private final Map<String, String> parameters = new LinkedHashMap<>();

        Run(Workspace workspace, Schedule schedule, Progress progress) {
            this.workspace = workspace;
            this.schedule = schedule;
            this.progress = progress;
        }

        Measurement measure() throws Exception {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node("node", NodeOptions.DEFAULTS);
            stage.topic(PERF_TEST_TOPIC, node.partitions());
            Load load = Load.connect(stage, "load", node, node.devices(), ITEMS_PER_FRAME);
            Rates.first(load, Load.WINDOW);
            BareProducer producer = BareProducer.start(stage, node, FLOOR_TOPIC);
            ChildJvm perfTest = stage.side("perf-test", PerfTestRole.class);

            describe(load.tls(), producer);
            List<SideResult> sides = new Alternation(
                            List.of(
                                    new ProducerSide(procfs, producer.process(), stage.broker()),
                                    LoadSide.of(stage, "fleetline", procfs, node, load, Load.WINDOW),
                                    new PerfTestSide(perfTest, node.settings(), PERF_TEST_TOPIC, Load.BODY_BYTES)),
                            schedule,
                            progress)
                    .run();
            return new Measurement(parameters, sides, figures(sides), remarks());
        }

        private void describe(String tls, BareProducer producer) {
            parameters.put(
                    "load",
                    producer.node().devices().size() + " devices, each with " + Load.WINDOW
                            + " events in flight, in frames of " + ITEMS_PER_FRAME + " events of " + Load.BODY_BYTES
                            + " B");
            parameters.put("tls", tls + ", before the runs");
            producer.describe(parameters);
            parameters.put("limits", "rates per device and limits per address are off");
            parameters.put("jvm", Stage.JVM);
            parameters.put("schedule", schedule.text());
        }
    }

    private static List<Figure> figures(List<SideResult> sides) {
        SideResult producer = sides.get(0);
        SideResult node = sides.get(1);
        SideResult perfTest = sides.get(2);
        return List.of(
                Figure.ratio(
                        "P1",
                        "fleetline events/s ÷ producer events/s",
                        node.samples(Rates.RATE),
                        producer.samples(Rates.RATE),
                        Optional.of(P1)),
                Figure.ratio(
                        "P1 without headers",
                        "fleetline events/s ÷ perf-test events/s",
                        node.samples(Rates.RATE),
                        perfTest.samples(Rates.RATE),
                        Optional.empty()),
                Figure.difference(
                        "P2",
                        "server CPU − producer CPU",
                        "µs/event",
                        node.samples(LoadSide.CPU),
                        producer.samples(ProducerSide.CPU),
                        Optional.of(P2)));
    }

    private static List<String> remarks() {
        return List.of(
                "All processes share this machine: the load and the broker take their part of the CPU from the server.",
                "One broker with one replica that does not fsync: storing is one append to the page cache.",
                "producer: a bare KafkaProducer that writes copies of the node's records; perf-test:"
                        + " kafka-producer-perf-test, which makes random letters and writes neither key nor headers.",
                "P1 counts from the first frame sent to the last ack received, and for a producer from the first send"
                        + " to the last callback.");
    }
}
