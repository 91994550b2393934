package io.fleetline.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.bench.machine.Disturbance;
import io.fleetline.bench.machine.MachineFacts;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Samples FLOOR = Samples.of(400_000, 380_000.4, 410_000);
    private static final Samples OURS = Samples.of(150_000, 170_000);

    @Test
    void theJsonIsOneLine() {
        assertThat(ReportJson.line(report(Effort.FULL, new Disturbance(0, 0))))
                .doesNotContain("\n")
                .startsWith("{");
    }

    @Test
    void theJsonHasEverySampleAndWhatIsMadeOfThem() throws Exception {
        JsonNode root = json(report(Effort.FULL, new Disturbance(0, 0)));
        JsonNode rate = root.at("/sides/0/metrics/0");
        assertThat(root.at("/sides/0/side").asText()).isEqualTo("floor");
        assertThat(rate.get("metric").asText()).isEqualTo("rate");
        assertThat(rate.get("unit").asText()).isEqualTo("events/s");
        assertThat(rate.get("samples")).hasSize(3);
        assertThat(rate.get("samples").get(1).asDouble()).isEqualTo(380_000);
        assertThat(rate.get("median").asDouble()).isEqualTo(400_000);
        assertThat(rate.get("min").asDouble()).isEqualTo(380_000);
        assertThat(rate.get("max").asDouble()).isEqualTo(410_000);
    }

    @Test
    void theJsonSaysWhatWasAskedForAndWhetherItWasMet() throws Exception {
        JsonNode figure = json(report(Effort.FULL, new Disturbance(0, 0))).at("/figures/0");
        assertThat(figure.get("id").asText()).isEqualTo("P1");
        assertThat(figure.get("value").asDouble()).isEqualTo(0.4);
        assertThat(figure.at("/target/first").asDouble()).isEqualTo(0.4);
        assertThat(figure.at("/target/goal").asDouble()).isEqualTo(0.6);
        assertThat(figure.get("met").asBoolean()).isTrue();
        assertThat(figure.get("goalMet").asBoolean()).isFalse();
        assertThat(figure.at("/rounds/samples")).hasSize(2);
    }

    @Test
    void aFigureWithoutATargetIsNeitherMetNorMissed() throws Exception {
        JsonNode figure = json(report(Effort.FULL, new Disturbance(0, 0))).at("/figures/1");
        assertThat(figure.has("met")).isFalse();
        assertThat(figure.has("target")).isFalse();
    }

    @Test
    void theJsonSaysOnWhatWhenAndHowItWasMeasured() throws Exception {
        JsonNode root = json(report(Effort.QUICK, new Disturbance(0.3, 0.05)));
        assertThat(root.get("name").asText()).isEqualTo("p1");
        assertThat(root.get("date").asText()).isEqualTo("2026-11-21T04:05:06Z");
        assertThat(root.get("seconds").asDouble()).isEqualTo(31.5);
        assertThat(root.get("quick").asBoolean()).isTrue();
        assertThat(root.get("commit").asText()).isEqualTo("abc123-dirty");
        assertThat(root.at("/machine/cores").asInt()).isEqualTo(2);
        assertThat(root.at("/machine/cpu").asText()).isEqualTo("A \"fast\" one");
        assertThat(root.at("/machine/memoryMiB").asLong()).isEqualTo(24_000);
        assertThat(root.at("/machine/kernel").asText()).isEqualTo("Linux 6.18");
        assertThat(root.get("jdk").asText()).isEqualTo("OpenJDK 17");
        assertThat(root.get("loadBefore").asDouble()).isEqualTo(0.5);
        assertThat(root.at("/others/cores").asDouble()).isEqualTo(0.3);
        assertThat(root.at("/others/disturbed").asBoolean()).isTrue();
        assertThat(root.at("/parameters/body").asText()).isEqualTo("100 B");
        assertThat(root.at("/remarks/0").asText()).isEqualTo("one replica");
    }

    @Test
    void theTableSaysWhatWasMissed() {
        List<String> lines = ReportTable.lines(report(Effort.FULL, new Disturbance(0, 0)));
        assertThat(lines)
                .anyMatch(line -> line.matches("floor +rate +events/s +400,000 +380,000 +410,000 +7\\.5 % +3"));
        assertThat(lines)
                .anyMatch(line -> line.matches("P1 +ours / floor +ratio +0\\.400 .*≥ 0\\.400 +≥ 0\\.600 +first met"));
        assertThat(lines).anyMatch(line -> line.matches("P2 +floor − ours +events/s .*- +- +-"));
        assertThat(lines).contains("note: one replica", "  body: 100 B");
        assertThat(lines).noneMatch(line -> line.contains("DISTURBED"));
    }

    @Test
    void theTableSaysThatItWasQuickAndThatOthersWereAtWork() {
        List<String> lines = ReportTable.lines(report(Effort.QUICK, new Disturbance(0.3, 0.05)));
        assertThat(lines).anyMatch(line -> line.contains("quick (reduced size"));
        assertThat(lines).anyMatch(line -> line.startsWith("DISTURBED: others used 0.30 cores"));
    }

    private static JsonNode json(Report report) throws Exception {
        return new ObjectMapper().readTree(ReportJson.line(report));
    }

    private static Report report(Effort effort, Disturbance disturbance) {
        Measurement measurement = new Measurement(
                Map.of("body", "100 B"),
                List.of(
                        new SideResult("floor", List.of(new Series("rate", "events/s", FLOOR))),
                        new SideResult("ours", List.of(new Series("rate", "events/s", OURS)))),
                List.of(
                        Figure.ratio("P1", "ours / floor", OURS, FLOOR, Optional.of(Target.atLeast(0.4, 0.6))),
                        Figure.difference("P2", "floor − ours", "events/s", OURS, FLOOR, Optional.empty())),
                List.of("one replica"));
        return new Report(
                "p1",
                "ours beside the floor",
                effort,
                Instant.parse("2026-11-21T04:05:06.789Z"),
                Duration.ofMillis(31_500),
                new MachineFacts(2, "A \"fast\" one", 24_000, "Linux 6.18", "OpenJDK 17"),
                Optional.of(0.5),
                disturbance,
                Optional.of("abc123-dirty"),
                measurement);
    }
}
