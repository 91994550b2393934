package io.fleetline.simulator.measure;

import org.HdrHistogram.AbstractHistogram;

/**
 * How long something took, over many times. All zero if it never happened.
 *
 * @param count how often it happened
 * @param p50Nanos half of the times it took no longer, in ns
 * @param p90Nanos 90 % of the times
 * @param p99Nanos 99 % of the times
 * @param p999Nanos 99.9 % of the times
 * @param maxNanos it never took longer
 */
public record Percentiles(long count, long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {
    /** Nothing happened. */
    public static final Percentiles NONE = new Percentiles(0, 0, 0, 0, 0, 0);

    static Percentiles of(AbstractHistogram histogram) {
        return histogram.getTotalCount() == 0
                ? NONE
                : new Percentiles(
                        histogram.getTotalCount(),
                        histogram.getValueAtPercentile(50),
                        histogram.getValueAtPercentile(90),
                        histogram.getValueAtPercentile(99),
                        histogram.getValueAtPercentile(99.9),
                        histogram.getMaxValue());
    }
}
