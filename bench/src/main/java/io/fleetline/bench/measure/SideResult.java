package io.fleetline.bench.measure;

import java.util.List;

/**
 * What was measured of one side.
 *
 * @param side its name
 * @param series one per metric
 */
public record SideResult(String side, List<Series> series) {
    /** Copies the list. */
    public SideResult {
        series = List.copyOf(series);
    }

    /**
     * The samples of one metric.
     *
     * @throws IllegalArgumentException if this side has no such metric
     */
    public Samples samples(String metric) {
        return series.stream()
                .filter(one -> one.metric().equals(metric))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("side " + side + " has no metric " + metric + ", only "
                        + series.stream().map(Series::metric).toList()))
                .samples();
    }
}
