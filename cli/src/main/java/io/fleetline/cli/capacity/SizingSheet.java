package io.fleetline.cli.capacity;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What was found, as a page of Markdown: what a system like this one holds, and of what it is made. */
final class SizingSheet {
    private final StringBuilder page = new StringBuilder();

    private SizingSheet() {}

    /**
     * Writes it.
     *
     * @param slo what was asked
     * @param idle what lived on the nodes' heaps while no device was there; empty if that is not known
     * @param rate the search for the highest rate
     * @param connections the search for the highest number of connections
     * @param connects how fast devices were let in that came all at once; empty if that was not tried
     * @param trials all loads that were tried, in order
     * @param machine what it ran on
     */
    static String text(
            Slo slo,
            OptionalLong idle,
            Search.Found<Trial> rate,
            Search.Found<Trial> connections,
            Optional<Connects> connects,
            List<Trial> trials,
            Map<String, String> machine) {
        SizingSheet sheet = new SizingSheet();
        sheet.line("# Sizing sheet");
        sheet.line("");
        sheet.line(
                "Asked: `%s`, and that Kafka holds what was promised. Simulator, nodes and Kafka shared this machine.",
                slo);
        sheet.line("");
        sheet.line(
                "p50, p99 and p99.9 are percentiles of each second's events, from due to receipt, once a load had been on for"
                        + " 3 s; stated and judged is what they did not exceed in nine of ten seconds. They are no percentiles of all"
                        + " events: in a tenth of the seconds more is allowed.");
        sheet.line("");
        sheet.line("| | |");
        sheet.line("|---|---|");
        rate.highest().ifPresent(held -> {
            sheet.line(
                    "| highest rate that held | %s%.0f events/s from %d devices%s, p99 %.0f ms |",
                    atLeast(rate), held.eventsPerSecond(), held.devices(), theMost(rate), held.p99Nanos() / 1e6);
            if (held.nodeCores() > 0) {
                sheet.line(
                        "| events/s for each core that the nodes took | %.0f (%.2f cores) |",
                        held.receiptsPerSecond() / held.nodeCores(), held.nodeCores());
            }
            sheet.line("| cores taken at that rate | %s |", held.coresInWords());
        });
        sheet.limit("rate", rate);
        connections.highest().ifPresent(held -> {
            sheet.line(
                    "| most connections that held | %s%d%s, p99 %.0f ms |",
                    atLeast(connections), held.devices(), theMost(connections), held.p99Nanos() / 1e6);
            if (idle.isPresent() && held.nodeBytes().isPresent()) {
                sheet.line(
                        "| bytes on the nodes' heaps for each connection, after a full collection | %.1f KiB |",
                        (held.nodeBytes().getAsLong() - idle.getAsLong()) / 1024.0 / held.devices());
            }
        });
        sheet.limit("connections", connections);
        connects.ifPresent(sheet::connects);
        machine.forEach((name, value) -> sheet.line("| %s | %s |", name, value));
        sheet.line("");
        sheet.line("## What was tried");
        sheet.line("");
        sheet.line("| devices | events/s | receipts/s | p50 | p99 | cores taken | |");
        sheet.line("|---|---|---|---|---|---|---|");
        for (Trial trial : trials) {
            sheet.line(
                    "| %d | %.0f | %.0f | %.0f ms | %.0f ms | %s | %s |",
                    trial.devices(),
                    trial.eventsPerSecond(),
                    trial.receiptsPerSecond(),
                    trial.p50Nanos() / 1e6,
                    trial.p99Nanos() / 1e6,
                    trial.coresInWords(),
                    trial.holds() ? "holds" : String.join("; ", trial.complaints()));
        }
        return sheet.page.toString();
    }

    /** Where the end of the range held, nothing is known of what is beyond. */
    private static String atLeast(Search.Found<Trial> found) {
        return found.lowest().isEmpty() ? "at least " : "";
    }

    private static String theMost(Search.Found<Trial> found) {
        return found.lowest().isEmpty() ? ", the most that was tried" : "";
    }

    private void connects(Connects came) {
        if (came.perSecond().isPresent()) {
            line(
                    "| connects/s, unpaced | %.0f: %d devices at once, TLS as the SDK makes it, until nine of ten were"
                            + " welcomed |",
                    came.perSecond().getAsDouble(), came.devices());
        } else {
            line(
                    "| connects/s, unpaced | not known: of %d devices that came at once %d were connected in the end |",
                    came.devices(), came.connected());
        }
    }

    private void limit(String what, Search.Found<Trial> found) {
        Optional<Trial> missed = found.lowest();
        if (found.highest().isEmpty()) {
            line("| %s | not even the least that was tried held |", what);
        }
        line(
                "| what the limit of the %s was | %s |",
                what,
                missed.map(trial -> (what.equals("rate")
                                        ? String.format(Locale.ROOT, "at %.0f events/s: ", trial.eventsPerSecond())
                                        : "at " + trial.devices() + " devices: ")
                                + String.join("; ", trial.complaints())
                                + (trial.cores().isEmpty() ? "" : "; cores taken: " + trial.coresInWords()))
                        .orElse("not found: the most that was tried held"));
    }

    private void line(String format, Object... values) {
        page.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}
