package io.fleetline.cli;

import io.fleetline.cli.dev.Instance;
import io.fleetline.cli.simulate.OwnSystem;
import io.fleetline.cli.simulate.Playground;
import io.fleetline.cli.simulate.RunningSystem;
import io.fleetline.cli.simulate.Simulation;
import io.fleetline.cli.simulate.SimulationPlan;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.cli.terminal.SystemTime;
import io.fleetline.examples.hostsensor.Credentials;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.proof.PlantedFault;
import io.fleetline.simulator.scenario.Overrides;
import io.fleetline.simulator.scenario.ReadyMade;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Plays a scenario with a simulated fleet. */
@Command(
        name = "simulate",
        description = {
            "Play a scenario with a fleet of simulated devices, and prove what came of it from Kafka.",
            "On the 'fleetline dev' that runs here, on nodes named by --url, or with --dev on a system of its own."
        })
final class SimulateVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SCENARIO",
            description = "A YAML file, or the name of a ready-made scenario (--list shows them).")
    private @Nullable String scenario;

    @Option(names = "--list", description = "Show the ready-made scenarios.")
    private boolean list;

    @Option(names = "--print", description = "Print the scenario instead of playing it.")
    private boolean print;

    @Option(names = "--dev", description = "Start Kafka and nodes for this run, in processes of their own.")
    private boolean dev;

    @Option(
            names = "--node-set",
            paramLabel = "KEY=VALUE",
            description =
                    "With --dev: set a key of the nodes' configuration, such as listener.acceptsPerSecond=100; may"
                            + " be repeated.")
    private List<String> nodeSettings = new ArrayList<>();

    @Option(
            names = "--exact",
            description = "Compare the exact topic too: of a stage that is started for this run with --dev, else of the"
                    + " one that runs already.")
    private boolean exact;

    @Option(
            names = "--url",
            paramLabel = "WSS-URL",
            split = ",",
            description = "Where nodes listen, such as wss://host:8443/connect; more than one with commas."
                    + " With it goes --bootstrap, and --credentials or --node-config.")
    private @Nullable List<URI> urls;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "The certificates to trust, PEM. With --url only; without it those that the JDK trusts.")
    private @Nullable Path authority;

    @Option(
            names = "--credentials",
            paramLabel = "FILE",
            description = "Secrets of devices that are registered already: tenant/device:secret on each line.")
    private @Nullable Path credentials;

    @Option(
            names = "--node-config",
            paramLabel = "FILE",
            description =
                    "A node's YAML: the devices are registered in its Kafka, with secrets that are made for this run.")
    private @Nullable Path nodeConfig;

    @Mixin
    private KafkaTarget kafka = new KafkaTarget();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where journal, result and report go. Default: fleetline-runs/SCENARIO-TIME.")
    private @Nullable Path out;

    @Option(names = "--seed", paramLabel = "N", description = "Another seed than the scenario's.")
    private @Nullable Long seed;

    @Option(
            names = "--scale",
            paramLabel = "FACTOR",
            description = "Multiply the numbers of devices by this, such as 0.1 or 5.")
    private @Nullable Double scale;

    @Option(
            names = "--processes",
            paramLabel = "N",
            description = "Share the devices out to so many processes of the simulator, 1 to 16; the result is one.")
    private @Nullable Integer processes;

    @Option(
            names = "--plant",
            paramLabel = "FAULT",
            description = "With --dev: spoil what is in Kafka before the proof, which must then find it (exit code 3):"
                    + " ${COMPLETION-CANDIDATES}.")
    private @Nullable PlantedFault fault;

    @Override
    public Integer call() throws InterruptedException {
        if (list) {
            ReadyMade.names()
                    .forEach(name -> spec.commandLine()
                            .getOut()
                            .printf("%-18s %s%n", name, ReadyMade.read(name).about()));
            return ExitCode.DONE;
        }
        if (print) {
            spec.commandLine().getOut().print(written().text());
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
        SimulationPlan plan = plan();
        return InterruptibleRun.run(
                spec.commandLine().getOut(),
                Simulation.GRACE,
                (line, interruption) ->
                        new Simulation(plan, line, interruption, SystemTime::nanoTime, SystemTime.clock()).run());
    }

    /** A scenario as it is written, where files lie that it names, and as it is meant. */
    private record Written(String text, Path files, Scenario scenario) {}

    private Written written() {
        if (scenario == null) {
            throw new ParameterException(
                    spec.commandLine(), "a scenario is missing: a YAML file, or a name that --list shows");
        }
        try {
            Overrides overrides = new Overrides(
                    Optional.ofNullable(seed), Optional.ofNullable(processes), scale == null ? 1 : scale, Map.of());
            if (ReadyMade.names().contains(scenario)) {
                return written(ReadyMade.text(scenario), scenario + ".yaml", Path.of(""), overrides);
            }
            Path file = Path.of(scenario);
            return written(
                    Files.readString(file), scenario, file.toAbsolutePath().resolveSibling(""), overrides);
        } catch (IOException e) {
            throw new CliFailure(
                    "cannot read the scenario: " + FileTrouble.describe(e) + " (ready-made are "
                            + String.join(", ", ReadyMade.names()) + ")",
                    e);
        } catch (IllegalArgumentException e) {
            throw new CliFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static Written written(String text, String source, Path files, Overrides overrides) {
        return new Written(text, files, Scenario.parse(text, source, files, overrides));
    }

    private SimulationPlan plan() {
        if (fault != null && !dev) {
            throw new ParameterException(
                    spec.commandLine(), "--plant takes records out of a topic, and so goes with --dev only");
        }
        if (!nodeSettings.isEmpty() && !dev) {
            throw new ParameterException(
                    spec.commandLine(), "--node-set configures nodes that are started, and so goes with --dev only");
        }
        Written written = written();
        try {
            Path directory = RunsDirectory.orNew(out, written.scenario().name());
            return new SimulationPlan(
                    written.scenario(),
                    written.text(),
                    written.files(),
                    Fleetline.class.getName(),
                    playground(),
                    directory,
                    Optional.ofNullable(fault),
                    spec.root().commandLine().getParseResult().originalArgs());
        } catch (IOException e) {
            throw new CliFailure("cannot read the credentials: " + FileTrouble.describe(e), e);
        } catch (IllegalArgumentException e) {
            throw new CliFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private Playground playground() throws IOException {
        if (dev) {
            return new OwnSystem(
                    Fleetline.class.getName(),
                    nodeSettings,
                    exact,
                    step -> {},
                    SystemTime::nanoTime,
                    SystemTime.clock());
        }
        Map<String, String> settings = new HashMap<>(kafka.settings());
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        if (urls != null) {
            if (credentials == null && nodeConfig == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "with --url, --credentials or --node-config is needed: how devices are known");
            }
            return new RunningSystem(
                    urls,
                    Optional.ofNullable(authority),
                    settings,
                    Optional.ofNullable(nodeConfig),
                    Optional.ofNullable(secrets()),
                    exact,
                    SystemTime::nanoTime);
        }
        Instance instance = Instance.of(kafka.state());
        Path config = instance.credentials().resolveSibling("nodes").resolve("node-1.yaml");
        return new RunningSystem(
                instance.endpoints(),
                Optional.of(instance.authority()),
                settings,
                Optional.of(config),
                Optional.empty(),
                exact,
                SystemTime::nanoTime);
    }

    private @Nullable Map<DeviceId, String> secrets() throws IOException {
        if (credentials == null) {
            return null;
        }
        Map<DeviceId, String> secrets = new HashMap<>();
        Credentials.read(credentials).forEach(each -> secrets.put(each.identity(), each.secret()));
        return secrets;
    }
}
