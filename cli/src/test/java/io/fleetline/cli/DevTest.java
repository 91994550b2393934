package io.fleetline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.simulator.proof.PlantedFault;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.LoggerFactory;

/** The real thing: Kafka, node and devices, in processes as a user starts them. */
class DevTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** While one thread looks for the logging library, others get a substitute for it. */
    @BeforeAll
    static void findTheLoggingLibrary() {
        LoggerFactory.getILoggerFactory();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it sends signals")
    void companionsSeeAnInstanceUntilCtrlCAndTheNextOneKeepsItsStateAndItsWord() throws Exception {
        Path state = directory.resolve(".fleetline");
        String port = "" + RunningCommand.freePort();
        try (RunningCommand dev = RunningCommand.start(directory, "dev", "--port", port, "--devices", "2")) {
            dev.awaitReady();

            assertThat(run(
                            "tail",
                            "--state",
                            state.toString(),
                            "--device",
                            "demo/host",
                            "--count",
                            "3",
                            "--from",
                            "earliest"))
                    .isEqualTo(ExitCode.DONE);
            assertThat(out.toString().lines())
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("{\"device\":\"demo/host\",\"channel\":\"host/")
                            .contains("\"latencyMs\":", "\"position\":{\"store\":", "\"offset\":", "\"counter\":"));
            assertThat(run("tail", "--state", state.toString(), "--channel", "boiler/*", "--count", "2"))
                    .isEqualTo(ExitCode.DONE);
            assertThat(out.toString().lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).contains("\"channel\":\"boiler/"));

            assertThat(run("command", "demo/host", "identify", "--state", state.toString()))
                    .as(() -> err.toString())
                    .isEqualTo(ExitCode.DONE);
            assertThat(out.toString()).contains("\"state\":\"SUCCEEDED\"", "\"processors\":");
            assertThat(run(
                            "command",
                            "demo/boiler-01",
                            "set-target",
                            "{\"celsius\": 500}",
                            "--state",
                            state.toString()))
                    .isEqualTo(ExitCode.NOT_SUCCEEDED);
            assertThat(out.toString()).contains("\"state\":\"FAILED\"", "not within 20.0 to 90.0");
            assertThat(run("command", "demo/boiler-01", "fly", "--state", state.toString()))
                    .isEqualTo(ExitCode.NOT_SUCCEEDED);
            assertThat(out.toString()).contains("\"state\":\"UNKNOWN_COMMAND\"");
            assertThat(run("command", "demo/guest", "identify", "--wait", "300ms", "--state", state.toString()))
                    .isEqualTo(ExitCode.NO_ANSWER);
            assertThat(err.toString())
                    .startsWith("fleetline: no outcome of command ")
                    .hasLineCount(1);

            assertThat(run("dev", "--state", state.toString(), "--port", "" + RunningCommand.freePort()))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).startsWith("fleetline: another fleetline dev runs on " + state);

            long beganNanos = System.nanoTime();
            dev.interrupt();

            // What it could not compare in the time that Ctrl-C leaves, it does not claim.
            assertThat(dev.exitCode()).as(dev.said()).isIn(ExitCode.DONE, ExitCode.FAILED, ExitCode.INTERRUPTED);
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(run("command", "demo/host", "identify", "--state", state.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).startsWith("fleetline: no fleetline dev runs on " + state);

        String credentials = Files.readString(state.resolve("credentials"));
        try (RunningCommand again =
                RunningCommand.start(directory, "dev", "--port", port, "--devices", "2", "--for", "1s")) {
            assertThat(again.exitCode()).as(again.said()).isEqualTo(ExitCode.DONE);
            assertThat(again.said()).contains("Kafka holds what the receipts promise: ");
        }
        assertThat(state.resolve("credentials")).hasContent(credentials);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void everyFaultThatIsPlantedIsFound() throws Exception {
        Map<PlantedFault, RunningCommand> runs = new EnumMap<>(PlantedFault.class);
        try {
            for (PlantedFault fault : PlantedFault.values()) {
                Path own = Files.createDirectory(directory.resolve(fault.name()));
                runs.put(
                        fault,
                        RunningCommand.start(
                                own,
                                "dev",
                                "--for",
                                "3s",
                                "--devices",
                                "1",
                                "--plant",
                                fault.name(),
                                "--port",
                                "" + RunningCommand.freePort()));
            }
            for (Map.Entry<PlantedFault, RunningCommand> run : runs.entrySet()) {
                assertThat(run.getValue().exitCode()).as(run.getValue().said()).isEqualTo(ExitCode.DISPROVED);
                assertThat(run.getValue().said()).contains("Planted a fault: ").contains(found(run.getKey()));
            }
        } finally {
            runs.values().forEach(RunningCommand::close);
        }
    }

    private static String found(PlantedFault fault) {
        return switch (fault) {
            case DROP -> "  MISSING demo/";
            case DOUBLE -> "  DOUBLED demo/";
            case SWAP -> "  OUT_OF_ORDER demo/";
        };
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it sends signals")
    void nodesInProcessesOfTheirOwnServeAndEndWithTheirParent() throws Exception {
        try (RunningCommand dev = RunningCommand.start(
                directory, "dev", "--port", "" + RunningCommand.freePort(), "--devices", "2", "--nodes", "2")) {
            dev.awaitReady();
            List<ProcessHandle> nodes = dev.children();
            assertThat(nodes).hasSize(2);
            assertThat(run(
                            "command",
                            "demo/host",
                            "identify",
                            "--state",
                            directory.resolve(".fleetline").toString()))
                    .isEqualTo(ExitCode.DONE);

            dev.kill();

            for (ProcessHandle node : nodes) {
                assertThat(node.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("interop")
    void theExactTopicIsRightWhenANodeWasKilled() throws Exception {
        try (RunningCommand dev = RunningCommand.start(
                directory,
                "dev",
                "--port",
                "" + RunningCommand.freePort(),
                "--devices",
                "5",
                "--nodes",
                "2",
                "--exact",
                "--for",
                "20s")) {
            dev.awaitReady();
            // Nodes are started before the exact stage; command lines are too long to be asked for here.
            ProcessHandle node = dev.children().stream()
                    .min(Comparator.comparing(
                            child -> child.info().startInstant().orElseThrow()))
                    .orElseThrow();
            assertThat(node.destroyForcibly()).isTrue();
            assertThat(dev.exitCode()).as(dev::said).isZero();
            assertThat(dev.said())
                    .contains("node-1 (process " + node.pid() + "), node-2 (process ")
                    .contains("Kafka holds what the receipts promise:")
                    .contains("The exact topic holds each event with a receipt once and in order:");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theExactStageAndAPlantedFaultDoNotGoTogether() {
        assertThat(run("dev", "--exact", "--plant", "drop"))
                .as(() -> err.toString())
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--exact and --plant do not go together");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void topicsOfTenantsAreRefusedBeforeAnythingIsStarted() {
        String setting = "kafka.topics.events=own.{tenant}";

        assertThat(run("dev", "--node-set", setting)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .startsWith("fleetline: --node-set is " + setting + ", a topic for each tenant")
                .hasLineCount(1);
        assertThat(run("simulate", "smoke", "--dev", "--node-set", setting)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .startsWith("fleetline: --node-set is " + setting + ", a topic for each tenant")
                .hasLineCount(1);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("long")
    void twoNodesComeToAnEndByThemselves() throws Exception {
        try (RunningCommand dev = RunningCommand.start(
                directory, "dev", "--port", "" + RunningCommand.freePort(), "--nodes", "2", "--for", "5s")) {
            assertThat(dev.exitCode()).as(dev.said()).isEqualTo(ExitCode.DONE);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aPortThatIsTakenIsNamedBeforeAnythingIsStarted() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            Path state = directory.resolve(".fleetline");

            assertThat(run("dev", "--port", "" + taken.getLocalPort(), "--state", state.toString()))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(err.toString())
                    .startsWith("fleetline: port " + taken.getLocalPort() + " of 127.0.0.1 cannot be had")
                    .hasLineCount(1);
            assertThat(state).doesNotExist();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whereItMayNotWriteItSaysSo() throws Exception {
        Path inTheWay = Files.createFile(directory.resolve("file"));

        assertThat(run(
                        "dev",
                        "--port",
                        "" + RunningCommand.freePort(),
                        "--state",
                        inTheWay.resolve("state").toString()))
                .isEqualTo(ExitCode.FAILED);

        assertThat(err.toString())
                .startsWith("fleetline: cannot write to " + inTheWay.resolve("state") + ": ")
                .hasLineCount(1);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anOptionOutOfItsRangeIsNamed() {
        assertThat(run("dev", "--nodes", "10")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).isEqualTo("fleetline: --nodes is 10, not within 1 to 9\n");
        assertThat(run("dev", "--for", "soon")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("'soon' is not a duration such as 500ms, 20s, 5m or 2h");
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Fleetline.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
