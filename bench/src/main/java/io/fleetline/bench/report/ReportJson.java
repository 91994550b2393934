package io.fleetline.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.bench.machine.Disturbance;
import io.fleetline.bench.machine.MachineFacts;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A report as one line of JSON, for programs that follow figures over time. */
public final class ReportJson {
    /** Raised when a field changes its meaning or goes. */
    public static final int VERSION = 1;

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final MathContext DIGITS = new MathContext(6);

    private ReportJson() {}

    /** One line, without a line break. */
    public static String line(Report report) {
        ObjectNode root = NODES.objectNode();
        root.put("version", VERSION);
        root.put("name", report.name());
        root.put("summary", report.summary());
        root.put("date", report.startedAt().truncatedTo(ChronoUnit.SECONDS).toString());
        root.put("seconds", rounded(report.took().toMillis() / 1000.0));
        root.put("quick", report.effort() == Effort.QUICK);
        report.commit().ifPresent(commit -> root.put("commit", commit));
        root.set("machine", machine(report.machine()));
        root.put("jdk", report.machine().jdk());
        report.loadAverage().ifPresent(load -> root.put("loadBefore", load));
        root.set("others", others(report.disturbance()));
        ObjectNode parameters = root.putObject("parameters");
        report.measurement().parameters().forEach(parameters::put);
        ArrayNode sides = root.putArray("sides");
        report.measurement().sides().forEach(side -> sides.add(side(side)));
        ArrayNode figures = root.putArray("figures");
        report.measurement().figures().forEach(figure -> figures.add(figure(figure)));
        ArrayNode remarks = root.putArray("remarks");
        report.measurement().remarks().forEach(remarks::add);
        try {
            return MAPPER.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values always has a text", e);
        }
    }

    private static ObjectNode machine(MachineFacts machine) {
        ObjectNode node = NODES.objectNode();
        node.put("cores", machine.cores());
        node.put("cpu", machine.cpu());
        node.put("memoryMiB", machine.memoryMebibytes());
        node.put("kernel", machine.kernel());
        return node;
    }

    private static ObjectNode others(Disturbance disturbance) {
        ObjectNode node = NODES.objectNode();
        node.put("cores", rounded(disturbance.othersCores()));
        node.put("stolenCores", rounded(disturbance.stolenCores()));
        node.put("disturbed", disturbance.disturbed());
        return node;
    }

    private static ObjectNode side(SideResult side) {
        ObjectNode node = NODES.objectNode();
        node.put("side", side.side());
        ArrayNode metrics = node.putArray("metrics");
        side.series().forEach(series -> {
            ObjectNode metric = metrics.addObject();
            metric.put("metric", series.metric());
            metric.put("unit", series.unit());
            addSamples(metric, series.samples());
        });
        return node;
    }

    private static ObjectNode figure(Figure figure) {
        ObjectNode node = NODES.objectNode();
        node.put("id", figure.id());
        node.put("what", figure.what());
        node.put("unit", figure.unit());
        node.put("value", rounded(figure.value()));
        addSamples(node.putObject("rounds"), figure.rounds());
        figure.target().ifPresent(target -> {
            ObjectNode set = node.putObject("target");
            set.put("first", target.first());
            set.put("goal", target.goal());
            set.put("direction", target.direction().name().toLowerCase(Locale.ROOT));
            Target.Verdict verdict = target.verdict(figure.value());
            node.put("met", verdict != Target.Verdict.MISSED);
            node.put("goalMet", verdict == Target.Verdict.GOAL_MET);
        });
        return node;
    }

    private static void addSamples(ObjectNode node, Samples samples) {
        node.put("median", rounded(samples.median()));
        node.put("min", rounded(samples.min()));
        node.put("max", rounded(samples.max()));
        ArrayNode values = node.putArray("samples");
        samples.values().forEach(value -> values.add(rounded(value)));
    }

    private static BigDecimal rounded(double value) {
        return new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    }
}
