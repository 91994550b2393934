package io.fleetline.cli.simulate;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.cli.terminal.Interruption;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.cli.terminal.Logging;
import io.fleetline.simulator.FleetRun;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.PlantedFault;
import io.fleetline.simulator.proof.Planter;
import io.fleetline.simulator.report.ReportPage;
import io.fleetline.simulator.report.ResultJson;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;

/** One run of a scenario, from nothing to its exit code. */
public final class Simulation {
    /** From Ctrl-C to the end, whatever hangs. */
    public static final Duration GRACE = Duration.ofSeconds(60);

    private final SimulationPlan plan;
    private final LiveLine line;
    private final Interruption interruption;
    private final LongSupplier nanoTime;
    private final Clock clock;

    /** @param line where it tells how it goes */
    public Simulation(
            SimulationPlan plan, LiveLine line, Interruption interruption, LongSupplier nanoTime, Clock clock) {
        this.plan = plan;
        this.line = line;
        this.interruption = interruption;
        this.nanoTime = nanoTime;
        this.clock = clock;
    }

    /**
     * Plays it, proves it, and tells what came out.
     *
     * @return the exit code
     * @throws CliFailure if it cannot be played, or Kafka cannot be read; it says why
     */
    public int run() throws InterruptedException {
        try {
            RunDirectory directory = RunDirectory.create(plan.directory());
            Logging.toFile(directory.log());
            Files.writeString(directory.scenario(), plan.text());
            Scenario scenario = plan.scenario();
            line.say(scenario.name() + ": " + scenario.devices() + " devices, "
                    + Figures.rate(scenario.eventsPerSecond()) + " events/s, " + Figures.time(scenario.length())
                    + ", seed " + scenario.seed()
                    + (scenario.processes() > 1 ? ", in " + scenario.processes() + " processes" : "")
                    + "; all of it goes to " + directory.path());
            try (Playground.Opened opened = plan.where().open(scenario, directory)) {
                return play(directory, opened);
            }
        } catch (FileAlreadyExistsException e) {
            throw new CliFailure(e.getFile() + " is in the way; choose another directory with --out", e);
        } catch (IOException e) {
            throw new CliFailure("the run's files cannot be kept: " + FileTrouble.describe(e), e);
        } catch (KafkaException e) {
            throw new CliFailure("Kafka cannot be read: " + e.getMessage(), e);
        }
    }

    private int play(RunDirectory directory, Playground.Opened opened) throws IOException, InterruptedException {
        Play play = new Play(line, interruption, nanoTime, clock);
        FleetRun.Processes processes = Play.processes(plan.text(), plan.files(), plan.mainClass());
        RunResult result =
                play.play(plan.scenario(), opened, directory, sample -> {}, processes, plan.arguments(), () -> {
                    if (plan.planted().isPresent()) {
                        plant(plan.planted().get(), directory, opened);
                    }
                });
        ResultJson.write(result, directory.result());
        ReportPage.write(result, directory.report());
        return new Conclusion(line).tell(result, directory);
    }

    private void plant(PlantedFault fault, RunDirectory directory, Playground.Opened opened)
            throws IOException, InterruptedException {
        String bootstrap = opened.target().kafka().getOrDefault("bootstrap.servers", "");
        try {
            line.say("Planted a fault: "
                    + new Planter(bootstrap, opened.target().topics().events(), nanoTime)
                            .plant(fault, JournalReading.readAll(directory.journals()), Play.PROOF_PATIENCE)
                            .orElseThrow(() -> new CliFailure("nothing was stored that a fault could be planted in"))
                    + ".");
        } catch (TimeoutException | ExecutionException e) {
            throw new CliFailure("the fault could not be planted: " + e.getMessage(), e);
        }
    }
}
