package io.fleetline.simulator;

import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.ProcessUse;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.proof.Follower;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.RawLog;
import io.fleetline.simulator.scenario.Outage;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays a scenario once: lets its devices arrive and publish on schedule, looks at them every second, and waits at the end until
 * it is known of everything how it ended. For one caller; {@link #end} is for any thread.
 */
public final class FleetRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FleetRun.class);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Scenario scenario;
    private final FleetTarget target;
    private final RunDirectory directory;
    private final Surroundings around;
    private final FleetClock clock;
    private final FleetMeters meters;
    private final Journal journal;
    private final Pacer pacer;
    private final Crew crew;
    private final Optional<Orders> orders;
    private final Optional<Outages> outages;
    private final Looks looks;
    private final CountDownLatch endWished = new CountDownLatch(1);

    /**
     * What happens around a run.
     *
     * @param nanoTime a clock that never goes back, in ns
     * @param wall the time of day
     * @param run names the run; no two may have the same name
     * @param ownBrokers how many brokers were started for this run alone, with their data in the run's directory
     * @param system the processes that were started for this run, if any may be broken
     * @param others what other processes of the run have taken since they were last asked for, by name
     * @param processes how more processes of the simulator come about, for a fleet that wants several
     */
    public record Surroundings(
            LongSupplier nanoTime,
            Clock wall,
            String run,
            int ownBrokers,
            Optional<Breakable> system,
            Supplier<Map<String, ProcessUse>> others,
            Optional<Processes> processes) {}

    /**
     * How processes come about that play shares of the fleet.
     *
     * @param scenario the scenario as it was written
     * @param files where files lie that it names
     * @param launcher starts them
     */
    public record Processes(String scenario, Path files, Launcher launcher) {}

    /** Starts processes of the simulator. */
    @FunctionalInterface
    public interface Launcher {
        /**
         * Starts one that runs {@link SharePlayer#play} on its standard streams.
         *
         * @param log where it is to write what it says on standard error
         */
        Process start(Path log) throws IOException;
    }

    /**
     * Builds the devices; nothing happens yet.
     *
     * @throws IOException if the run's directory cannot be written, a node's name not be looked up, or a process not be started
     * @throws IllegalArgumentException if a device has no credentials, or cannot be built as the scenario wants it
     * @throws SimulatorProcessException if a process cannot play its share
     */
    public FleetRun(Scenario scenario, FleetTarget target, RunDirectory directory, Surroundings around)
            throws IOException, InterruptedException {
        this.scenario = scenario;
        this.target = target;
        this.directory = directory;
        this.around = around;
        this.looks = new Looks(scenario);
        this.pacer = new Pacer(around.nanoTime());
        this.clock = new FleetClock(around.run(), around.nanoTime(), around.wall());
        this.meters = new FleetMeters(scenario);
        this.journal = Journal.create(directory.journal());
        Optional<FleetProcesses> several = several();
        this.crew = several.isPresent() ? several.get() : alone();
        this.outages = scenario.outages().isEmpty()
                ? Optional.empty()
                : Optional.of(new Outages(part -> breakable(part, several), journal));
        this.orders = scenario.orders().isEmpty()
                ? Optional.empty()
                : Optional.of(new Orders(scenario, target, clock, meters, journal));
        orders.ifPresent(each -> each.schedule(pacer));
        for (Outage outage : scenario.outages()) {
            var unused = breakable(outage.part(), several);
            outages.ifPresent(each -> each.schedule(outage, pacer));
        }
    }

    private Optional<FleetProcesses> several() throws IOException, InterruptedException {
        if (scenario.processes() == 1) {
            return Optional.empty();
        }
        Processes processes = around.processes()
                .orElseThrow(() -> new IllegalArgumentException(
                        "processes is " + scenario.processes() + ", and here there is only one"));
        return Optional.of(new FleetProcesses(scenario, target, directory, clock, meters, processes));
    }

    private Crew alone() throws IOException {
        Fleet fleet = new Fleet(scenario, Share.WHOLE, Map.of(), target, directory, clock, meters, journal, pacer);
        fleet.schedule(0);
        return fleet;
    }

    private Breakable breakable(Outage.Part part, Optional<FleetProcesses> several) {
        Optional<? extends Breakable> whole = part.role() == Outage.Role.PROCESS ? several : around.system();
        return whole.map(Breakable.class::cast)
                .orElseThrow(() -> new IllegalArgumentException("outages has one of " + part
                        + "; nodes and brokers can be broken only where the run starts them itself"));
    }

    private void begin() throws IOException {
        // Where topics end now is where this run's records begin.
        Map<String, Map<Integer, Long>> offsets = ends(clock.nanoTime());
        clock.begin();
        long beganMillis = clock.now().toEpochMilli();
        new RunFacts(
                        clock.run(),
                        scenario.name(),
                        scenario.seed(),
                        beganMillis,
                        target.topics(),
                        offsets,
                        around.ownBrokers(),
                        scenario.thresholds().lateAfter().toMillis())
                .write(directory.factsFile());
        journal.run(clock.run(), beganMillis);
        crew.begin();
    }

    private Map<String, Map<Integer, Long>> ends(LongSupplier nanoTime) {
        Map<String, Map<Integer, Long>> offsets = new HashMap<>();
        List<String> topics = new ArrayList<>(
                List.of(target.topics().events(), target.topics().updates()));
        target.topics().exact().ifPresent(topics::add);
        for (String topic : topics) {
            try (RawLog log = new RawLog(target.kafka(), topic, nanoTime)) {
                offsets.put(topic, log.ends());
            }
        }
        return offsets;
    }

    /** Ends the run early; it goes on with what comes after its last stage. */
    public void end() {
        endWished.countDown();
        pacer.end();
    }

    /**
     * Plays it.
     *
     * @param progress hears of each sample
     * @return what was measured
     * @throws IOException if the run's directory cannot be written
     */
    public Measured play(Consumer<Sample> progress) throws InterruptedException, IOException {
        begin();
        try (OwnLoad own = new OwnLoad(clock.nanoTime())) {
            Sampler sampler = new Sampler(clock, meters, pacer, own, crew, around.others());
            long stagesNanos;
            int warmUp;
            boolean quiet;
            long connected;
            try (Follower reader =
                    new Follower(target.kafka(), target.topics().events(), clock.run(), this::readerSaw)) {
                LOG.info("run {} begins, followed by {}", clock.run(), reader);
                warmUp = playStages(sampler, own, progress);
                stagesNanos = clock.runNanos();
                // No fault outlasts the stages: what is waited for from here on is that all comes to rest.
                crew.endStages();
                if (outages.isPresent()) {
                    outages.get().mendAll();
                    // Processes that have come back meanwhile.
                    crew.endStages();
                }
                quiet = drain(sampler, progress);
                connected = crew.connected();
            }
            orders.ifPresent(Orders::close);
            quiet &= crew.end();
            journal.ended(quiet);
            journal.close();
            return measured(own, sampler, warmUp, connected, stagesNanos, quiet);
        }
    }

    /** Returns how many samples are of the warm-up. */
    private int playStages(Sampler sampler, OwnLoad own, Consumer<Sample> progress) throws InterruptedException {
        long lengthNanos = scenario.length().toNanos();
        Thread pacing = new Thread(() -> pacer.run(clock.beganNanos(), lengthNanos), "fleet-pacer");
        pacing.setDaemon(true);
        pacing.start();
        long warmUpNanos = scenario.warmUp().toNanos();
        int warmUp = 0;
        long nowNanos = clock.runNanos();
        while (nowNanos < lengthNanos && !endWished.await(looks.nextNanos(nowNanos) - nowNanos, TimeUnit.NANOSECONDS)) {
            progress.accept(sampler.take(looks.stage(nowNanos)));
            if (nowNanos < warmUpNanos && clock.runNanos() >= warmUpNanos) {
                warmUp = sampler.samples().size();
                meters.restartTotals();
                pacer.lag().restartTotal();
                own.wakeUps().restartTotal();
            }
            nowNanos = clock.runNanos();
        }
        pacer.end();
        pacing.join();
        return warmUp;
    }

    private void readerSaw(long dueMicros) {
        meters.reader.record(clock.runNanos() - TimeUnit.MICROSECONDS.toNanos(dueMicros));
    }

    /** Waits until all that was published is stored or dropped, or the scenario's patience is over. */
    private boolean drain(Sampler sampler, Consumer<Sample> progress) throws InterruptedException {
        long endNanos = clock.runNanos() + scenario.drain().toNanos();
        boolean quiet = true;
        long nextLookNanos = clock.runNanos() + LOOK.toNanos();
        List<Crew.Resting> all = new ArrayList<>();
        // First: what a command came to is an item in its device's outbox.
        orders.ifPresent(each -> all.add(each::awaitQuiet));
        all.addAll(crew.resting());
        for (Crew.Resting each : all) {
            boolean done = false;
            while (!done && clock.runNanos() < endNanos) {
                long patienceNanos = Math.min(endNanos, nextLookNanos) - clock.runNanos();
                done = each.awaitQuiet(Duration.ofNanos(Math.max(1, patienceNanos)));
                if (clock.runNanos() >= nextLookNanos) {
                    nextLookNanos += LOOK.toNanos();
                    progress.accept(sampler.take(Looks.DRAIN));
                }
            }
            quiet &= done;
        }
        if (clock.runNanos() - nextLookNanos > -LOOK.toNanos() / 2) {
            progress.accept(sampler.take(Looks.DRAIN));
        }
        return quiet;
    }

    private Measured measured(
            OwnLoad own, Sampler sampler, int warmUp, long connected, long stagesNanos, boolean quiet) {
        return new Measured(
                clock.run(),
                Duration.ofNanos(stagesNanos),
                crew.size(),
                connected,
                meters.due.sum(),
                meters.receipts.sum(),
                meters.dropped.sum(),
                meters.failures.sum(),
                meters.commandsSent.sum(),
                meters.outcomes.sum(),
                quiet,
                meters.ack.total(),
                ackByGroup(),
                meters.reader.total(),
                meters.handler.total(),
                meters.command.total(),
                meters.connect.total(),
                pacer.lag().total(),
                own.wakeUps().total(),
                meters.ack.bars(),
                sampler.samples(),
                warmUp,
                outages.map(Outages::failures).orElse(List.of()));
    }

    private Map<String, Percentiles> ackByGroup() {
        Map<String, Percentiles> byGroup = new LinkedHashMap<>();
        meters.ackByGroup.forEach((name, latencies) -> byGroup.put(name, latencies.total()));
        return byGroup;
    }

    @Override
    public void close() throws IOException {
        end();
        outages.ifPresent(Outages::close);
        orders.ifPresent(Orders::close);
        crew.close();
        journal.close();
    }
}
