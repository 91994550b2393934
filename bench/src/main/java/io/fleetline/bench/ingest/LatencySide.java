package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import java.time.Duration;
import java.util.List;
import java.util.Map;

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
}
