package io.fleetline.cli;

import io.fleetline.cli.dev.DevPlan;
import io.fleetline.cli.dev.DevRun;
import io.fleetline.cli.dev.StateDirectory;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.SystemTime;
import io.fleetline.simulator.proof.PlantedFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts everything on this machine, to try it out. */
@Command(
        name = "dev",
        description = {
            "Start everything on this machine, to try it out: Kafka, nodes, and devices that publish.",
            "At its end it compares what the devices were told is stored with the bytes in Kafka."
        })
final class DevVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many nodes; more than one run in processes of their own. Default: ${DEFAULT-VALUE}.")
    private int nodes;

    @Option(
            names = "--devices",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many simulated devices beside this machine. Default: ${DEFAULT-VALUE}.")
    private int devices;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8443",
            description = "Where the first node listens, on 127.0.0.1; further nodes take the ports that follow."
                    + " Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "End by itself after this time, such as 20s or 5m.")
    private @Nullable Duration runFor;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            defaultValue = StateDirectory.NAME,
            description = "Where to keep certificates, secrets, Kafka's log, journals and logs. Default:"
                    + " ${DEFAULT-VALUE} in the working directory.")
    private Path state = Path.of(StateDirectory.NAME);

    @Option(names = "--fresh", description = "Begin without the state that earlier starts left.")
    private boolean fresh;

    @Option(
            names = "--exact",
            description = "Run the exact stage too, and compare its topic as well: each event once and in order.")
    private boolean exact;

    @Option(
            names = "--node-set",
            paramLabel = "KEY=VALUE",
            description = "Set a key of the nodes' configuration, such as kafka.records.values=json; may be repeated.")
    private List<String> nodeSettings = new ArrayList<>();

    @Option(
            names = "--plant",
            paramLabel = "FAULT",
            description = "Spoil what is in Kafka before the comparison, which must then find it (exit code 3):"
                    + " ${COMPLETION-CANDIDATES}.")
    private @Nullable PlantedFault fault;

    @Override
    public Integer call() throws InterruptedException {
        DevPlan plan;
        try {
            plan = new DevPlan(
                    state,
                    fresh,
                    port,
                    nodes,
                    devices,
                    exact,
                    nodeSettings,
                    Optional.ofNullable(runFor),
                    Optional.ofNullable(fault));
        } catch (IllegalArgumentException e) {
            throw new CliFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
        return InterruptibleRun.run(
                spec.commandLine().getOut(),
                DevRun.GRACE,
                (line, interruption) -> new DevRun(
                                plan,
                                Fleetline.class.getName(),
                                line,
                                interruption,
                                SystemTime::nanoTime,
                                SystemTime.clock())
                        .run());
    }
}
