package io.fleetline.bench.report;

import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A report as a table, for people. */
public final class ReportTable {
    private ReportTable() {}

    /** The lines of the table. */
    public static List<String> lines(Report report) {
        List<String> lines = new ArrayList<>();
        lines.add(report.name() + ": " + report.summary());
        lines.add(report.startedAt().truncatedTo(ChronoUnit.SECONDS) + ", "
                + (report.effort() == Effort.QUICK ? "quick (reduced size, see below)" : "full") + ", "
                + report.took().toSeconds() + " s"
                + report.commit().map(commit -> ", commit " + commit).orElse(""));
        lines.add(report.machine().cores() + " cores, " + report.machine().cpu() + ", "
                + report.machine().memoryMebibytes() + " MiB, "
                + report.machine().kernel() + ", "
                + report.machine().jdk());
        report.measurement().parameters().forEach((name, value) -> lines.add("  " + name + ": " + value));
        lines.add("");
        lines.addAll(aligned(sideRows(report.measurement().sides())));
        lines.add("");
        lines.addAll(aligned(figureRows(report.measurement().figures())));
        report.measurement().remarks().forEach(remark -> lines.add("note: " + remark));
        if (report.disturbance().disturbed()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "DISTURBED: others used %.2f cores meanwhile, and %.2f were stolen by the host; measure again.",
                    report.disturbance().othersCores(),
                    report.disturbance().stolenCores()));
        }
        return lines;
    }

    private static List<List<String>> sideRows(List<SideResult> sides) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("side", "metric", "unit", "median", "min", "max", "spread", "n"));
        for (SideResult side : sides) {
            for (Series series : side.series()) {
                Samples samples = series.samples();
                rows.add(List.of(
                        side.side(),
                        series.metric(),
                        series.unit(),
                        Numbers.text(samples.median()),
                        Numbers.text(samples.min()),
                        Numbers.text(samples.max()),
                        percent(samples.spread()),
                        Integer.toString(samples.values().size())));
            }
        }
        return rows;
    }

    private static List<List<String>> figureRows(List<Figure> figures) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("figure", "what", "unit", "value", "min", "max", "first", "goal", "verdict"));
        for (Figure figure : figures) {
            rows.add(List.of(
                    figure.id(),
                    figure.what(),
                    figure.unit(),
                    Numbers.text(figure.value()),
                    Numbers.text(figure.rounds().min()),
                    Numbers.text(figure.rounds().max()),
                    figure.target().map(target -> bound(target, target.first())).orElse("-"),
                    figure.target().map(target -> bound(target, target.goal())).orElse("-"),
                    figure.verdict().map(ReportTable::word).orElse("-")));
        }
        return rows;
    }

    private static String bound(Target target, double bound) {
        return (target.direction() == Target.Direction.AT_LEAST ? "≥ " : "≤ ") + Numbers.text(bound);
    }

    private static String word(Target.Verdict verdict) {
        return switch (verdict) {
            case MISSED -> "MISSED";
            case FIRST_MET -> "first met";
            case GOAL_MET -> "goal met";
        };
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", part * 100);
    }

    private static List<String> aligned(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = IntStream.range(0, columns)
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return rows.stream()
                .map(row -> IntStream.range(0, columns)
                        .mapToObj(column -> row.get(column)
                                + " ".repeat(widths[column] - row.get(column).length()))
                        .collect(Collectors.joining("  "))
                        .stripTrailing())
                .toList();
    }
}
