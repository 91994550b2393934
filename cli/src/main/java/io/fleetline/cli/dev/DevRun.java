package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.cli.terminal.Interruption;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.cli.terminal.Logging;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.RawLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a dev instance: started, shown, ended, and its word checked. */
public final class DevRun {
    private static final Logger LOG = LoggerFactory.getLogger(DevRun.class);

    /** From Ctrl-C to the end, whatever hangs. */
    public static final Duration GRACE = Duration.ofMillis(4_800);

    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(30);
    private static final Duration REFRESH = Duration.ofSeconds(1);

    /**
     * How long the end may take.
     *
     * @param flush for the receipts of what was published
     * @param proof for the comparison with Kafka
     */
    private record Patience(Duration flush, Duration proof) {
        static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(60));
        static final Patience AFTER_CTRL_C = new Patience(Duration.ofMillis(1_500), Duration.ofMillis(1_500));
    }

    private final DevPlan plan;
    private final String mainClass;
    private final LiveLine line;
    private final Interruption interruption;
    private final LongSupplier nanoTime;
    private final Clock clock;
    private final AckTimes ackTimes = new AckTimes();
    private final long beganNanos;

    /**
     * A run of a plan.
     *
     * @param mainClass the command's main class, for nodes in processes of their own
     * @param line where it tells how it goes
     */
    public DevRun(
            DevPlan plan,
            String mainClass,
            LiveLine line,
            Interruption interruption,
            LongSupplier nanoTime,
            Clock clock) {
        this.plan = plan;
        this.mainClass = mainClass;
        this.line = line;
        this.interruption = interruption;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.beganNanos = nanoTime.getAsLong();
    }

    /**
     * Runs until its time is over or it is told to end.
     *
     * @return the exit code
     * @throws CliFailure if it cannot be started, or what it did proves nothing; it says why
     */
    public int run() throws InterruptedException {
        Ports.requireFree(plan.port(), plan.nodes());
        try (StateDirectory state = StateDirectory.hold(plan.state(), plan.fresh())) {
            Logging.toFile(log(state));
            line.say("Starting Kafka, " + (plan.nodes() == 1 ? "a node" : plan.nodes() + " nodes") + " and "
                    + (plan.boilers() + 1) + " devices; state in " + state.path());
            Map<DeviceId, String> secrets =
                    Secrets.keep(state.resolve("credentials"), plan.devices(), new SecureRandom());
            DevSystem.Shape shape =
                    new DevSystem.Shape(plan.nodes(), 1, plan.port(), false, mainClass, plan.nodeSettings());
            try (DevSystem system = DevSystem.start(state, shape, secrets, this::reached, clock)) {
                Instance instance = system.instance();
                String events = system.topics().events();
                try (DevExact exact = startExact(state, instance.bootstrap(), events)) {
                    Briefing briefing = new Briefing(
                            plan,
                            instance,
                            system.topics(),
                            system.processes(),
                            Optional.ofNullable(exact).map(DevExact::describe),
                            List.of(state.resolve("logs"), system.kafkaLog()));
                    return runDevices(state, instance, events, secrets, briefing, exact);
                }
            }
        }
    }

    /** Notes down how far it is, for whoever wonders where the time goes. */
    private void reached(String step) {
        LOG.info(
                "after {} ms: {}",
                Duration.ofNanos(nanoTime.getAsLong() - beganNanos).toMillis(),
                step);
    }

    private static Path log(StateDirectory state) {
        return state.directory("logs").resolve("dev.log");
    }

    private @Nullable DevExact startExact(StateDirectory state, String bootstrap, String topic) {
        if (!plan.exact()) {
            return null;
        }
        DevExact exact = DevExact.start(state, bootstrap, topic, nanoTime);
        reached("the exact stage runs");
        return exact;
    }

    private int runDevices(
            StateDirectory state,
            Instance instance,
            String topic,
            Map<DeviceId, String> secrets,
            Briefing briefing,
            @Nullable DevExact exact)
            throws InterruptedException {
        Journals journals = new Journals(state.directory("journals"));
        Map<String, Long> lastCounters = journals.lastCounters();
        try (RawLog rawLog = new RawLog(instance.bootstrap(), topic, nanoTime)) {
            Proof proof = new Proof(instance.bootstrap(), topic, rawLog, nanoTime);
            Path journalFile = journals.next();
            Duration ran;
            boolean quiet;
            try (Journal journal = Journal.create(journalFile)) {
                // Devices that are not part of this start keep their place for a later one.
                lastCounters.forEach((device, counter) -> journal.began(DeviceId.parse(device), counter));
                DevFleet.Setting setting = new DevFleet.Setting(
                        instance.endpoints(), instance.authority(), secrets, journal, lastCounters, ackTimes, nanoTime);
                try (DevFleet fleet = new DevFleet(plan, setting)) {
                    fleet.connect(CONNECT_PATIENCE);
                    reached("the devices are connected");
                    instance.writeTo(state);
                    long readyNanos = nanoTime.getAsLong();
                    briefing.tell(line, Duration.ofNanos(readyNanos - beganNanos));
                    fleet.start();
                    live(fleet, readyNanos);
                    ran = Duration.ofNanos(nanoTime.getAsLong() - readyNanos);
                    Instance.removeFrom(state);
                    reached("time to end");
                    quiet = fleet.stop(patience().flush());
                    reached("the devices are disconnected");
                }
            }
            JournalReading reading = JournalReading.read(journalFile);
            int exitCode = conclude(proof, reading, ran, quiet);
            int exactExitCode = exact == null
                    ? ExitCode.DONE
                    : exact.conclude(reading, line, patience().proof());
            return exitCode == ExitCode.DONE ? exactExitCode : exitCode;
        } catch (IOException e) {
            throw new CliFailure("cannot keep the journal: " + FileTrouble.describe(e), e);
        }
    }

    /** Shows how things are until it is time to end. */
    private void live(DevFleet fleet, long readyNanos) throws InterruptedException {
        long lookedNanos = readyNanos;
        Duration pause = pauseFrom(readyNanos, readyNanos);
        while (!pause.isZero() && !interruption.await(pause)) {
            long nowNanos = nanoTime.getAsLong();
            AckTimes.Look lately = ackTimes.since();
            line.show(Figures.live(
                    fleet.connected(),
                    lately,
                    Duration.ofNanos(nowNanos - lookedNanos),
                    ackTimes.all().count()));
            lookedNanos = nowNanos;
            pause = pauseFrom(readyNanos, nowNanos);
        }
        line.end();
    }

    /** Until the next look at the figures, or until the end if that is nearer. */
    private Duration pauseFrom(long readyNanos, long nowNanos) {
        Duration left = plan.runFor()
                .map(time -> time.minusNanos(nowNanos - readyNanos))
                .orElse(REFRESH);
        return left.isNegative() ? Duration.ZERO : left.compareTo(REFRESH) < 0 ? left : REFRESH;
    }

    private int conclude(Proof proof, JournalReading journal, Duration ran, boolean quiet) throws InterruptedException {
        var unused = ackTimes.since();
        AckTimes.Look all = ackTimes.all();
        line.say(Figures.summary(plan.boilers() + 1L, journal.published(), all, ran));
        if (!quiet) {
            line.say("Not all that was published has a receipt: the time to wait for them was over.");
        }
        if (plan.fault().isPresent()) {
            proof.plant(plan.fault().get(), journal, line, patience().proof());
        }
        int exitCode = proof.conclude(journal, line, patience().proof());
        reached("the proof is done");
        return exitCode;
    }

    private Patience patience() {
        return interruption.isWished() ? Patience.AFTER_CTRL_C : Patience.USUAL;
    }
}
