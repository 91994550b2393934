package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.load.Load;
import io.fleetline.bench.measure.Reading;
import java.time.Duration;
import java.util.Map;

/** What all sides are compared by. */
final class Rates {
    static final String RATE = "rate";

    private static final Duration BEYOND_THE_SEGMENT = Duration.ofSeconds(60);

    private static final Duration FIRST_RUN = Duration.ofSeconds(1);

    private Rates() {}

    /** The rate of an answer that names its {@code events} and {@code nanos}. */
    static Reading reading(JsonNode answer) {
        return new Reading(
                RATE,
                "events/s",
                answer.path("events").asDouble() * 1e9 / answer.path("nanos").asDouble());
    }

    /** Has devices publish for a moment, so that there is something to look at. */
    static void first(Load load, int window) throws Exception {
        load.process().ask("run", Map.of("millis", FIRST_RUN.toMillis(), "window", window), patience(FIRST_RUN));
    }

    /** How long to wait for the answer to a run. */
    static Duration patience(Duration segment) {
        return segment.plus(BEYOND_THE_SEGMENT);
    }
}
