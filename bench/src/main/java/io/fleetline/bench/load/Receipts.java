package io.fleetline.bench.load;

import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** How long frames took from when they were due until the node said that they are stored. Thread-safe. */
final class Receipts {
    private static final double NANOS_PER_MICRO = 1e3;

    private final Recorder recorder = new Recorder(3);

    void add(long nanos) {
        recorder.recordValue(Math.max(0, nanos));
    }

    /** Those since the last look: {@code frames}, and {@code p50}, {@code p99} and {@code max} in µs. */
    Map<String, Object> look() {
        Histogram since = recorder.getIntervalHistogram();
        return Map.of(
                "frames",
                since.getTotalCount(),
                "p50",
                since.getValueAtPercentile(50) / NANOS_PER_MICRO,
                "p99",
                since.getValueAtPercentile(99) / NANOS_PER_MICRO,
                "max",
                since.getMaxValue() / NANOS_PER_MICRO);
    }
}
