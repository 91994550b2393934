package io.fleetline.cli.capacity;

import io.fleetline.bench.machine.ProcessMemory;
import io.fleetline.cli.simulate.Play;
import io.fleetline.cli.simulate.Playground;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.cli.terminal.Logging;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/** Searches for the highest rate and the highest number of connections that a system holds, and writes the sizing sheet. */
public final class CapacityRun {
    /** Everything that is not searched for stays the same from trial to trial; where a connection rests, it is not quite idle. */
    private static final double EVENTS_OF_A_RESTING_DEVICE = 1 / 60.0;

    private static final int FIRST_CONNECTIONS = 250;

    /** So many come at once at the most: more than that do not wait for one address in one runtime of the SDK (1,024). */
    private static final int MOST_AT_ONCE = 1_000;

    /**
     * What to search for.
     *
     * @param slo what is asked
     * @param devices how many devices share the rate
     * @param firstRate where the search for the rate begins, in events/s
     * @param mostConnections where the search for connections ends
     * @param arrival how many devices connect in a second
     * @param processes how many processes of the simulator share the devices
     * @param length how long each load is on
     * @param mainClass the command's main class, for processes that play shares of the fleet
     * @param directory where all of it goes
     */
    public record Plan(
            Slo slo,
            int devices,
            long firstRate,
            int mostConnections,
            int arrival,
            int processes,
            Duration length,
            String mainClass,
            Path directory) {}

    private final Plan plan;
    private final Playground where;
    private final Play play;
    private final LiveLine line;
    private final Loads loads;
    private int runs;
    private final List<Trial> trials = new ArrayList<>();

    /** @param line where it tells how it goes */
    public CapacityRun(Plan plan, Playground where, Play play, LiveLine line) {
        this.plan = plan;
        this.where = where;
        this.play = play;
        this.line = line;
        this.loads = new Loads(plan.arrival(), plan.processes(), plan.length());
    }

    /**
     * Searches, and at last has devices connect as fast as they can.
     *
     * @return the exit code
     * @throws CliFailure if the system cannot be started, or Kafka not be read; it says why
     */
    public int run() throws InterruptedException {
        try {
            RunDirectory directory = RunDirectory.create(plan.directory());
            Logging.toFile(directory.log());
            int most = Math.max(plan.devices(), plan.mostConnections());
            line.say("Searching for the most that holds " + plan.slo() + "; all of it goes to " + directory.path());
            try (Playground.Opened opened = where.open(parsed(loads.load(most, 1)), directory)) {
                line.say("Warming up.");
                attempt(opened, directory, plan.devices(), (double) plan.firstRate());
                trials.clear();
                Search.Found<Trial> rate = Search.run(
                        plan.firstRate(),
                        1_000_000,
                        load -> attempt(opened, directory, plan.devices(), (double) load),
                        Trial::holds);
                OptionalLong idle = nodeBytes(opened);
                Search.Found<Trial> connections = Search.run(
                        FIRST_CONNECTIONS,
                        plan.mostConnections(),
                        load -> attempt(opened, directory, (int) load, Math.max(1, load * EVENTS_OF_A_RESTING_DEVICE)),
                        Trial::holds);
                Optional<Connects> connects = connections.highest().isPresent()
                        ? Optional.of(connects(
                                opened,
                                directory,
                                Math.min(
                                        MOST_AT_ONCE,
                                        connections.highest().get().devices())))
                        : Optional.empty();
                String sheet = SizingSheet.text(plan.slo(), idle, rate, connections, connects, trials, Play.machine());
                Path file = directory.path().resolve("sizing-sheet.md");
                Files.writeString(file, sheet);
                line.end();
                line.say("");
                line.say(sheet);
                line.say("Written to " + file);
                return rate.highest().isPresent() && connections.highest().isPresent()
                        ? ExitCode.DONE
                        : ExitCode.MISSED;
            }
        } catch (FileAlreadyExistsException e) {
            throw new CliFailure(e.getFile() + " is in the way; choose another directory with --out", e);
        } catch (IOException e) {
            throw new CliFailure("the files of the search cannot be kept: " + FileTrouble.describe(e), e);
        } catch (KafkaException e) {
            throw new CliFailure("Kafka cannot be read: " + e.getMessage(), e);
        }
    }

    private Trial attempt(Playground.Opened opened, RunDirectory directory, int devices, double eventsPerSecond)
            throws InterruptedException {
        String name = String.format(Locale.ROOT, "trial-%02d", ++runs);
        try {
            OptionalLong[] bytes = {OptionalLong.empty()};
            RunDirectory own = RunDirectory.create(directory.path().resolve(name));
            RunResult result = play(loads.load(devices, eventsPerSecond), opened, own, sample -> {
                if (sample.stage().equals(Loads.RESTING) && bytes[0].isEmpty()) {
                    bytes[0] = nodeBytes(opened);
                }
            });
            Trial trial = Trial.of(
                    result.measured(),
                    result.proof().faults().size(),
                    plan.slo(),
                    Loads.PUBLISHING,
                    eventsPerSecond,
                    bytes[0]);
            trials.add(trial);
            line.end();
            line.say(String.format(
                    Locale.ROOT,
                    "%s: %d devices, %.0f events/s: %s",
                    name,
                    devices,
                    eventsPerSecond,
                    trial.holds()
                            ? String.format(Locale.ROOT, "holds, p99 %.0f ms", trial.p99Nanos() / 1e6)
                            : String.join("; ", trial.complaints())));
            return trial;
        } catch (IOException e) {
            throw new CliFailure("the files of a trial cannot be kept: " + FileTrouble.describe(e), e);
        }
    }

    private Connects connects(Playground.Opened opened, RunDirectory directory, int devices)
            throws InterruptedException {
        try {
            RunDirectory own = RunDirectory.create(directory.path().resolve("connects"));
            Connects came = Connects.of(
                    play(loads.burst(devices), opened, own, sample -> {}).measured());
            line.end();
            line.say(String.format(
                    Locale.ROOT,
                    "connects: %d devices at once: %s",
                    devices,
                    came.perSecond().isPresent()
                            ? String.format(
                                    Locale.ROOT, "%.0f/s", came.perSecond().getAsDouble())
                            : came.connected() + " were connected in the end"));
            return came;
        } catch (IOException e) {
            throw new CliFailure("the files of the burst cannot be kept: " + FileTrouble.describe(e), e);
        }
    }

    private RunResult play(String scenario, Playground.Opened opened, RunDirectory directory, Consumer<Sample> sampled)
            throws IOException, InterruptedException {
        return play.play(
                parsed(scenario), opened, directory, sampled, Play.processes(scenario, Path.of(""), plan.mainClass()));
    }

    private static Scenario parsed(String scenario) {
        return Scenario.parse(scenario, "trial", Path.of(""));
    }

    /** What lives on the nodes' heaps now; empty where that cannot be told. */
    private static OptionalLong nodeBytes(Playground.Opened opened) {
        long bytes = 0;
        for (Map.Entry<String, ProcessHandle> process : opened.processes().entrySet()) {
            if (process.getKey().startsWith("node-")) {
                try {
                    bytes += ProcessMemory.liveHeap(process.getValue().pid());
                } catch (IOException e) {
                    return OptionalLong.empty();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return OptionalLong.empty();
                }
            }
        }
        return OptionalLong.of(bytes);
    }
}
