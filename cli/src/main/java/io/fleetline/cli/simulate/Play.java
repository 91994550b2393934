package io.fleetline.cli.simulate;

import io.fleetline.bench.machine.MachineFacts;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.Interruption;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.simulator.FleetProof;
import io.fleetline.simulator.FleetRun;
import io.fleetline.simulator.FleetTarget;
import io.fleetline.simulator.Measured;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.SimulatorProcessException;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.AppInfoParser;

/** Plays a scenario on a system that is there, and proves what came of it. */
public final class Play {
    static final Duration PROOF_PATIENCE = Duration.ofMinutes(5);

    private static final int RUN_BYTES = 4;

    private final LiveLine line;
    private final Interruption interruption;
    private final LongSupplier nanoTime;
    private final Clock clock;

    /** @param line where it shows how it goes */
    public Play(LiveLine line, Interruption interruption, LongSupplier nanoTime, Clock clock) {
        this.line = line;
        this.interruption = interruption;
        this.nanoTime = nanoTime;
        this.clock = clock;
    }

    /** Something done before the proof. */
    @FunctionalInterface
    interface BeforeProof {
        void run() throws IOException, InterruptedException;
    }

    /**
     * How more processes of the simulator come about: with the options of this one.
     *
     * @param scenario the scenario as it was written
     * @param files where files lie that it names
     * @param mainClass the command's main class
     */
    public static FleetRun.Processes processes(String scenario, Path files, String mainClass) {
        return new FleetRun.Processes(scenario, files, new ShareProcesses(mainClass));
    }

    /**
     * Plays and proves it.
     *
     * @param sampled hears of each sample
     * @param processes how more of the simulator come about, if the scenario wants them
     * @throws IOException if the run's directory cannot be written
     * @throws CliFailure if it cannot be played, or Kafka cannot be read; it says why
     */
    public RunResult play(
            Scenario scenario,
            Playground.Opened opened,
            RunDirectory directory,
            Consumer<Sample> sampled,
            FleetRun.Processes processes)
            throws IOException, InterruptedException {
        return play(scenario, opened, directory, sampled, processes, List.of(), () -> {});
    }

    RunResult play(
            Scenario scenario,
            Playground.Opened opened,
            RunDirectory directory,
            Consumer<Sample> sampled,
            FleetRun.Processes processes,
            List<String> arguments,
            BeforeProof first)
            throws IOException, InterruptedException {
        byte[] name = new byte[RUN_BYTES];
        new SecureRandom().nextBytes(name);
        FleetRun.Surroundings around = new FleetRun.Surroundings(
                nanoTime,
                clock,
                HexFormat.of().formatHex(name),
                opened.ownBrokers(),
                opened.breakable(),
                new ProcessLoad(opened::processes, nanoTime),
                Optional.of(processes));
        Measured measured;
        try (FleetRun run = new FleetRun(scenario, opened.target(), directory, around)) {
            watch(run);
            measured = run.play(sample -> {
                line.show(Figures.live(scenario, sample, line.room()));
                sampled.accept(sample);
            });
        } catch (IllegalArgumentException e) {
            throw new CliFailure("the fleet cannot be built: " + e.getMessage(), e);
        } catch (SimulatorProcessException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        }
        line.end();
        opened.awaitExact(PROOF_PATIENCE);
        first.run();
        FleetProof proof = prove(directory, opened.target().kafka());
        return RunResult.of(
                scenario,
                measured,
                proof,
                machine(),
                setup(scenario, opened, arguments),
                directory.facts().beganMillis());
    }

    /** Ctrl-C ends the stages early; what comes after them is done all the same. */
    private void watch(FleetRun run) {
        Thread watch = new Thread(
                () -> {
                    try {
                        interruption.await();
                        run.end();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "run-end");
        watch.setDaemon(true);
        watch.start();
    }

    private FleetProof prove(RunDirectory directory, Map<String, String> kafka) throws IOException {
        try {
            return FleetProof.of(directory, kafka, nanoTime, PROOF_PATIENCE);
        } catch (TimeoutException e) {
            throw new CliFailure("what is in Kafka was not compared with the journal: " + e.getMessage(), e);
        }
    }

    /** How it was played, for people. */
    private static Map<String, String> setup(Scenario scenario, Playground.Opened opened, List<String> arguments) {
        FleetTarget target = opened.target();
        Map<String, String> setup = new LinkedHashMap<>();
        setup.put("simulator processes", Integer.toString(scenario.processes()));
        boolean own = opened.ownBrokers() > 0;
        setup.put(
                "nodes",
                own
                        ? scenario.nodes() + ", started for this run"
                        : "running already, at "
                                + (target.endpoints().size() == 1
                                        ? "one address"
                                        : target.endpoints().size() + " addresses"));
        setup.put(
                "brokers",
                own
                        ? opened.ownBrokers() + ", started for this run, Kafka " + AppInfoParser.getVersion()
                        : "running already, at " + target.kafka().getOrDefault("bootstrap.servers", ""));
        if (!arguments.isEmpty()) {
            setup.put("command line", CommandLineText.of(arguments));
        }
        return setup;
    }

    /** What this ran on, and in which versions, for people. */
    public static Map<String, String> machine() {
        MachineFacts facts = MachineFacts.ofThisMachine();
        Map<String, String> machine = new LinkedHashMap<>();
        String version = Play.class.getPackage().getImplementationVersion();
        machine.put(
                "fleetline",
                (version == null ? "(from classes)" : version)
                        + MachineFacts.commit()
                                .map(commit -> ", commit " + commit)
                                .orElse(""));
        machine.put("kafka clients", AppInfoParser.getVersion() + ", commit " + AppInfoParser.getCommitId());
        machine.put("cores", Integer.toString(facts.cores()));
        machine.put("cpu", facts.cpu());
        machine.put("memory", facts.memoryMebibytes() + " MiB");
        machine.put("kernel", facts.kernel());
        machine.put("jdk", facts.jdk());
        machine.put("heap", Runtime.getRuntime().maxMemory() / (1024 * 1024) + " MiB");
        return machine;
    }
}
