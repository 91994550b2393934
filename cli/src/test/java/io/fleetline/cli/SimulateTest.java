package io.fleetline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.cli.dev.DevSystem;
import io.fleetline.cli.dev.StateDirectory;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.devkafka.DevKafka;
import io.fleetline.simulator.FleetProof;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.proof.Fault;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.PlantedFault;
import io.fleetline.simulator.proof.Planter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real thing: Kafka, a node and a fleet. */
class SimulateTest {
    /** As the ready-made smoke, but with no limits that a busy machine could miss. */
    private static final String SCENARIO = """
        name: short
        drain: 60s
        warmUp: 1s
        stages:
          - {name: all, for: 3s}
        groups:
          - name: boiler
            devices: 6
            arrive: {over: 500ms}
            publish:
              - channel: boiler/water
                schedule: {kind: fixed, every: 200ms}
                payload: {kind: walk, fields: [celsius], start: 55, step: 1, least: 0, most: 95}
            answers:
              - {name: set-target, answerTime: 5ms, failures: 20%}
        commands:
          - {name: set-target, group: boiler, at: 500ms, every: 1s}
        thresholds:
          connected: 100%
          dropped: 0
        """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aRunIsPlayedAndProvedAndWhatIsSpoiltAfterwardsIsFound() throws Exception {
        Path scenario = Files.writeString(directory.resolve("short.yaml"), SCENARIO);
        Path run = directory.resolve("run");

        int exitCode = run("simulate", scenario.toString(), "--dev", "--out", run.toString(), "--seed", "7");

        assertThat(out.toString())
                .contains("short: 6 devices, 30.0 events/s, 3.0 s, seed 7", "Kafka holds what was promised: ")
                .contains("Times after the warm-up of 1.0 s:")
                .contains("met     connected: 100 %, at least 100 %", "met     dropped: 0, at most 0");
        JsonNode result = new ObjectMapper().readTree(run.resolve("result.json").toFile());
        // That a busy machine makes the simulator late is not what is tried here: whether it did is what the code has
        // to say.
        assertThat(exitCode)
                .as(this::said)
                .isEqualTo(result.at("/valid").asBoolean() ? ExitCode.DONE : ExitCode.INVALID);
        assertThat(result.path("invalidBecause"))
                .allMatch(reason -> reason.asText().startsWith("the simulator was the bottleneck: "));
        assertThat(result.at("/proof/holds").asBoolean()).isTrue();
        assertThat(result.at("/measured/receipts").asLong())
                .isEqualTo(result.at("/measured/due").asLong())
                .isGreaterThan(30);
        assertThat(result.at("/measured/warmUpSeconds").asDouble()).isEqualTo(1);
        assertThat(result.at("/measured/ackMillis/count").asLong())
                .isBetween(1L, result.at("/measured/receipts").asLong());
        assertThat(result.at("/measured/commands").asLong()).isEqualTo(18);
        assertThat(result.at("/measured/outcomes").asLong()).isEqualTo(18);
        assertThat(result.at("/proof/commands/run").asLong()).isEqualTo(18);
        assertThat(result.at("/measured/handlerMillis/count").asLong()).isBetween(1L, 18L);
        assertThat(out.toString()).containsPattern("due to handler  p50 .*\\n *due to outcome  p50 ");
        assertThat(result.at("/measured/readerMillis/count").asLong()).isPositive();
        assertThat(result.at("/setup/command line").asText())
                .isEqualTo("fleetline simulate " + scenario + " --dev --out " + run + " --seed 7");
        assertThat(result.at("/setup/nodes").asText()).isEqualTo("1, started for this run");
        assertThat(result.at("/setup/brokers").asText()).matches("1, started for this run, Kafka \\d.*");
        assertThat(result.at("/machine/kafka clients").asText()).matches("\\d.*, commit [0-9a-f]+");
        assertThat(result.at("/measured/samples/0/others").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("kafka", "node-1");

        // In this process, for a Kafka that is started once for all of what follows.
        try (StateDirectory state = StateDirectory.hold(run.resolve("system"), false);
                DevKafka kafka = DevSystem.kafkaOf(state, 1, false)) {
            String bootstrap = kafka.bootstrapServers();
            String events = RunDirectory.of(run).facts().topics().events();
            assertThat(kinds(run, bootstrap)).isEmpty();

            Path doubled = copied(run, "doubled", events, bootstrap);
            plant(PlantedFault.DOUBLE, doubled, bootstrap);
            assertThat(kinds(doubled, bootstrap)).containsExactly(Fault.Kind.DOUBLED);
            assertThat(prove(doubled, bootstrap)).as(this::said).isEqualTo(ExitCode.DISPROVED);
            assertThat(out.toString())
                    .contains("Kafka does not hold what was promised; 1 difference:", "DOUBLED sim/boiler-")
                    .containsPattern("sim/boiler-\\d+: 1 doubled");

            Path swapped = copied(run, "swapped", events, bootstrap);
            assertThat(prove(swapped, bootstrap)).as(this::said).isEqualTo(ExitCode.DONE);
            plant(PlantedFault.SWAP, swapped, bootstrap);
            assertThat(kinds(swapped, bootstrap))
                    .containsExactlyInAnyOrder(Fault.Kind.OUT_OF_ORDER, Fault.Kind.MISPLACED);
            assertThat(prove(swapped, bootstrap)).as(this::said).isEqualTo(ExitCode.DISPROVED);
            assertThat(out.toString())
                    .contains("OUT_OF_ORDER sim/boiler-")
                    .containsPattern("sim/boiler-\\d+: \\d out of order");

            plant(PlantedFault.DROP, run, bootstrap);
            assertThat(kinds(run, bootstrap)).containsExactly(Fault.Kind.MISSING);
        }
        // With a Kafka that it starts for itself.
        assertThat(run("prove", "--json", run.toString())).as(this::said).isEqualTo(ExitCode.DISPROVED);
        JsonNode proof = new ObjectMapper().readTree(out.toString());
        assertThat(proof.at("/faultsByKind/MISSING").asLong()).isEqualTo(1);
        assertThat(proof.path("devices").findValuesAsText("lost"))
                .containsOnlyOnce("1")
                .contains("0");
        assertThat(proof.at("/firstFaults/0/kind").asText()).isEqualTo("MISSING");
        assertThat(run("simulate", scenario.toString(), "--dev", "--out", run.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("is in the way; choose another directory with --out");
    }

    @Test
    void whatCannotBePlayedIsSaidInASentence() throws Exception {
        assertThat(run("simulate", "--list")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("smoke ", "steady ");
        assertThat(run("simulate")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("a scenario is missing");
        assertThat(run("simulate", "smok", "--dev")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("smok does not exist (ready-made are smoke, ");
        assertThat(run("simulate", "smoke", "--plant", "drop")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--dev only");
        assertThat(run("simulate", "smoke", "--url", "wss://127.0.0.1:1/connect", "--bootstrap", "127.0.0.1:1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--credentials or --node-config is needed");
        Path wrong = Files.writeString(directory.resolve("wrong.yaml"), SCENARIO.replace("drain", "drian"));
        assertThat(run("simulate", wrong.toString(), "--dev")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .isEqualTo("fleetline: " + wrong + " line 2: unknown key drian; did you mean drain?\n");
        assertThat(run("prove", directory.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("is not the directory of a run");
        assertThat(run("simulate", "smoke", "--print")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).startsWith("name: smoke\n");
    }

    @Test
    void optionsHoldBeforeTheScenarioIsChecked() throws Exception {
        String killed = SCENARIO + "outages: [{kind: kill, process: 2, at: 1s, for: 1s}]\n";
        Path large =
                Files.writeString(directory.resolve("large.yaml"), killed.replace("devices: 6\n", "devices: 30000\n"));

        assertThat(run("simulate", large.toString(), "--print")).isEqualTo(ExitCode.USAGE);
        assertThat(run("simulate", large.toString(), "--print", "--processes", "2"))
                .as(this::said)
                .isEqualTo(ExitCode.DONE);
        assertThat(run("simulate", large.toString(), "--print", "--processes", "2", "--scale", "2"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("60000 devices together, more than 20000 for each process (processes is 2)");
        assertThat(run("simulate", large.toString(), "--print", "--processes", "17"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("processes is 17, not within 1 to 16");
    }

    /** The same run, with events of its own in the Kafka that runs. */
    private Path copied(Path run, String name, String events, String bootstrap) throws Exception {
        Path copy = Files.createDirectory(directory.resolve(name));
        Files.copy(run.resolve("journal"), copy.resolve("journal"));
        Files.writeString(
                copy.resolve("run.properties"),
                Files.readString(run.resolve("run.properties"))
                        .replace("own-brokers=1", "own-brokers=0")
                        .replace("topic.events=" + events, "topic.events=" + name));
        TopicCopy.copy(bootstrap, events, name);
        return copy;
    }

    private int prove(Path run, String bootstrap) {
        return run("prove", run.toString(), "--bootstrap", bootstrap);
    }

    private static void plant(PlantedFault fault, Path run, String bootstrap) throws Exception {
        RunDirectory directory = RunDirectory.of(run);
        assertThat(new Planter(bootstrap, directory.facts().topics().events(), System::nanoTime)
                        .plant(fault, JournalReading.read(directory.journal()), Duration.ofMinutes(1)))
                .isPresent();
    }

    private static Set<Fault.Kind> kinds(Path run, String bootstrap) throws Exception {
        return FleetProof.of(
                        RunDirectory.of(run),
                        Map.of("bootstrap.servers", bootstrap),
                        System::nanoTime,
                        Duration.ofMinutes(1))
                .faults()
                .stream()
                .map(Fault::kind)
                .collect(Collectors.toSet());
    }

    private String said() {
        return out + "\n" + err;
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Fleetline.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
