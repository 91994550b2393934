package io.fleetline.simulator;

import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.scenario.Group;
import io.fleetline.simulator.scenario.Scenario;
import io.fleetline.simulator.scenario.Thresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What was asked of the system, and what it did.
 *
 * @param findings one for each threshold
 */
public record Judgement(List<Finding> findings) {
    /**
     * One threshold.
     *
     * @param threshold its key
     * @param asked what was asked, for people
     * @param seen what was seen, for people
     * @param met whether that is enough
     */
    public record Finding(String threshold, String asked, String seen, boolean met) {
        @Override
        public String toString() {
            return threshold + ": " + seen + (met ? ", " : ", not ") + asked;
        }
    }

    /** Keeps its own copy of the list. */
    public Judgement {
        findings = List.copyOf(findings);
    }

    /** Whether all thresholds are met. */
    public boolean met() {
        return findings.stream().allMatch(Finding::met);
    }

    /** Judges what was measured; how many events were late is the proof's to say. */
    public static Judgement of(Scenario scenario, Measured measured, long late) {
        Thresholds asked = scenario.thresholds();
        List<Finding> findings = new ArrayList<>();
        for (Group group : scenario.groups()) {
            time(
                    findings,
                    "ackP99 of " + group.name(),
                    group.ackP99(),
                    measured.ackByGroup().getOrDefault(group.name(), Percentiles.NONE),
                    Percentiles::p99Nanos);
        }
        time(findings, "ackP99", asked.ackP99(), measured.ack(), Percentiles::p99Nanos);
        time(findings, "ackP999", asked.ackP999(), measured.ack(), Percentiles::p999Nanos);
        time(findings, "readerP99", asked.readerP99(), measured.reader(), Percentiles::p99Nanos);
        time(findings, "commandP99", asked.commandP99(), measured.command(), Percentiles::p99Nanos);
        time(findings, "connectP99", asked.connectP99(), measured.connect(), Percentiles::p99Nanos);
        asked.connected().ifPresent(least -> {
            double share = (double) measured.connected() / Math.max(1, measured.devices());
            findings.add(new Finding("connected", "at least " + percent(least), percent(share), share >= least));
        });
        asked.dropped()
                .ifPresent(most -> findings.add(new Finding(
                        "dropped", "at most " + most, Long.toString(measured.dropped()), measured.dropped() <= most)));
        asked.late()
                .ifPresent(most ->
                        findings.add(new Finding("late", "at most " + most, Long.toString(late), late <= most)));
        asked.eventsPerSecond().ifPresent(least -> {
            double rate = measured.receipts() / Math.max(1e-9, measured.length().toNanos() / 1e9);
            findings.add(new Finding("eventsPerSecond", "at least " + number(least), number(rate), rate >= least));
        });
        return new Judgement(findings);
    }

    private static void time(
            List<Finding> findings,
            String key,
            Optional<Duration> most,
            Percentiles seen,
            ToLongFunction<Percentiles> which) {
        most.ifPresent(limit -> {
            // What never happened was not fast.
            boolean met = seen.count() > 0 && which.applyAsLong(seen) <= limit.toNanos();
            findings.add(new Finding(
                    key,
                    "at most " + millis(limit.toNanos()),
                    seen.count() == 0 ? "never happened" : millis(which.applyAsLong(seen)),
                    met));
        });
    }

    private static String millis(long nanos) {
        return number(nanos / 1e6) + " ms";
    }

    private static String percent(double share) {
        return number(100 * share) + " %";
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.1f", value);
    }
}
