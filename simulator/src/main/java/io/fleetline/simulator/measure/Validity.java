package io.fleetline.simulator.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether a run says anything about the system, or whether the simulator could not keep up with its own schedule, or could not do to
 * the system what the scenario wants.
 *
 * @param reasons why it does not count; empty if it does
 */
public record Validity(List<String> reasons) {
    /** As late as this, on one event in a hundred, and what was measured is the simulator. */
    public static final long MOST_LAG_NANOS = 100_000_000;

    /** A thread that takes more of a core than this has no time left; the connections' thread is the likely one. */
    public static final double MOST_OF_A_CORE = 0.95;

    /** More of the time than this must not go into collecting garbage. */
    public static final double MOST_COLLECTING = 0.10;

    /** In more of the samples than this neither may happen. */
    private static final double MOST_SAMPLES = 0.10;

    private static final String BOTTLENECK = "the simulator was the bottleneck: ";

    /** Keeps its own copy of the list. */
    public Validity {
        reasons = List.copyOf(reasons);
    }

    /** Whether the run counts. */
    public boolean holds() {
        return reasons.isEmpty();
    }

    /** Judges a run by its samples and by how much later than due it published. */
    public static Validity of(List<Sample> samples, Percentiles lag) {
        List<String> reasons = new ArrayList<>();
        if (lag.p99Nanos() > MOST_LAG_NANOS) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "one event in a hundred was published more than %.0f ms after it was due (the limit is %.0f ms)",
                    lag.p99Nanos() / 1e6,
                    MOST_LAG_NANOS / 1e6));
        }
        long busy = samples.stream()
                .filter(sample -> sample.own().busiestCores() > MOST_OF_A_CORE)
                .count();
        if (busy > samples.size() * MOST_SAMPLES) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "in %d of %d samples one thread of the simulator took more than %.0f %% of a core",
                    busy,
                    samples.size(),
                    100 * MOST_OF_A_CORE));
        }
        long collecting = samples.stream()
                .filter(sample -> sample.own().collecting() > MOST_COLLECTING)
                .count();
        if (collecting > samples.size() * MOST_SAMPLES) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "in %d of %d samples the simulator's garbage collector took more than %.0f %% of the time",
                    collecting,
                    samples.size(),
                    100 * MOST_COLLECTING));
        }
        return new Validity(reasons.stream().map(reason -> BOTTLENECK + reason).toList());
    }

    /** The same with more reasons why the run does not count. */
    public Validity with(List<String> more) {
        List<String> all = new ArrayList<>(reasons);
        all.addAll(more);
        return new Validity(all);
    }
}
