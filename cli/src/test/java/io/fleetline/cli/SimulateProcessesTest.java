package io.fleetline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.cli.terminal.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real thing in two processes of the simulator, one of which is killed. */
@Tag("long")
class SimulateProcessesTest {
    private static final String SCENARIO = """
        name: two
        drain: 2m
        processes: 2
        stages:
          - {name: all, for: 20s}
        groups:
          - name: disk
            devices: 10
            arrive: {over: 2s}
            outbox: {mode: durable}
            publish:
              - channel: boiler/water
                schedule: {kind: fixed, every: 100ms}
                payload: {kind: counters}
            answers:
              - {name: set-target, answerTime: 50ms, failures: 20%}
          - name: heap
            devices: 10
            arrive: {over: 2s}
            publish:
              - channel: boiler/water
                schedule: {kind: poisson, every: 100ms}
                payload: {kind: counters}
            answers:
              - {name: set-target, answerTime: 50ms, failures: 20%}
        commands:
          - {name: set-target, group: disk, at: 1s, every: 1s}
          - {name: set-target, group: heap, at: 1s, every: 1s}
        faults:
          - {kind: half-open, group: disk, at: 4s, for: 6s, share: 50%}
        outages:
          - {kind: kill, process: 2, at: 6s, for: 1s}
        thresholds:
          connected: 100%
        """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void devicesOfAProcessThatIsKilledComeBackAndNothingOnDiskIsLost() throws Exception {
        Path scenario = Files.writeString(directory.resolve("two.yaml"), SCENARIO);
        Path run = directory.resolve("run");

        int exitCode = Fleetline.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "simulate",
                scenario.toString(),
                "--dev",
                "--out",
                run.toString());

        // That a busy machine makes the simulator late is not what is tried here.
        assertThat(exitCode).as(() -> out + "\n" + err).isIn(ExitCode.DONE, ExitCode.INVALID);
        assertThat(out.toString())
                .contains("seed 1, in 2 processes", "Kafka holds what was promised: ")
                .contains("met     connected: 100 %, at least 100 %");
        JsonNode result = new ObjectMapper().readTree(run.resolve("result.json").toFile());
        assertThat(result.at("/proof/holds").asBoolean()).isTrue();
        assertThat(result.at("/measured/devices").asLong()).isEqualTo(20);
        assertThat(result.at("/measured/receipts").asLong()).isGreaterThan(100);
        assertThat(run.resolve("processes/002/journal-0002")).isNotEmptyFile();
    }
}
