package io.fleetline.cli.capacity;

import io.fleetline.simulator.Measured;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What came of one load.
 *
 * @param devices how many devices there were
 * @param eventsPerSecond how many events a second were due
 * @param complaints what did not hold; empty if all did
 * @param ack from when an event was due to its receipt
 * @param receiptsPerSecond receipts in a second while the load was on, the middle one of the seconds
 * @param connectsPerSecond devices that were connected in a second while they arrived, at the busiest
 * @param cores how many cores each process took while the load was on, on average
 * @param residentBytes what each process of the system had in memory at the end, by name; what is not known is not there
 */
record Trial(
        int devices,
        double eventsPerSecond,
        List<String> complaints,
        Percentiles ack,
        double receiptsPerSecond,
        double connectsPerSecond,
        Map<String, Double> cores,
        Map<String, Long> residentBytes) {
    /** The name of the simulator among the processes. */
    static final String SIMULATOR = "simulator";

    /** Less of what is due than this is not keeping up. */
    private static final double LEAST_RATE = 0.95;

    Trial {
        complaints = List.copyOf(complaints);
        cores = Map.copyOf(cores);
        residentBytes = Map.copyOf(residentBytes);
    }

    /** Whether all held. */
    boolean holds() {
        return complaints.isEmpty();
    }

    /** What came of a run whose stage of this name had the load on. */
    static Trial of(RunResult result, Slo slo, String loaded, double eventsPerSecond, Map<String, Long> residentBytes) {
        Measured measured = result.measured();
        List<Sample> under = measured.samples().stream()
                .filter(sample -> sample.stage().equals(loaded))
                .toList();
        double receipts = middle(under.stream().map(Sample::receipts).toList());
        List<String> complaints = new ArrayList<>();
        if (!result.proof().holds()) {
            complaints.add("Kafka does not hold what was promised: "
                    + result.proof().faults().size() + " differences");
        }
        if (measured.connected() < measured.devices()) {
            complaints.add(measured.connected() + " of " + measured.devices() + " devices were connected at the end");
        }
        if (!measured.quiet()) {
            complaints.add("not all receipts came");
        }
        time(complaints, "p99", slo.p99(), measured.ack(), Percentiles::p99Nanos);
        time(complaints, "p99.9", slo.p999(), measured.ack(), Percentiles::p999Nanos);
        if (measured.dropped() > slo.loss() * measured.due()) {
            complaints.add(measured.dropped() + " of " + measured.due() + " events were dropped");
        }
        if (receipts < LEAST_RATE * eventsPerSecond && eventsPerSecond >= 50) {
            complaints.add(String.format(
                    Locale.ROOT, "%.0f receipts/s came of %.0f events/s that were due", receipts, eventsPerSecond));
        }
        result.validity().reasons().forEach(reason -> complaints.add("the simulator was the bottleneck: " + reason));
        return new Trial(
                (int) measured.devices(),
                eventsPerSecond,
                complaints,
                measured.ack(),
                receipts,
                connects(measured.samples()),
                cores(under),
                residentBytes);
    }

    private static void time(
            List<String> complaints,
            String name,
            Optional<Duration> limit,
            Percentiles seen,
            ToLongFunction<Percentiles> which) {
        limit.filter(most -> which.applyAsLong(seen) > most.toNanos())
                .ifPresent(most -> complaints.add(String.format(
                        Locale.ROOT,
                        "%s was %.0f ms, not below %d ms",
                        name,
                        which.applyAsLong(seen) / 1e6,
                        most.toMillis())));
    }

    private static double connects(List<Sample> samples) {
        double most = 0;
        Sample before = null;
        for (Sample sample : samples) {
            if (before != null && sample.atSeconds() > before.atSeconds()) {
                most = Math.max(
                        most, (sample.connected() - before.connected()) / (sample.atSeconds() - before.atSeconds()));
            }
            before = sample;
        }
        return most;
    }

    private static Map<String, Double> cores(List<Sample> samples) {
        Map<String, Double> cores = new TreeMap<>();
        for (Sample sample : samples) {
            cores.merge(SIMULATOR, sample.own().cores() / samples.size(), Double::sum);
            sample.others().forEach((name, took) -> cores.merge(name, took / samples.size(), Double::sum));
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

    /** How much memory the nodes had together, in bytes; 0 if that is not known. */
    long nodeBytes() {
        return residentBytes.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("node-"))
                .mapToLong(Map.Entry::getValue)
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
