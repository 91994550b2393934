package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.scenario.Outage;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, and no node that their devices could reach. */
@Timeout(120)
class FleetProcessesTest {
    private static final String SCENARIO = """
        name: two
        processes: 2
        stages: [{name: all, for: 10m}]
        groups:
          - name: valve
            devices: 5
            outbox: {mode: durable}
            publish:
              - channel: valve/state
                schedule: {kind: fixed, every: 50ms}
                payload: {kind: counters}
        """;

    @TempDir
    private Path path;

    private final Scenario scenario = Scenario.parse(SCENARIO, "two.yaml", Path.of(""));
    private final FleetMeters meters = new FleetMeters(scenario);
    private final FleetClock clock = new FleetClock("r", System::nanoTime, Clock.systemUTC());

    private static Process start(Path log) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ShareMain.class.getName())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private FleetTarget target() {
        Map<DeviceId, String> secrets = new HashMap<>();
        scenario.deviceIds().forEach(id -> secrets.put(id, "0123456789abcdef0123456789abcdef"));
        return new FleetTarget(
                List.of(URI.create("wss://127.0.0.1:1/connect")),
                Optional.empty(),
                secrets,
                Optional.empty(),
                Map.of(),
                new FleetTarget.TopicSet("", Optional.empty(), "", ""));
    }

    private FleetProcesses processes(RunDirectory directory, String written) throws IOException, InterruptedException {
        return new FleetProcesses(
                scenario,
                target(),
                directory,
                clock,
                meters,
                new FleetRun.Processes(written, Path.of(""), FleetProcessesTest::start));
    }

    @Test
    void aShareThatIsKilledGoesOnWhereItsJournalEnds() throws Exception {
        RunDirectory directory = RunDirectory.create(path.resolve("run"));
        Outage.Part second = new Outage.Part(Outage.Role.PROCESS, 2);
        try (FleetProcesses processes = processes(directory, SCENARIO)) {
            clock.begin();
            processes.begin();
            Latencies lag = new Latencies();
            awaitDue(processes, lag, 50);
            assertThat(lag.total().count()).isPositive();

            processes.kill(second);
            Map<String, Long> before = JournalReading.readAll(directory.journalsOf(new Share(2, 2)))
                    .lastCounters();
            processes.mend(second);
            awaitMore(processes, lag, directory, before);

            processes.endStages();
            // Nothing can come to rest without a node, and so not all is known at the end.
            assertThat(processes.resting().get(0).awaitQuiet(Duration.ofMillis(1)))
                    .isFalse();
            assertThat(processes.end()).isFalse();

            assertThat(directory.journals())
                    .extracting(file -> path.resolve("run").relativize(file).toString())
                    .containsExactly(
                            "journal",
                            "processes/001/journal-0001",
                            "processes/002/journal-0001",
                            "processes/002/journal-0002");
            JournalReading all = JournalReading.readAll(
                    directory.journals().stream().filter(Files::exists).toList());
            // No counter was given out twice: as many were published as the highest of each device says.
            assertThat(all.published())
                    .isEqualTo(all.lastCounters().values().stream()
                            .mapToLong(Long::longValue)
                            .sum());
            assertThat(before).hasSize(2);
            before.forEach((device, counter) ->
                    assertThat(all.lastCounters().get(device)).isGreaterThan(counter));
            assertThat(all.lastCounters()).hasSize(5);
        }
    }

    private void awaitDue(FleetProcesses processes, Latencies lag, long events) throws InterruptedException {
        Latencies wakeUps = new Latencies();
        while (meters.due.sum() < events) {
            List<OwnLoad.Look> looks = processes.look(wakeUps, lag);
            assertThat(looks).hasSizeLessThanOrEqualTo(2);
        }
    }

    private static void awaitMore(
            FleetProcesses processes, Latencies lag, RunDirectory directory, Map<String, Long> before)
            throws IOException, InterruptedException {
        Latencies wakeUps = new Latencies();
        boolean more = false;
        while (!more) {
            var unused = processes.look(wakeUps, lag);
            Map<String, Long> now = JournalReading.readAll(directory.journalsOf(new Share(2, 2)))
                    .lastCounters();
            more = before.entrySet().stream()
                    .allMatch(device -> now.getOrDefault(device.getKey(), 0L) > device.getValue());
        }
    }

    @Test
    void aShareThatCannotBePlayedSaysWhy() throws Exception {
        RunDirectory directory = RunDirectory.create(path.resolve("run"));

        assertThatThrownBy(() -> processes(directory, SCENARIO.replace("counters", "numbers")))
                .isInstanceOf(SimulatorProcessException.class)
                .hasMessageContaining("process 1 of the simulator cannot play its share: scenario.yaml line 11")
                .hasMessageContaining("its log is ");
    }

    @Test
    void aShareIsOfTheFleetAsItIsPlayedAndNotAsItIsWritten() {
        String written = SCENARIO.replace("processes: 2\n", "").replace("devices: 5\n", "devices: 30000\n")
                + "outages: [{kind: kill, process: 2, at: 1s, for: 2s}]\n";
        Assignment assignment = new Assignment(
                written, Path.of(""), 9, Map.of("valve", 25_000), target(), path, "r", new Share(1, 2), 1, 0);

        Scenario parsed = assignment.parsed();

        assertThat(parsed.devices()).isEqualTo(25_000);
        assertThat(parsed.processes()).isEqualTo(2);
        assertThat(parsed.seed()).isEqualTo(9);
    }
}
