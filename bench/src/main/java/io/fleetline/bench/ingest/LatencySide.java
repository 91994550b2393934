package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whoever sends at a fixed pace, and reads what it sent from Kafka. */
final class LatencySide implements Side {
    static final String P50 = "p50";
    static final String P99 = "p99";

    private final String name;
    private final ChildJvm process;
    private final double framesPerSecond;
    private final int items;

    LatencySide(String name, ChildJvm process, double framesPerSecond, int items) {
        this.name = name;
        this.process = process;
        this.framesPerSecond = framesPerSecond;
        this.items = items;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        JsonNode answer = process.ask(
                "pace",
                Map.of("millis", segment.toMillis(), "framesPerSecond", framesPerSecond, "items", items),
                Rates.patience(segment));
        return List.of(
                new Reading(P50, "µs", answer.path(P50).asDouble()),
                new Reading(P99, "µs", answer.path(P99).asDouble()),
                Rates.reading(answer));
    }

    /**
     * The median and the 99th percentile of Fleetline divided by those of plain Kafka.
     *
     * @param sides of Kafka, then of Fleetline
     */
    static List<Figure> figures(String id, List<SideResult> sides, Optional<Target> median, Optional<Target> tail) {
        return List.of(figure(id, P50, sides, median), figure(id, P99, sides, tail));
    }

    private static Figure figure(String id, String metric, List<SideResult> sides, Optional<Target> target) {
        return Figure.ratio(
                id + " " + metric,
                "fleetline " + metric + " ÷ kafka " + metric,
                sides.get(1).samples(metric),
                sides.get(0).samples(metric),
                target);
    }
}
