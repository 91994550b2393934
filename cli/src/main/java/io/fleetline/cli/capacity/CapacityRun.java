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
import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;

/** Searches for the highest rate and the highest number of connections that a system holds, and writes the sizing sheet. */
public final class CapacityRun {
    private static final String LOADED = "loaded";

    /** When nothing is published any more and all are still connected. */
    private static final String COUNTED = "counted";

    /** Everything that is not searched for stays the same from trial to trial; where a connection rests, it is not quite idle. */
    private static final double EVENTS_OF_A_RESTING_DEVICE = 1 / 60.0;

    private static final int FIRST_CONNECTIONS = 250;

    /**
     * What to search for.
     *
     * @param slo what is asked
     * @param devices how many devices share the rate
     * @param firstRate where the search for the rate begins, in events/s
     * @param mostConnections where the search for connections ends
     * @param arrival how many devices connect in a second
     * @param length how long each load is on
     * @param directory where all of it goes
     */
    public record Plan(
            Slo slo, int devices, long firstRate, int mostConnections, int arrival, Duration length, Path directory) {}

    private final Plan plan;
    private final Playground where;
    private final Play play;
    private final LiveLine line;
    private int runs;
    private final List<Trial> trials = new ArrayList<>();

    /** @param line where it tells how it goes */
    public CapacityRun(Plan plan, Playground where, Play play, LiveLine line) {
        this.plan = plan;
        this.where = where;
        this.play = play;
        this.line = line;
    }

    /**
     * Searches.
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
            try (Playground.Opened opened = where.open(scenario(most, 1), directory)) {
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
                String sheet = SizingSheet.text(plan.slo(), idle, rate, connections, trials, Play.machine());
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

    private Scenario scenario(int devices, double eventsPerSecond) {
        String yaml = String.format(
                Locale.ROOT,
                """
                name: trial
                drain: 30s
                stages:
                  - {name: arrival, for: %dms, load: 0}
                  - {name: %s, for: %dms}
                  - {name: %s, for: 3s, load: 0}
                groups:
                  - name: device
                    devices: %d
                    arrive: {perSecond: %d}
                    publish:
                      - channel: device/state
                        schedule: {kind: poisson, every: %dus}
                        payload: {kind: walk, fields: [celsius, bar]}
                """,
                3_000 + devices * 1_000L / plan.arrival(),
                LOADED,
                plan.length().toMillis(),
                COUNTED,
                devices,
                plan.arrival(),
                (long) (1e6 * devices / eventsPerSecond));
        return Scenario.parse(yaml, "trial", Path.of(""));
    }

    private Trial attempt(Playground.Opened opened, RunDirectory directory, int devices, double eventsPerSecond)
            throws InterruptedException {
        String name = String.format(Locale.ROOT, "trial-%02d", ++runs);
        try {
            OptionalLong[] bytes = {OptionalLong.empty()};
            RunDirectory own = RunDirectory.create(directory.path().resolve(name));
            RunResult result = play.play(scenario(devices, eventsPerSecond), opened, own, sample -> {
                if (sample.stage().equals(COUNTED) && bytes[0].isEmpty()) {
                    bytes[0] = nodeBytes(opened);
                }
            });
            Trial trial = Trial.of(result, plan.slo(), LOADED, eventsPerSecond, bytes[0]);
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
