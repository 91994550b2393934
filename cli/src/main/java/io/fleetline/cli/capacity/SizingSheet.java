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
     * @param trials all that was tried, in order
     * @param machine what it ran on
     */
    static String text(
            Slo slo,
            OptionalLong idle,
            Search.Found<Trial> rate,
            Search.Found<Trial> connections,
            List<Trial> trials,
            Map<String, String> machine) {
        SizingSheet sheet = new SizingSheet();
        sheet.line("# Sizing sheet");
        sheet.line("");
        sheet.line(
                "Asked: `%s`, and that Kafka holds what was promised. Times are what they were in nine of ten seconds,"
                        + " once a load had been on for 3 s. Simulator, nodes and Kafka shared this machine.",
                slo);
        sheet.line("");
        sheet.line("| | |");
        sheet.line("|---|---|");
        rate.highest().ifPresent(held -> {
            sheet.line(
                    "| highest rate that held | %.0f events/s from %d devices, p99 %.0f ms |",
                    held.eventsPerSecond(), held.devices(), held.p99Nanos() / 1e6);
            if (held.nodeCores() > 0) {
                sheet.line(
                        "| events/s for each core that the nodes took | %.0f (%.2f cores) |",
                        held.receiptsPerSecond() / held.nodeCores(), held.nodeCores());
            }
            sheet.line("| cores taken at that rate | %s |", held.coresInWords());
        });
        sheet.limit("rate", rate);
        connections.highest().ifPresent(held -> {
            sheet.line("| most connections that held | %d, p99 %.0f ms |", held.devices(), held.p99Nanos() / 1e6);
            if (idle.isPresent() && held.nodeBytes().isPresent()) {
                sheet.line(
                        "| bytes on the nodes' heaps for each connection, after a full collection | %.1f KiB |",
                        (held.nodeBytes().getAsLong() - idle.getAsLong()) / 1024.0 / held.devices());
            }
        });
        sheet.limit("connections", connections);
        double connects = trials.stream()
                .filter(Trial::holds)
                .mapToDouble(Trial::connectsPerSecond)
                .max()
                .orElse(0);
        sheet.line("| connects/s, full TLS handshakes, at the busiest | %.0f |", connects);
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
                        .orElse("not found: the most that was to be tried held"));
    }

    private void line(String format, Object... values) {
        page.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}
