package io.fleetline.simulator.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.fleetline.simulator.FleetProof;
import io.fleetline.simulator.Judgement;
import io.fleetline.simulator.Measured;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.ProcessUse;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Differences;
import io.fleetline.simulator.proof.Fault;
import io.fleetline.simulator.proof.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Writes what came of a run for programs; docs/simulator.md has its form. */
public final class ResultJson {
    private static final int FORM = 1;
    /** More than these nobody reads; how many there are is told. */
    static final int FAULTS_TOLD = 1_000;

    private final JsonGenerator out;

    private ResultJson(JsonGenerator out) {
        this.out = out;
    }

    /** Writes it to a file. */
    public static void write(RunResult result, Path file) throws IOException {
        Files.writeString(file, text(result));
    }

    static String text(RunResult result) throws IOException {
        return written(json -> json.result(result));
    }

    /** What a proof came to: what a result has under {@code proof}. */
    public static String text(FleetProof proof) throws IOException {
        return written(json -> json.proof(proof));
    }

    @FunctionalInterface
    private interface Part {
        void write(ResultJson json) throws IOException;
    }

    private static String written(Part part) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            part.write(new ResultJson(out));
        }
        return text + "\n";
    }

    private void result(RunResult result) throws IOException {
        Measured measured = result.measured();
        out.writeStartObject();
        out.writeNumberField("form", FORM);
        out.writeStringField("scenario", result.scenario().name());
        out.writeStringField("run", measured.run());
        out.writeNumberField("seed", result.scenario().seed());
        out.writeStringField("began", Instant.ofEpochMilli(result.beganMillis()).toString());
        out.writeBooleanField("passed", result.passed());
        out.writeObjectFieldStart("machine");
        for (Map.Entry<String, String> fact : result.machine().entrySet()) {
            out.writeStringField(fact.getKey(), fact.getValue());
        }
        out.writeEndObject();
        out.writeObjectFieldStart("setup");
        for (Map.Entry<String, String> fact : result.setup().entrySet()) {
            out.writeStringField(fact.getKey(), fact.getValue());
        }
        out.writeEndObject();
        out.writeBooleanField("valid", result.validity().holds());
        texts("invalidBecause", result.validity().reasons());
        out.writeArrayFieldStart("thresholds");
        for (Judgement.Finding finding : result.judgement().findings()) {
            out.writeStartObject();
            out.writeStringField("threshold", finding.threshold());
            out.writeStringField("asked", finding.asked());
            out.writeStringField("seen", finding.seen());
            out.writeBooleanField("met", finding.met());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeFieldName("proof");
        proof(result.proof());
        measured(measured, result.scenario().warmUp());
        out.writeEndObject();
    }

    private void proof(FleetProof proof) throws IOException {
        out.writeStartObject();
        out.writeBooleanField("holds", proof.holds());
        verdict("events", proof.raw());
        if (proof.exact().isPresent()) {
            verdict("exact", proof.exact().get());
        }
        out.writeObjectFieldStart("commands");
        out.writeNumberField("stored", proof.commands().commands());
        out.writeNumberField("run", proof.commands().run());
        out.writeNumberField("records", proof.commands().records());
        out.writeEndObject();
        out.writeNumberField("late", proof.late());
        out.writeNumberField("gaps", proof.gaps());
        out.writeNumberField("faults", proof.faults().size());
        out.writeObjectFieldStart("faultsByKind");
        for (Map.Entry<Fault.Kind, Long> kind : proof.faultsByKind().entrySet()) {
            out.writeNumberField(kind.getKey().name(), kind.getValue());
        }
        out.writeEndObject();
        out.writeArrayFieldStart("firstFaults");
        for (Fault fault : proof.faults().stream().limit(FAULTS_TOLD).toList()) {
            out.writeStartObject();
            out.writeStringField("kind", fault.kind().name());
            out.writeStringField("device", fault.device());
            out.writeStringField("what", fault.sentence());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("devices");
        for (DeviceTally tally : proof.devices()) {
            device(tally);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void device(DeviceTally tally) throws IOException {
        out.writeStartObject();
        out.writeStringField("device", tally.device());
        out.writeNumberField("published", tally.published());
        out.writeNumberField("receipts", tally.receipts());
        out.writeNumberField("dropped", tally.dropped());
        out.writeNumberField("stored", tally.stored());
        out.writeNumberField("repeats", tally.repeats());
        out.writeNumberField("gaps", tally.gaps());
        out.writeNumberField("late", tally.late());
        out.writeNumberField("latestMillis", tally.latestMillis());
        Differences its = tally.differences();
        events(its);
        out.writeNumberField("commandsRepeated", its.commandsRepeated());
        out.writeNumberField("commandsLost", its.commandsLost());
        out.writeNumberField("outcomesLost", its.outcomesLost());
        out.writeNumberField("outcomesDoubled", its.outcomesDoubled());
        out.writeNumberField("outcomesInvented", its.outcomesInvented());
        if (tally.exact().isPresent()) {
            out.writeObjectFieldStart("exact");
            events(tally.exact().get());
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private void events(Differences differences) throws IOException {
        out.writeNumberField("lost", differences.lost());
        out.writeNumberField("doubled", differences.doubled());
        out.writeNumberField("outOfOrder", differences.outOfOrder());
        out.writeNumberField("otherDifferences", differences.others());
    }

    private void verdict(String name, Verdict verdict) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("published", verdict.published());
        out.writeNumberField("receipts", verdict.receipts());
        out.writeNumberField("records", verdict.records());
        out.writeNumberField("repeats", verdict.repeats());
        out.writeNumberField("foreign", verdict.foreign());
        out.writeNumberField("faults", verdict.faults().size());
        out.writeEndObject();
    }

    private void measured(Measured measured, Duration warmUp) throws IOException {
        out.writeObjectFieldStart("measured");
        out.writeNumberField("seconds", measured.length().toNanos() / 1e9);
        out.writeNumberField("warmUpSeconds", warmUp.toNanos() / 1e9);
        out.writeNumberField("devices", measured.devices());
        out.writeNumberField("connectedAtTheEnd", measured.connected());
        out.writeNumberField("due", measured.due());
        out.writeNumberField("receipts", measured.receipts());
        out.writeNumberField("dropped", measured.dropped());
        out.writeNumberField("connectionFailures", measured.failures());
        out.writeNumberField("commands", measured.commands());
        out.writeNumberField("outcomes", measured.outcomes());
        out.writeBooleanField("quiet", measured.quiet());
        percentiles("ackMillis", measured.ack());
        out.writeObjectFieldStart("ackMillisByGroup");
        for (Map.Entry<String, Percentiles> group : measured.ackByGroup().entrySet()) {
            percentiles(group.getKey(), group.getValue());
        }
        out.writeEndObject();
        percentiles("readerMillis", measured.reader());
        percentiles("handlerMillis", measured.handler());
        percentiles("commandMillis", measured.command());
        percentiles("connectMillis", measured.connect());
        percentiles("lagMillis", measured.lag());
        percentiles("wakeUpMillis", measured.wakeUps());
        out.writeArrayFieldStart("ackHistogram");
        for (Latencies.Bar bar : measured.ackBars()) {
            out.writeStartObject();
            out.writeNumberField("upToMillis", bar.upToNanos() / 1e6);
            out.writeNumberField("count", bar.count());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("samples");
        for (Sample sample : measured.samples()) {
            sample(sample);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void sample(Sample sample) throws IOException {
        out.writeStartObject();
        out.writeNumberField("at", sample.atSeconds());
        out.writeStringField("stage", sample.stage());
        out.writeNumberField("connected", sample.connected());
        out.writeNumberField("due", sample.due());
        out.writeNumberField("receipts", sample.receipts());
        out.writeNumberField("failures", sample.failures());
        out.writeNumberField("dropped", sample.dropped());
        percentiles("ackMillis", sample.ack());
        percentiles("readerMillis", sample.reader());
        percentiles("handlerMillis", sample.handler());
        percentiles("commandMillis", sample.command());
        percentiles("lagMillis", sample.lag());
        percentiles("wakeUpMillis", sample.own().wakeUps());
        out.writeNumberField("cores", sample.own().cores());
        out.writeNumberField("machine", sample.own().machine());
        out.writeNumberField("heapBytes", sample.own().heapBytes());
        out.writeNumberField("collecting", sample.own().collecting());
        out.writeStringField("busiestThread", sample.own().busiestThread());
        out.writeNumberField("busiestCores", sample.own().busiestCores());
        out.writeObjectFieldStart("others");
        for (Map.Entry<String, ProcessUse> other : sample.others().entrySet()) {
            out.writeObjectFieldStart(other.getKey());
            out.writeNumberField("cores", other.getValue().cores());
            out.writeNumberField("residentBytes", other.getValue().residentBytes());
            out.writeEndObject();
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private void percentiles(String name, Percentiles percentiles) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("count", percentiles.count());
        out.writeNumberField("p50", percentiles.p50Nanos() / 1e6);
        out.writeNumberField("p90", percentiles.p90Nanos() / 1e6);
        out.writeNumberField("p99", percentiles.p99Nanos() / 1e6);
        out.writeNumberField("p999", percentiles.p999Nanos() / 1e6);
        out.writeNumberField("max", percentiles.maxNanos() / 1e6);
        out.writeEndObject();
    }

    private void texts(String name, Iterable<String> texts) throws IOException {
        out.writeArrayFieldStart(name);
        for (String text : texts) {
            out.writeString(text);
        }
        out.writeEndArray();
    }
}
