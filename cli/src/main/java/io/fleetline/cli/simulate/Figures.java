package io.fleetline.cli.simulate;

import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures of a run in words. */
final class Figures {
    private Figures() {}

    /**
     * A part of the line.
     *
     * @param text what it says
     * @param weight of two the lighter one is left out first where there is no room for both
     */
    private record Part(String text, int weight) {}

    /**
     * How a run is now, in a line.
     *
     * @param room how many letters it may have: what matters least is left out, until it fits or only how far the run is and how many
     *     devices are connected are left
     */
    static String live(Scenario scenario, Sample sample, int room) {
        double left = scenario.length().toNanos() / 1e9 - sample.atSeconds();
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(String.format(Locale.ROOT, "%3.0f s", sample.atSeconds()), 10));
        parts.add(new Part(sample.stage(), 3));
        parts.add(new Part(sample.connected() + "/" + scenario.devices() + " connected", 9));
        parts.add(new Part(rate(sample.receipts()) + " events/s", 8));
        parts.add(new Part(
                "p99 " + (sample.ack().count() == 0 ? "-" : millis(sample.ack().p99Nanos())), 7));
        // That nothing was dropped and nothing failed matters least, and that something was or did matters more than
        // when it ends.
        parts.add(new Part(rate(sample.dropped()) + " dropped/s", sample.dropped() > 0 ? 6 : 2));
        parts.add(new Part(rate(sample.failures()) + " failures/s", sample.failures() > 0 ? 5 : 1));
        if (left > 0) {
            parts.add(new Part(String.format(Locale.ROOT, "%.0f s left", left), 4));
        }
        while (line(parts).length() > room && parts.size() > 2) {
            parts.remove(Collections.min(parts, Comparator.comparingInt(Part::weight)));
        }
        return line(parts);
    }

    private static String line(List<Part> parts) {
        return parts.stream().map(Part::text).collect(Collectors.joining("  "));
    }

    static String percentiles(Percentiles seen) {
        return seen.count() == 0
                ? "never"
                : String.format(
                        Locale.ROOT,
                        "p50 %s, p99 %s, p99.9 %s, max %s (%d)",
                        millis(seen.p50Nanos()),
                        millis(seen.p99Nanos()),
                        millis(seen.p999Nanos()),
                        millis(seen.maxNanos()),
                        seen.count());
    }

    /** What became of a device, the worst first; what there is none of is left out. */
    static String tally(DeviceTally tally) {
        List<String> words = new ArrayList<>();
        if (tally.differences().total() > 0) {
            words.add(tally.differences().toString());
        }
        tally.exact().filter(exact -> exact.total() > 0).ifPresent(exact -> words.add("in the exact topic " + exact));
        count(words, tally.dropped(), "dropped");
        count(words, tally.gaps(), "numbers declared as dropped");
        count(words, tally.late(), "late, by up to " + millis(tally.latestMillis() * 1_000_000));
        count(words, tally.repeats(), "repeats");
        return tally.device() + ": " + String.join(", ", words) + "; " + tally.published() + " published, "
                + tally.receipts() + " receipts, " + tally.stored() + " stored";
    }

    private static void count(List<String> words, long count, String word) {
        if (count > 0) {
            words.add(count + " " + word);
        }
    }

    static String millis(long nanos) {
        double millis = nanos / 1e6;
        return millis >= 10_000
                ? String.format(Locale.ROOT, "%.1f s", millis / 1e3)
                : String.format(Locale.ROOT, millis >= 100 ? "%.0f ms" : "%.1f ms", millis);
    }

    static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond >= 100 || perSecond == 0 ? "%.0f" : "%.1f", perSecond);
    }

    static String time(Duration length) {
        long seconds = length.toSeconds();
        return seconds >= 120 && seconds % 60 == 0 ? seconds / 60 + " min" : length.toMillis() / 1e3 + " s";
    }
}
