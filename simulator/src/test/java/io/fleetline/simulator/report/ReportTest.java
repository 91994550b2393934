package io.fleetline.simulator.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.simulator.FleetProof;
import io.fleetline.simulator.Measured;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.ProcessUse;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.proof.CommandCheck;
import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Differences;
import io.fleetline.simulator.proof.Fault;
import io.fleetline.simulator.proof.Verdict;
import io.fleetline.simulator.scenario.Scenario;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Scenario SCENARIO = Scenario.parse("""
        name: shown
        about: One & <all>.
        warmUp: 2s
        stages:
          - {name: first, for: 5s}
          - {name: second, for: 5s}
        groups:
          - name: pump
            devices: 3
        faults:
          - {kind: half-open, group: pump, at: 3s, for: 2s, share: 50%}
        thresholds: {ackP99: 10ms, dropped: 0}
        """, "test", Path.of(""));

    /** Objects whose names are processes, groups, kinds and the like. */
    private static final Set<String> OF_DATA = Set.of("machine", "setup", "faultsByKind", "ackMillisByGroup", "others");

    @TempDir
    private Path directory;

    @Test
    void aPageNeedsNothingElseAndShowsWhatThereIs() throws Exception {
        String page = ReportPage.text(result(List.of()));

        assertThat(page)
                .contains("One &amp; &lt;all&gt;.", "proof holds", "threshold missed", "run is valid", "not passed")
                .contains(">first</text>", ">second</text>", "<title>half-open of 50 % of pump</title>")
                .contains("<td>1<td>3 s<td>5 s<td>half-open of 50 % of pump", "Resident memory, MiB")
                .contains("after the warm-up of 2 s", "<rect class=\"warm-up\"")
                .contains("command to handler, p50 / p99", "From command to handler", "From command to outcome")
                .contains("Cores in use", ">kafka</span>", ">node-1</span>", "sim/pump-00001")
                .doesNotContain("<script", "http://", "https://", "NaN", "Infinity", "url(");
        Path file = directory.resolve("report.html");
        ReportPage.write(result(List.of()), file);
        assertThat(file).hasContent(page);
    }

    @Test
    void whatTheProofFoundIsShown() throws Exception {
        Fault fault = new Fault(Fault.Kind.MISSING, "sim/pump-00002", "counter 7 has a receipt and is not there");

        assertThat(ReportPage.text(result(List.of(fault))))
                .contains("proof fails", "MISSING", "counter 7 has a receipt and is not there");
        assertThat(ResultJson.text(result(List.of(fault))))
                .contains("\"kind\" : \"MISSING\"", "\"passed\" : false", "\"holds\" : false");
    }

    @Test
    void theProofSaysOfEachDeviceWhatWasLostDoubledAndOutOfOrder() throws Exception {
        List<Fault> faults = new ArrayList<>(Collections.nCopies(7, fault(Fault.Kind.MISSING)));
        faults.addAll(Collections.nCopies(5, fault(Fault.Kind.DOUBLED)));
        faults.addAll(Collections.nCopies(3, fault(Fault.Kind.OUT_OF_ORDER)));
        faults.add(fault(Fault.Kind.COMMAND_REPEATED));

        String page = ReportPage.text(result(faults));
        assertThat(page)
                .contains("<th>device<th>lost<th>doubled<th>out of order<th>commands run twice<th>published")
                .contains("<td>sim/pump-00002<td>7<td>5<td>3<td>1<td>30<td>29")
                .doesNotContain("<th>outcomes lost", "<th>exact topic");
        assertThat(page.indexOf("<td>sim/pump-00002<td>7")).isLessThan(page.indexOf("<td>sim/pump-00001<td>0"));
        JsonNode proof =
                new ObjectMapper().readTree(ResultJson.text(result(faults))).path("proof");
        JsonNode device = proof.at("/devices/1");
        assertThat(device.path("lost").asLong()).isEqualTo(7);
        assertThat(device.path("doubled").asLong()).isEqualTo(5);
        assertThat(device.path("outOfOrder").asLong()).isEqualTo(3);
        assertThat(device.path("commandsRepeated").asLong()).isEqualTo(1);
        assertThat(proof.at("/faultsByKind/MISSING").asLong()).isEqualTo(7);
        assertThat(new ObjectMapper().readTree(ResultJson.text(result(faults).proof())))
                .isEqualTo(proof);
    }

    @Test
    void whereNotAllDifferencesAreToldThePageSaysHowManyAre() throws Exception {
        assertThat(ReportPage.text(result(Collections.nCopies(50, fault(Fault.Kind.MISSING)))))
                .doesNotContain("more; result.json");
        assertThat(ReportPage.text(result(Collections.nCopies(60, fault(Fault.Kind.MISSING)))))
                .contains("and 10 more; result.json has all, and how many");
        List<Fault> many = Collections.nCopies(1_200, fault(Fault.Kind.MISSING));
        assertThat(ReportPage.text(result(many)))
                .contains("and 1,150 more; result.json has the first 1,000, and how many");
        JsonNode proof =
                new ObjectMapper().readTree(ResultJson.text(result(many))).path("proof");
        assertThat(proof.path("firstFaults")).hasSize(1_000);
        assertThat(proof.path("faults").asLong()).isEqualTo(1_200);
        assertThat(proof.at("/devices/1/lost").asLong()).isEqualTo(1_200);
    }

    private static Fault fault(Fault.Kind kind) {
        return new Fault(kind, "sim/pump-00002", "it is not as it should be");
    }

    @Test
    void aRunInWhichAnOutageFailedDoesNotCount() throws Exception {
        RunResult result = result(proof(List.of()), List.of("kill of node-1 failed: no such process"));

        assertThat(result.validity().holds()).isFalse();
        assertThat(result.passed()).isFalse();
        assertThat(ReportPage.text(result))
                .contains("run is not valid", "Not valid: kill of node-1 failed: no such process.")
                .doesNotContain("bottleneck");
        assertThat(new ObjectMapper()
                        .readTree(ResultJson.text(result))
                        .at("/invalidBecause/0")
                        .asText())
                .isEqualTo("kill of node-1 failed: no such process");
    }

    @Test
    void whatWasRunAndHowIsShown() throws Exception {
        assertThat(ReportPage.text(result(List.of()))).contains("<td>nodes<td>3, as &lt;told&gt;", "<td>cores<td>2");
        assertThat(new ObjectMapper()
                        .readTree(ResultJson.text(result(List.of())))
                        .at("/setup/nodes")
                        .asText())
                .isEqualTo("3, as <told>");
    }

    @Test
    void whatTheExactTopicCameToIsShown() throws Exception {
        FleetProof raw = proof(List.of());
        Verdict held = new Verdict(30, 29, 28, 0, 0, List.of());
        Verdict differs = new Verdict(30, 29, 28, 0, 0, List.of(fault(Fault.Kind.DOUBLED)));

        assertThat(ReportPage.text(result(List.of()))).doesNotContain("exact topic");
        assertThat(ReportPage.text(result(withExact(raw, held), List.of())))
                .contains("The exact topic has each once and in order: 28 records read.");
        assertThat(ReportPage.text(result(withExact(raw, differs), List.of())))
                .contains("The exact topic differs: 1 difference, 28 records read.");
    }

    private static FleetProof withExact(FleetProof raw, Verdict exact) {
        return new FleetProof(
                raw.raw(),
                Optional.of(exact),
                raw.commands(),
                raw.devices().stream()
                        .map(tally -> tally.with(tally.differences(), Optional.of(Differences.NONE)))
                        .toList());
    }

    @Test
    void theJsonIsWellFormedAndSaysTheSame() throws Exception {
        String json = ResultJson.text(result(List.of()));
        try (var parser = new JsonFactory().createParser(new StringReader(json))) {
            while (parser.nextToken() != null) {
                assertThat(parser.currentToken()).isNotNull();
            }
        }
        assertThat(json)
                .contains(
                        "\"handlerMillis\" : {",
                        "\"receipts\" : 29",
                        "\"latestMillis\" : 1500",
                        "\"cores\" : 0.25",
                        "\"warmUpSeconds\" : 2.0");
        ResultJson.write(result(List.of()), directory.resolve("result.json"));
        assertThat(Files.readString(directory.resolve("result.json"))).isEqualTo(json);
    }

    @Test
    void eachKeyOfTheJsonIsDocumented() throws Exception {
        String document = Files.readString(Path.of("..", "docs", "simulator.md"));
        String form = document.substring(document.indexOf("### result.json"));
        FleetProof proof =
                withExact(proof(List.of(fault(Fault.Kind.MISSING))), new Verdict(30, 29, 28, 0, 0, List.of()));
        Set<String> keys = new TreeSet<>();

        keys(new ObjectMapper().readTree(ResultJson.text(result(proof, List.of("it failed")))), keys);

        assertThat(keys).contains("firstFaults", "otherDifferences", "exact", "upToMillis", "residentBytes", "p999");
        assertThat(keys).allSatisfy(key -> assertThat(form).containsPattern("`" + key + "(\\[])?`"));
    }

    /** The names in an object and below it, but for those that are data themselves. */
    private static void keys(JsonNode node, Set<String> into) {
        node.properties().forEach(field -> {
            into.add(field.getKey());
            if (OF_DATA.contains(field.getKey()) && field.getValue().isObject()) {
                field.getValue().elements().forEachRemaining(each -> keys(each, into));
            } else {
                keys(field.getValue(), into);
            }
        });
        if (node.isArray()) {
            node.elements().forEachRemaining(each -> keys(each, into));
        }
    }

    @Test
    void aRunThatMeasuredNothingHasAPageToo() throws Exception {
        Latencies none = new Latencies();
        Measured empty = new Measured(
                "r",
                Duration.ofSeconds(1),
                3,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                false,
                none.total(),
                Map.of(),
                none.total(),
                none.total(),
                none.total(),
                none.total(),
                none.total(),
                none.total(),
                none.bars(),
                List.of(),
                0,
                List.of());

        assertThat(ReportPage.text(RunResult.of(SCENARIO, empty, proof(List.of()), Map.of(), Map.of(), 0)))
                .contains("not passed")
                .doesNotContain("NaN", "Infinity");
    }

    private static RunResult result(List<Fault> faults) {
        return result(proof(faults), List.of());
    }

    private static RunResult result(FleetProof proof, List<String> failedOutages) {
        Latencies ack = new Latencies();
        List<Sample> samples = new ArrayList<>();
        for (int second = 1; second <= 10; second++) {
            ack.record(second * 3_000_000L);
            samples.add(sample(second, second == 4 ? Percentiles.NONE : ack.look()));
        }
        Measured measured = new Measured(
                "9f86d081",
                Duration.ofSeconds(10),
                3,
                3,
                30,
                29,
                1,
                2,
                4,
                4,
                true,
                ack.total(),
                Map.of("pump", ack.total()),
                ack.total(),
                ack.total(),
                ack.total(),
                ack.total(),
                ack.total(),
                ack.total(),
                ack.bars(),
                samples,
                2,
                failedOutages);
        return RunResult.of(
                SCENARIO, measured, proof, Map.of("cores", "2"), Map.of("nodes", "3, as <told>"), 1_800_000_000_000L);
    }

    private static FleetProof proof(List<Fault> faults) {
        Differences differences =
                Differences.byDevice(faults.stream()).getOrDefault("sim/pump-00002", Differences.NONE);
        return new FleetProof(
                new Verdict(30, 29, 31, 2, 0, faults),
                Optional.empty(),
                new CommandCheck.Verdict(4, 4, 8, List.of()),
                List.of(
                        new DeviceTally(
                                "sim/pump-00001", 30, 29, 1, 29, 2, 1, 1, 1_500, Differences.NONE, Optional.empty()),
                        new DeviceTally("sim/pump-00002", 30, 29, 0, 29, 0, 0, 0, 20, differences, Optional.empty())));
    }

    private static Sample sample(int second, Percentiles ack) {
        return new Sample(
                second,
                second < 5 ? "first" : "second",
                3,
                3,
                2.9,
                second == 4 ? 1 : 0,
                0,
                ack,
                ack,
                ack,
                ack,
                ack,
                new OwnLoad.Look(0.5, 0.9, 50_000_000, 0.01, "fleet-pacer", 0.2, ack),
                Map.of("kafka", new ProcessUse(0.5, 400 << 20), "node-1", new ProcessUse(0.25, 300 << 20)));
    }
}
