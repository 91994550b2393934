package io.fleetline.simulator.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.simulator.FleetProof;
import io.fleetline.simulator.Judgement;
import io.fleetline.simulator.Measured;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.ProcessUse;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Fault;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Shows what came of a run as one page of HTML that needs nothing else: no script, no file beside it, no network. */
public final class ReportPage {
    private static final int FAULTS_SHOWN = 50;
    private static final int DEVICES_SHOWN = 10;
    private static final double BYTES_IN_MEBIBYTE = 1024 * 1024;

    private final RunResult result;
    private final Measured measured;
    private final List<Sample> samples;
    private final double[] seconds;
    private final StringBuilder html = new StringBuilder();

    private ReportPage(RunResult result) {
        this.result = result;
        this.measured = result.measured();
        this.samples = measured.samples();
        this.seconds = samples.stream().mapToDouble(Sample::atSeconds).toArray();
    }

    /** Writes it to a file. */
    public static void write(RunResult result, Path file) throws IOException {
        Files.writeString(file, text(result));
    }

    static String text(RunResult result) throws IOException {
        return new ReportPage(result).page();
    }

    private String page() throws IOException {
        Scenario scenario = result.scenario();
        html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<title>")
                .append(Html.text(scenario.name()))
                .append("</title><style>\n")
                .append(style())
                .append("</style></head><body><main>\n");
        head(scenario);
        tiles();
        thresholds();
        plots();
        disturbances();
        groups();
        histogram();
        proof();
        facts(scenario);
        return html.append("</main></body></html>\n").toString();
    }

    private static String style() throws IOException {
        try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IOException("the page's style is missing from the simulator's jar");
            }
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private void head(Scenario scenario) {
        html.append("<header><h1>").append(Html.text(scenario.name())).append("</h1>");
        html.append("<p>").append(Html.text(scenario.about())).append("</p>");
        verdict(result.passed(), result.passed() ? "passed" : "not passed");
        verdict(result.proof().holds(), result.proof().holds() ? "proof holds" : "proof fails");
        verdict(result.judgement().met(), result.judgement().met() ? "thresholds met" : "threshold missed");
        verdict(result.validity().holds(), result.validity().holds() ? "run is valid" : "run is not valid");
        html.append("</header>\n");
        if (!scenario.warmUp().isZero()) {
            html.append("<p>Percentiles and the histogram are of what came after the warm-up of ")
                    .append(Html.seconds(scenario.warmUp().toNanos() / 1e9))
                    .append(", grey in the plots; counts and the proof are of the whole run.</p>\n");
        }
        result.validity()
                .reasons()
                .forEach(reason -> html.append("<p class=\"bad\">Not valid: ")
                        .append(Html.text(reason))
                        .append(".</p>\n"));
    }

    private void verdict(boolean good, String word) {
        html.append("<span class=\"verdict ")
                .append(good ? "good" : "bad")
                .append("\">")
                .append(good ? "✓ " : "✗ ")
                .append(word)
                .append("</span> ");
    }

    private void tiles() {
        html.append("<section class=\"tiles\">");
        tile("devices connected at the end", measured.connected() + " / " + measured.devices());
        double rate = measured.receipts() / Math.max(1e-9, measured.length().toNanos() / 1e9);
        tile("receipts", Html.number(measured.receipts()) + " (" + Html.number(rate) + "/s)");
        tile("dropped", Html.number(measured.dropped()));
        tile("due to receipt, p50 / p99", both(measured.ack()));
        if (measured.reader().count() > 0) {
            tile("due to reader, p50 / p99", both(measured.reader()));
        }
        if (measured.commands() > 0) {
            tile("commands, outcomes", measured.commands() + ", " + measured.outcomes());
            tile("command to handler, p50 / p99", both(measured.handler()));
            tile("command to outcome, p50 / p99", both(measured.command()));
        }
        tile("connections or attempts ended", Html.number(measured.failures()));
        html.append("</section>\n");
    }

    private static String both(Percentiles seen) {
        return seen.count() == 0
                ? "–"
                : Html.millis(seen.p50Nanos() / 1e6) + " / " + Html.millis(seen.p99Nanos() / 1e6);
    }

    private void tile(String name, String value) {
        html.append("<div><b>")
                .append(Html.text(value))
                .append("</b><span>")
                .append(Html.text(name))
                .append("</span></div>");
    }

    private void thresholds() {
        if (result.judgement().findings().isEmpty()) {
            return;
        }
        html.append("<h2>Thresholds</h2><div class=\"scroll\"><table><tr><th>threshold<th>asked<th>seen<th></tr>");
        for (Judgement.Finding finding : result.judgement().findings()) {
            row(finding.threshold(), finding.asked(), finding.seen(), finding.met() ? "✓" : "✗ missed");
        }
        html.append("</table></div>\n");
    }

    private void row(String... cells) {
        html.append("<tr>");
        for (String cell : cells) {
            html.append("<td>").append(Html.text(cell));
        }
        html.append("</tr>");
    }

    private void plots() {
        html.append("<h2>Over time</h2><section class=\"plots\">\n");
        plot(linear("Connections", Html::number)
                .line("connected", values(sample -> sample.connected()))
                .line("ended, per second", values(Sample::failures)));
        plot(linear("Events per second", Html::number)
                .line("due", values(Sample::due))
                .line("receipts", values(Sample::receipts))
                .line("dropped", values(Sample::dropped)));
        plot(latencies("From due to receipt", Sample::ack));
        plot(latencies("From due to a reader of the topic", Sample::reader));
        if (measured.commands() > 0) {
            plot(latencies("From command to handler", Sample::handler));
            plot(latencies("From command to outcome", Sample::command));
        }
        Plot cores = linear("Cores in use", Html::number)
                .line("simulator", values(sample -> sample.own().cores()));
        for (String other : others()) {
            cores.line(other, values(sample -> use(sample, other, ProcessUse::cores)));
        }
        plot(cores);
        plot(linear("Heap of the simulator, MiB", Html::number)
                .line("in use", values(sample -> sample.own().heapBytes() / BYTES_IN_MEBIBYTE)));
        if (!others().isEmpty()) {
            Plot memory = linear("Resident memory, MiB", Html::number);
            for (String other : others()) {
                memory.line(
                        other, values(sample -> use(sample, other, use -> use.residentBytes() / BYTES_IN_MEBIBYTE)));
            }
            plot(memory);
        }
        plot(new Plot("The simulator's own lateness", seconds, Html::millis, true)
                .line("p99 after due", values(sample -> millis(sample.lag(), Percentiles::p99Nanos)))
                .line("latest wake-up", values(sample -> millis(sample.own().wakeUps(), Percentiles::maxNanos))));
        html.append("</section>\n");
    }

    private static double use(Sample sample, String process, ToDoubleFunction<ProcessUse> which) {
        return Optional.ofNullable(sample.others().get(process))
                .map(which::applyAsDouble)
                .orElse(Double.NaN);
    }

    private Set<String> others() {
        Set<String> names = new LinkedHashSet<>();
        samples.forEach(sample ->
                names.addAll(sample.others().keySet().stream().sorted().toList()));
        return names;
    }

    private Plot linear(String title, DoubleFunction<String> label) {
        return new Plot(title, seconds, label, false);
    }

    private Plot latencies(String title, Function<Sample, Percentiles> which) {
        return new Plot(title, seconds, Html::millis, true)
                .line("p50", values(sample -> millis(which.apply(sample), Percentiles::p50Nanos)))
                .line("p99", values(sample -> millis(which.apply(sample), Percentiles::p99Nanos)))
                .line("longest", values(sample -> millis(which.apply(sample), Percentiles::maxNanos)));
    }

    private static double millis(Percentiles seen, ToDoubleFunction<Percentiles> which) {
        return seen.count() == 0 ? Double.NaN : which.applyAsDouble(seen) / 1e6;
    }

    private double[] values(ToDoubleFunction<Sample> value) {
        return Plot.values(samples.size(), i -> value.applyAsDouble(samples.get(i)));
    }

    private void plot(Plot plot) {
        html.append(plot.warmUp(result.scenario().warmUp().toNanos() / 1e9)
                .stages(stages())
                .marks(faults())
                .html());
    }

    private List<Plot.Mark> stages() {
        List<Plot.Mark> marks = new ArrayList<>();
        double at = 0;
        for (Scenario.Stage stage : result.scenario().stages()) {
            double end = at + stage.length().toNanos() / 1e9;
            marks.add(new Plot.Mark(at, end, stage.name()));
            at = end;
        }
        return marks;
    }

    private List<Plot.Mark> faults() {
        Stream<Plot.Mark> outages = result.scenario().outages().stream()
                .map(outage -> new Plot.Mark(
                        outage.at().toNanos() / 1e9,
                        outage.at().plus(outage.length()).toNanos() / 1e9,
                        outage.toString()));
        Stream<Plot.Mark> faults = result.scenario().faults().stream()
                .map(fault -> new Plot.Mark(
                        fault.at().toNanos() / 1e9,
                        fault.at().plus(fault.length()).toNanos() / 1e9,
                        fault.kind().name().toLowerCase(Locale.ROOT).replace('_', '-') + " of "
                                + Html.number(100 * fault.share()) + " % of " + fault.group()));
        return Stream.concat(faults, outages)
                .sorted(Comparator.comparingDouble(Plot.Mark::from))
                .toList();
    }

    /** What is a numbered stripe in the plots, in words: a stripe has no room for them, and paper shows no hints. */
    private void disturbances() {
        List<Plot.Mark> marks = faults();
        if (marks.isEmpty()) {
            return;
        }
        html.append("<h2>What was done to it</h2><div class=\"scroll\"><table><tr><th><th>from<th>to<th>what</tr>");
        for (int i = 0; i < marks.size(); i++) {
            Plot.Mark mark = marks.get(i);
            row(Integer.toString(i + 1), Html.seconds(mark.from()), Html.seconds(mark.to()), mark.name());
        }
        html.append("</table></div>\n");
    }

    private void histogram() {
        List<Latencies.Bar> bars = measured.ackBars();
        long most = bars.stream().mapToLong(Latencies.Bar::count).max().orElse(0);
        if (most == 0) {
            return;
        }
        html.append("<h2>Due to receipt, all events</h2><div class=\"scroll\"><table class=\"bars\">");
        for (Latencies.Bar bar : bars.subList(first(bars), bars.size())) {
            html.append(String.format(
                    Locale.ROOT,
                    "<tr><td>up to %s<td><i style=\"width:%.1f%%\"></i><td>%s</tr>",
                    Html.millis(bar.upToNanos() / 1e6),
                    100.0 * bar.count() / most,
                    Html.number(bar.count())));
        }
        html.append("</table></div>\n");
    }

    /** The first bar that says something. */
    private static int first(List<Latencies.Bar> bars) {
        int first = 0;
        while (bars.get(first).count() == 0) {
            first++;
        }
        return first;
    }

    private void groups() {
        html.append("<h2>Due to receipt, by group</h2><div class=\"scroll\"><table>")
                .append("<tr><th>group<th>events<th>p50<th>p90<th>p99<th>p99.9<th>longest</tr>");
        measured.ackByGroup()
                .forEach((name, seen) -> row(
                        name,
                        Html.number(seen.count()),
                        Html.millis(seen.p50Nanos() / 1e6),
                        Html.millis(seen.p90Nanos() / 1e6),
                        Html.millis(seen.p99Nanos() / 1e6),
                        Html.millis(seen.p999Nanos() / 1e6),
                        Html.millis(seen.maxNanos() / 1e6)));
        html.append("</table></div>\n");
    }

    private void proof() {
        FleetProof proof = result.proof();
        html.append("<h2>Proof</h2><p>")
                .append(Html.number(proof.raw().published()))
                .append(" events published, ")
                .append(Html.number(proof.raw().receipts()))
                .append(" receipts; ")
                .append(Html.number(proof.raw().records()))
                .append(" records read, ")
                .append(Html.number(proof.raw().repeats()))
                .append(" repeats, ")
                .append(Html.number(proof.gaps()))
                .append(" numbers declared as dropped, ")
                .append(Html.number(proof.late()))
                .append(" late. ")
                .append(
                        proof.commands().commands() == 0
                                ? ""
                                : Html.number(proof.commands().commands()) + " commands stored, "
                                        + Html.number(proof.commands().run()) + " run. ")
                .append(measured.quiet() ? "" : "Of some it is not known how they ended.")
                .append("</p>\n");
        proof.exact()
                .ifPresent(exact -> html.append("<p")
                        .append(
                                exact.holds()
                                        ? ">The exact topic has each once and in order: "
                                        : " class=\"bad\">The exact topic differs: ")
                        .append(
                                exact.holds()
                                        ? ""
                                        : Html.number(exact.faults().size())
                                                + (exact.faults().size() == 1 ? " difference, " : " differences, "))
                        .append(Html.number(exact.records()))
                        .append(" records read.</p>\n"));
        if (!proof.holds()) {
            html.append("<div class=\"scroll\"><table><tr><th>difference<th>device<th>what</tr>");
            for (Fault fault : proof.faults().stream().limit(FAULTS_SHOWN).toList()) {
                row(fault.kind().name(), fault.device(), fault.sentence());
            }
            html.append("</table></div>\n");
            int all = proof.faults().size();
            if (all > FAULTS_SHOWN) {
                html.append("<p>and ")
                        .append(Html.number(all - FAULTS_SHOWN))
                        .append(" more; result.json has ")
                        .append(
                                all > ResultJson.FAULTS_TOLD
                                        ? "the first " + Html.number(ResultJson.FAULTS_TOLD)
                                        : "all")
                        .append(", and how many there are of each device.</p>\n");
            }
        }
        devices(proof);
    }

    /** Those with most to tell. */
    private void devices(FleetProof proof) {
        List<DeviceTally> worst = proof.worst(DEVICES_SHOWN);
        if (worst.isEmpty()) {
            return;
        }
        List<TallyColumn> columns = TallyColumn.of(worst);
        html.append("<p>The devices with most differences, most dropped, late or sent again:</p>")
                .append("<div class=\"scroll\"><table><tr><th>device");
        columns.forEach(column -> html.append("<th>").append(Html.text(column.title())));
        html.append("<th>latest by</tr>");
        for (DeviceTally tally : worst) {
            row(Stream.of(
                            Stream.of(tally.device()),
                            columns.stream().map(column -> Html.number(column.of(tally))),
                            Stream.of(Html.millis((double) tally.latestMillis())))
                    .flatMap(cells -> cells)
                    .toArray(String[]::new));
        }
        html.append("</table></div>\n");
    }

    private void facts(Scenario scenario) {
        html.append("<h2>What was run on what</h2><div class=\"scroll\"><table>");
        row("run", measured.run());
        row(
                "began",
                Instant.ofEpochMilli(result.beganMillis())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        row("seed", Long.toString(scenario.seed()));
        row("devices", Integer.toString(scenario.devices()));
        result.setup().forEach(this::row);
        result.machine().forEach(this::row);
        html.append("</table></div>\n");
    }
}
