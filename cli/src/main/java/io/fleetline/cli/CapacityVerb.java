package io.fleetline.cli;

import io.fleetline.cli.capacity.CapacityRun;
import io.fleetline.cli.capacity.Slo;
import io.fleetline.cli.simulate.OwnSystem;
import io.fleetline.cli.simulate.Play;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.SystemTime;
import io.fleetline.simulator.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Searches for the most that this machine holds. */
@Command(
        name = "capacity",
        description = {
            "Search for the highest rate and the highest number of connections that hold, and write a sizing sheet.",
            "Starts Kafka and a node of its own, each in its own process, and shares this machine with them."
        })
final class CapacityVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--slo",
            paramLabel = "SLO",
            defaultValue = "p99<200ms,loss=0",
            description = "What is to hold: p99<TIME, p99.9<TIME (from due to receipt), loss=SHARE, with commas."
                    + " Default: ${DEFAULT-VALUE}.")
    private String slo = "";

    @Option(
            names = "--devices",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many devices share the rate. Default: ${DEFAULT-VALUE}.")
    private int devices;

    @Option(
            names = "--first-rate",
            paramLabel = "N",
            defaultValue = "500",
            description = "Where the search for the rate begins, in events/s. Default: ${DEFAULT-VALUE}.")
    private long firstRate;

    @Option(
            names = "--most-connections",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Where the search for connections ends. Default: ${DEFAULT-VALUE}.")
    private int mostConnections;

    @Option(
            names = "--arrival",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many devices connect in a second. Default: ${DEFAULT-VALUE}.")
    private int arrival;

    @Option(
            names = "--processes",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Share the devices out to so many processes of the simulator, 1 to 16. Default: ${DEFAULT-VALUE}.")
    private int processes;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "20s",
            description = "How long each load is on. Default: ${DEFAULT-VALUE}.")
    private Duration length = Duration.ZERO;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the sheet and all trials go. Default: fleetline-runs/capacity-TIME.")
    private @Nullable Path out;

    @Override
    public Integer call() throws InterruptedException {
        CapacityRun.Plan plan = plan();
        return InterruptibleRun.run(
                spec.commandLine().getOut(),
                Duration.ofMinutes(2),
                (line, interruption) -> new CapacityRun(
                                plan,
                                new OwnSystem(
                                        Fleetline.class.getName(),
                                        List.of(),
                                        false,
                                        step -> {},
                                        SystemTime::nanoTime,
                                        SystemTime.clock()),
                                new Play(line, interruption, SystemTime::nanoTime, SystemTime.clock()),
                                line)
                        .run());
    }

    private CapacityRun.Plan plan() {
        require("--processes", processes, 1, Scenario.MOST_PROCESSES);
        long most = (long) Scenario.MOST_DEVICES * processes;
        require("--devices", devices, processes, most);
        require("--most-connections", mostConnections, processes, most);
        require("--first-rate", firstRate, 1, 1_000_000);
        require("--arrival", arrival, 1, 10_000);
        try {
            return new CapacityRun.Plan(
                    Slo.parse(slo),
                    devices,
                    firstRate,
                    mostConnections,
                    arrival,
                    processes,
                    length,
                    Fleetline.class.getName(),
                    RunsDirectory.orNew(out, "capacity"));
        } catch (IllegalArgumentException e) {
            throw new CliFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static void require(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new CliFailure(
                    ExitCode.USAGE, option + " is " + value + ", not within " + least + " to " + most, null);
        }
    }
}
