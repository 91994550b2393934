package io.fleetline.bench.measure;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/**
 * The same thing measured several times, in the order of measuring.
 *
 * @param values at least one, all finite
 */
public record Samples(List<Double> values) {
    /** @throws IllegalArgumentException if there is no value, or one that is not a finite number */
    public Samples {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("samples have at least one value");
        }
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("sample " + value + " is not a finite number, among " + values);
            }
        }
    }

    /** Samples of these values. */
    public static Samples of(double... values) {
        return new Samples(Arrays.stream(values).boxed().toList());
    }

    /** The value in the middle; of an even number of values the mean of the two in the middle. */
    public double median() {
        double[] sorted = sorted();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** The least value. */
    public double min() {
        return sorted()[0];
    }

    /** The greatest value. */
    public double max() {
        return sorted()[values.size() - 1];
    }

    /** How far the extremes are apart, as a part of the median: 0.1 means 10 %. 0 where the median is 0. */
    public double spread() {
        double median = median();
        return median == 0 ? 0 : (max() - min()) / Math.abs(median);
    }

    /**
     * Combines each of these samples with what the other side gave next to it in time: where the other side was measured
     * once more (A-B-A-B-A), with the mean of the samples before and after, so that a machine that gets slower or faster
     * meanwhile does not favour a side; where both were measured equally often, with the sample of the same round.
     *
     * @param operator gets the sample of this side and the neighbouring value of the other
     */
    public Samples against(Samples other, DoubleBinaryOperator operator) {
        int more = other.values.size() - values.size();
        if (more != 0 && more != 1) {
            throw new IllegalArgumentException(
                    values.size() + " samples cannot be set beside " + other.values.size() + " in turn");
        }
        return new Samples(IntStream.range(0, values.size())
                .mapToObj(i ->
                        operator.applyAsDouble(values.get(i), (other.values.get(i) + other.values.get(i + more)) / 2))
                .toList());
    }

    private double[] sorted() {
        return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }
}
