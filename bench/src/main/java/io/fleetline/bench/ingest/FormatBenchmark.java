package io.fleetline.bench.ingest;

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
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What readable headers and JSON values cost a node and Kafka, beside the records that it writes otherwise. */
public final class FormatBenchmark implements Benchmark {
    private static final int RECORDS_LOOKED_AT = 1_000;

    private record Format(String values, String headers) {
        String side() {
            return (values + " " + headers).toLowerCase(Locale.ROOT);
        }

        String prefix() {
            return side().replace(' ', '-');
        }
    }

    /** The first is what the others are compared with. */
    private static final List<Format> FORMATS = List.of(
            new Format("CBOR", "COMPACT"),
            new Format("CBOR", "READABLE"),
            new Format("JSON", "COMPACT"),
            new Format("JSON", "READABLE"));

    /** For {@code Benchmarks}. */
    public FormatBenchmark() {}

    @Override
    public String name() {
        return "formats";
    }

    @Override
    public String summary() {
        return "CPU and bytes per event with readable headers and with JSON values, beside compact CBOR";
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
            case QUICK -> new Schedule(Duration.ofSeconds(2), 2, Duration.ofSeconds(1));
            case FULL -> new Schedule(Duration.ofSeconds(15), 4, Duration.ofSeconds(7));
        };
    }

    private static Measurement measure(Stage stage, Schedule schedule, Progress progress) throws Exception {
        Procfs procfs = Procfs.ofThisMachine();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "load",
                NodeOptions.DEFAULTS.devices() + " devices for each side, each with " + Load.WINDOW
                        + " events in flight, in frames of " + IngestBenchmark.ITEMS_PER_FRAME + " events of "
                        + Load.BODY_BYTES + " B");
        ChildJvm looker = stage.side("looker", ProducerRole.class);
        List<LoadSide> sides = new ArrayList<>();
        for (Format format : FORMATS) {
            Stage.Node node = stage.node(
                    "node-" + format.prefix(),
                    NodeOptions.DEFAULTS.withRecords(format.prefix(), format.values(), format.headers()));
            Load load = Load.connect(
                    stage, "load-" + format.prefix(), node, node.devices(), IngestBenchmark.ITEMS_PER_FRAME);
            Rates.first(load, Load.WINDOW);
            JsonNode seen = looker.ask(
                    "look",
                    Map.of("bootstrap", stage.bootstrap(), "from", node.topic(), "count", RECORDS_LOOKED_AT),
                    Stage.PATIENCE);
            parameters.put(
                    "record of " + format.side(),
                    Numbers.text(seen.path("recordBytes").asDouble()) + " B of key, value and headers, "
                            + seen.path("headers").size() + " headers");
            sides.add(LoadSide.of(stage, format.side(), procfs, node, load, Load.WINDOW));
        }
        parameters.put("jvm", Stage.JVM);
        parameters.put("schedule", schedule.text());
        List<SideResult> results = new Alternation(sides, schedule, progress).run();
        return new Measurement(parameters, results, figures(results), remarks());
    }

    private static List<Figure> figures(List<SideResult> sides) {
        List<Figure> figures = new ArrayList<>();
        SideResult compact = sides.get(0);
        for (SideResult other : sides.subList(1, sides.size())) {
            figures.add(Figure.difference(
                    other.side(),
                    "server CPU − that of " + compact.side(),
                    "µs/event",
                    other.samples(LoadSide.CPU),
                    compact.samples(LoadSide.CPU),
                    Optional.empty()));
        }
        return figures;
    }

    private static List<String> remarks() {
        return List.of(
                "Each side has a node, devices and topics of its own, and all share one broker; only one side works at a time.",
                "Bytes are those of the record before compression, without what Kafka puts around it.");
    }
}
