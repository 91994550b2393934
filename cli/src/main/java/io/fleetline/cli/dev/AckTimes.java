package io.fleetline.cli.dev;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** How long receipts took: since the last look, and altogether. Recording is thread-safe; looking is for one thread. */
final class AckTimes {
    private static final int DIGITS = 3;
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    /**
     * What was seen.
     *
     * @param count how many receipts
     * @param p50Millis half of them took no longer, in ms
     * @param p99Millis 99 of 100 took no longer, in ms
     */
    record Look(long count, double p50Millis, double p99Millis) {
        private static Look at(Histogram histogram) {
            return new Look(
                    histogram.getTotalCount(),
                    histogram.getValueAtPercentile(50) / 1e6,
                    histogram.getValueAtPercentile(99) / 1e6);
        }
    }

    private final Recorder recorder = new Recorder(LONGEST_NANOS, DIGITS);
    private final Histogram all = new Histogram(LONGEST_NANOS, DIGITS);

    /** One receipt took this long. */
    void record(long nanos) {
        recorder.recordValue(Math.max(0, Math.min(nanos, LONGEST_NANOS)));
    }

    /** What came since the last look. */
    Look since() {
        Histogram interval = recorder.getIntervalHistogram();
        all.add(interval);
        return Look.at(interval);
    }

    /** All up to the last look. */
    Look all() {
        return Look.at(all);
    }
}
