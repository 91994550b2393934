package io.fleetline.simulator;

import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.proof.Follower;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.RawLog;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final FleetMeters meters = new FleetMeters();
    private final Journal journal;
    private final Pacer pacer;
    private final Fleet fleet;
    private final Optional<Outages> outages;
    private final CountDownLatch endWished = new CountDownLatch(1);

    /**
     * What happens around a run.
     *
     * @param nanoTime a clock that never goes back, in ns
     * @param wall the time of day
     * @param run names the run; no two may have the same name
     * @param ownBrokers how many brokers were started for this run alone, with their data in the run's directory
     * @param system the processes that were started for this run, if any may be broken
     * @param others how many cores other processes of the run have taken since they were last asked for, by name
     */
    public record Surroundings(
            LongSupplier nanoTime,
            Clock wall,
            String run,
            int ownBrokers,
            Optional<Breakable> system,
            Supplier<Map<String, Double>> others) {}

    /**
     * Builds the devices; nothing happens yet.
     *
     * @throws IOException if the run's directory cannot be written, or a node's name not be looked up
     * @throws IllegalArgumentException if a device has no credentials, or cannot be built as the scenario wants it
     */
    public FleetRun(Scenario scenario, FleetTarget target, RunDirectory directory, Surroundings around)
            throws IOException {
        this.scenario = scenario;
        this.target = target;
        this.directory = directory;
        this.around = around;
        this.pacer = new Pacer(around.nanoTime());
        this.clock = new FleetClock(around.run(), around.nanoTime(), around.wall());
        this.journal = Journal.create(directory.journal());
        this.outages = around.system().map(system -> new Outages(system, journal));
        this.fleet = new Fleet(scenario, target, directory, clock, meters, journal, pacer);
        scenario.outages()
                .forEach(outage -> outages.orElseThrow(() -> new IllegalArgumentException(
                                "outages are of nodes and brokers that the run starts itself, and here it starts none"))
                        .schedule(outage, pacer));
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
            Sampler sampler = new Sampler(clock, meters, pacer, own, around.others());
            long stagesNanos;
            boolean quiet;
            long connected;
            try (Follower reader =
                    new Follower(target.kafka(), target.topics().events(), clock.run(), this::readerSaw)) {
                LOG.info("run {} begins, followed by {}", clock.run(), reader);
                playStages(sampler, progress);
                stagesNanos = clock.runNanos();
                // No fault outlasts the stages: what is waited for from here on is that all comes to rest.
                fleet.mend();
                if (outages.isPresent()) {
                    outages.get().mendAll();
                }
                quiet = drain(sampler, progress);
                connected = fleet.connected();
            }
            fleet.close();
            quiet &= fleet.awaitNotes();
            journal.ended(quiet);
            journal.close();
            return measured(own, sampler, connected, stagesNanos, quiet);
        }
    }

    private void playStages(Sampler sampler, Consumer<Sample> progress) throws InterruptedException {
        long lengthNanos = scenario.length().toNanos();
        Thread pacing = new Thread(() -> pacer.run(clock.beganNanos(), lengthNanos), "fleet-pacer");
        pacing.setDaemon(true);
        pacing.start();
        while (clock.runNanos() < lengthNanos && !endWished.await(untilNextLook(lengthNanos), TimeUnit.NANOSECONDS)) {
            progress.accept(sampler.take(stage(clock.runNanos())));
        }
        pacer.end();
        pacing.join();
    }

    private void readerSaw(long dueMicros) {
        meters.reader.record(clock.runNanos() - TimeUnit.MICROSECONDS.toNanos(dueMicros));
    }

    private long untilNextLook(long lengthNanos) {
        return Math.max(1, Math.min(LOOK.toNanos(), lengthNanos - clock.runNanos()));
    }

    private String stage(long runNanos) {
        long at = 0;
        for (Scenario.Stage stage : scenario.stages()) {
            at += stage.length().toNanos();
            if (runNanos < at) {
                return stage.name();
            }
        }
        return "drain";
    }

    /** Waits until all that was published is stored or dropped, or the scenario's patience is over. */
    private boolean drain(Sampler sampler, Consumer<Sample> progress) throws InterruptedException {
        long endNanos = clock.runNanos() + scenario.drain().toNanos();
        boolean quiet = true;
        long nextLookNanos = clock.runNanos() + LOOK.toNanos();
        for (Fleet.Resting each : fleet.resting()) {
            boolean done = false;
            while (!done && clock.runNanos() < endNanos) {
                long patienceNanos = Math.min(endNanos, nextLookNanos) - clock.runNanos();
                done = each.awaitQuiet(Duration.ofNanos(Math.max(1, patienceNanos)));
                if (clock.runNanos() >= nextLookNanos) {
                    nextLookNanos += LOOK.toNanos();
                    progress.accept(sampler.take("drain"));
                }
            }
            quiet &= done;
        }
        if (clock.runNanos() - nextLookNanos > -LOOK.toNanos() / 2) {
            progress.accept(sampler.take("drain"));
        }
        return quiet;
    }

    private Measured measured(OwnLoad own, Sampler sampler, long connected, long stagesNanos, boolean quiet) {
        return new Measured(
                clock.run(),
                Duration.ofNanos(stagesNanos),
                fleet.size(),
                connected,
                meters.due.sum(),
                meters.receipts.sum(),
                meters.dropped.sum(),
                meters.failures.sum(),
                meters.commandsSent.sum(),
                meters.outcomes.sum(),
                quiet,
                meters.ack.total(),
                fleet.ackByGroup(),
                meters.reader.total(),
                meters.command.total(),
                meters.connect.total(),
                pacer.lag().total(),
                own.wakeUps(),
                meters.ack.bars(),
                sampler.samples());
    }

    @Override
    public void close() throws IOException {
        end();
        outages.ifPresent(Outages::close);
        fleet.close();
        journal.close();
    }
}
