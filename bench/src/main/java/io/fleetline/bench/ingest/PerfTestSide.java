package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Kafka's own perf test, which cannot write headers: what the same bytes would cost without them. */
final class PerfTestSide implements Side {
    /** Where to begin; each run tells how many records the next one needs. */
    private static final double FIRST_GUESS_PER_SECOND = 150_000;
    /** This part of the records comes first and does not count: the test connects and learns where the topic is. */
    private static final long WARM_UP_PART = 10;

    private final ChildJvm perfTest;
    private final Map<String, String> settings;
    private final String topic;
    private final int recordBytes;
    private double perSecond = FIRST_GUESS_PER_SECOND;

    /**
     * A side.
     *
     * @param settings of the producer
     * @param recordBytes the size of each value
     */
    PerfTestSide(ChildJvm perfTest, Map<String, String> settings, String topic, int recordBytes) {
        this.perfTest = perfTest;
        this.settings = settings;
        this.topic = topic;
        this.recordBytes = recordBytes;
    }

    @Override
    public String name() {
        return "perf-test";
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        long records = Math.max(WARM_UP_PART, (long) (perSecond * segment.toMillis() / 1_000));
        JsonNode answer = perfTest.ask(
                "run",
                Map.of(
                        "settings",
                        settings,
                        "topic",
                        topic,
                        "bytes",
                        recordBytes,
                        "records",
                        records,
                        "warmUpRecords",
                        records / WARM_UP_PART),
                Rates.patience(segment));
        perSecond = answer.path("perSecond").asDouble();
        return List.of(new Reading(Rates.RATE, "events/s", perSecond));
    }
}
