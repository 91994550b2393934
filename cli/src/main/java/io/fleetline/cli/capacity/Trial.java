package io.fleetline.cli.capacity;

import io.fleetline.simulator.Measured;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.measure.Validity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What came of one load.
 *
 * @param devices how many devices there were
 * @param eventsPerSecond how many events a second were due
 * @param complaints what did not hold; empty if all did
 * @param p50Nanos from when an event was due to its receipt, in ns: the median of each second, of which the 90th percentile
 * @param p99Nanos the same of the 99th percentile of each second: in nine of ten seconds it was no more
 * @param receiptsPerSecond receipts in a second while the load was on, the middle one of the seconds
 * @param cores how many cores each process took while the load was on, on average
 * @param nodeBytes what lived on the nodes' heaps with all these connections open; empty if that was not looked for
 */
record Trial(
        int devices,
        double eventsPerSecond,
        List<String> complaints,
        long p50Nanos,
        long p99Nanos,
        double receiptsPerSecond,
        Map<String, Double> cores,
        OptionalLong nodeBytes) {
    /** The name of the simulator among the processes. */
    static final String SIMULATOR = "simulator";

    /** What comes in the first seconds of a load runs on code that is not compiled for it, and does not count. */
    private static final int SECONDS_TO_WARM_UP = 3;

    /** Less of what is due than this is not keeping up. */
    private static final double LEAST_RATE = 0.95;

    Trial {
        complaints = List.copyOf(complaints);
        cores = Map.copyOf(cores);
    }

    /** Whether all held. */
    boolean holds() {
        return complaints.isEmpty();
    }

    /**
     * What came of a run whose stage of this name had the load on.
     *
     * @param differences between what was promised and what Kafka holds
     */
    static Trial of(
            Measured measured,
            int differences,
            Slo slo,
            String loaded,
            double eventsPerSecond,
            OptionalLong nodeBytes) {
        List<Sample> under = measured.samples().stream()
                .filter(sample -> sample.stage().equals(loaded))
                .skip(SECONDS_TO_WARM_UP)
                .toList();
        double receipts = middle(under.stream().map(Sample::receipts).toList());
        List<String> complaints = new ArrayList<>();
        if (differences > 0) {
            complaints.add("Kafka does not hold what was promised: " + differences + " differences");
        }
        if (measured.connected() < measured.devices()) {
            complaints.add(measured.connected() + " of " + measured.devices() + " devices were connected at the end");
        }
        if (!measured.quiet()) {
            complaints.add("not all receipts came");
        }
        long p99Nanos = usual(under, sample -> sample.ack().p99Nanos());
        time(complaints, "p99", slo.p99(), p99Nanos);
        time(
                complaints,
                "p99.9",
                slo.p999(),
                usual(under, sample -> sample.ack().p999Nanos()));
        if (measured.dropped() > slo.loss() * measured.due()) {
            complaints.add(measured.dropped() + " of " + measured.due() + " events were dropped");
        }
        if (receipts < LEAST_RATE * eventsPerSecond && eventsPerSecond >= 50) {
            complaints.add(String.format(
                    Locale.ROOT, "%.0f receipts/s came of %.0f events/s that were due", receipts, eventsPerSecond));
        }
        long lagNanos = usual(under, sample -> sample.lag().p99Nanos());
        if (lagNanos > Validity.MOST_LAG_NANOS) {
            complaints.add(String.format(
                    Locale.ROOT,
                    "the simulator was the bottleneck: one event in a hundred was published %.0f ms late",
                    lagNanos / 1e6));
        }
        complaints.addAll(Validity.of(under, Percentiles.NONE).reasons());
        return new Trial(
                (int) measured.devices(),
                eventsPerSecond,
                complaints,
                usual(under, sample -> sample.ack().p50Nanos()),
                p99Nanos,
                receipts,
                cores(under),
                nodeBytes);
    }

    private static void time(List<String> complaints, String name, Optional<Duration> limit, long seenNanos) {
        limit.filter(most -> seenNanos > most.toNanos())
                .ifPresent(most -> complaints.add(String.format(
                        Locale.ROOT, "%s was %.0f ms, not below %d ms", name, seenNanos / 1e6, most.toMillis())));
    }

    /** What it was in nine of ten seconds, or less. */
    private static long usual(List<Sample> samples, ToLongFunction<Sample> value) {
        long[] sorted = samples.stream().mapToLong(value).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) (0.9 * (sorted.length - 1))];
    }

    private static Map<String, Double> cores(List<Sample> samples) {
        Map<String, Double> cores = new TreeMap<>();
        for (Sample sample : samples) {
            cores.merge(SIMULATOR, sample.own().cores() / samples.size(), Double::sum);
            sample.others().forEach((name, took) -> cores.merge(name, took.cores() / samples.size(), Double::sum));
        }
        return cores;
    }

    private static double middle(List<Double> values) {
        return values.isEmpty()
                ? 0
                : values.stream().sorted().skip(values.size() / 2).findFirst().orElse(0.0);
    }

    /** How many cores the nodes took together. */
    double nodeCores() {
        return cores.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("node-"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** All cores that the run took, and who took most of them. */
    String coresInWords() {
        StringBuilder words = new StringBuilder();
        cores.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                .forEach(entry -> words.append(words.isEmpty() ? "" : ", ")
                        .append(String.format(Locale.ROOT, "%s %.2f", entry.getKey(), entry.getValue())));
        return words.toString();
    }
}
