package io.fleetline.simulator;

import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.scenario.Scenario;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays a share of a fleet for the process that plays the run, which says through one stream what is to be done and hears through
 * another what became of it. For one caller.
 */
public final class SharePlayer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharePlayer.class);
    private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(7);

    private final Assignment assignment;
    private final Scenario scenario;
    private final FleetClock clock;
    private final FleetMeters meters;
    private final Pacer pacer;
    private final Journal journal;
    private final Fleet fleet;
    private final OwnLoad own;
    private final DataOutputStream out; // guarded by itself

    private @Nullable Thread resting;
    private volatile boolean rested;
    private long due;
    private long receipts;
    private long dropped;
    private long failures;

    /**
     * Plays what it is told to, and returns when it is told that it is over, or nobody is left to tell.
     *
     * @param in what is to be done, from {@link FleetRun}
     * @param out what became of it
     * @param nanoTime a clock that never goes back, in ns
     * @param wall the time of day
     * @param logTo hears where this process is to keep its log
     * @throws IOException if the run's directory cannot be written, or the other process ended in the middle of a word
     */
    public static void play(InputStream in, OutputStream out, LongSupplier nanoTime, Clock wall, Consumer<Path> logTo)
            throws IOException, InterruptedException {
        DataInputStream words = new DataInputStream(new BufferedInputStream(in));
        DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(out));
        Assignment assignment = Assignment.read(words);
        logTo.accept(new RunDirectory(assignment.directory()).logOf(assignment.share()));
        try (SharePlayer player = new SharePlayer(assignment, answers, nanoTime, wall)) {
            player.say(Word.READY);
            player.listen(words);
        } catch (IllegalArgumentException e) {
            LOG.error("{} cannot be played", assignment, e);
            answers.writeByte(Word.FAILED.code());
            answers.writeUTF(String.valueOf(e.getMessage()));
            answers.flush();
        }
    }

    private SharePlayer(Assignment assignment, DataOutputStream out, LongSupplier nanoTime, Clock wall)
            throws IOException {
        this.assignment = assignment;
        this.out = out;
        this.scenario = assignment.parsed();
        this.clock = new FleetClock(assignment.run(), nanoTime, wall);
        this.meters = new FleetMeters(scenario);
        this.pacer = new Pacer(nanoTime);
        RunDirectory directory = new RunDirectory(assignment.directory());
        // What the devices counted before they were ended without warning; no number is given out twice.
        Map<String, Long> counters =
                JournalReading.readAll(directory.journalsOf(assignment.share())).lastCounters();
        this.journal = Journal.create(directory.journalOf(assignment.share(), assignment.start()));
        this.fleet = new Fleet(
                scenario, assignment.share(), counters, assignment.target(), directory, clock, meters, journal, pacer);
        this.own = new OwnLoad(nanoTime);
        if (isFirst()) {
            fleet.schedule(0);
        } else {
            fleet.startArrived(assignment.runNanos());
        }
    }

    private boolean isFirst() {
        return assignment.runNanos() == 0;
    }

    private void listen(DataInputStream words) throws IOException, InterruptedException {
        for (int word = words.read(); word >= 0; word = words.read()) {
            switch (Word.of(word)) {
                case BEGIN -> begin(words.readLong());
                case LOOK -> tell();
                case STAGES_OVER -> {
                    pacer.end();
                    fleet.endStages();
                }
                case REST -> rest();
                case END -> {
                    end();
                    return;
                }
                default -> throw new IOException("a share is not told " + Word.of(word));
            }
        }
    }

    private void begin(long runNanos) {
        clock.begin(runNanos);
        if (!isFirst()) {
            fleet.schedule(runNanos);
        }
        Thread pacing =
                new Thread(() -> pacer.run(clock.beganNanos(), scenario.length().toNanos()), "fleet-pacer");
        pacing.setDaemon(true);
        pacing.start();
        LOG.info("{} goes on at {} s", assignment, runNanos / 1e9);
    }

    private void rest() {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (Crew.Resting each : fleet.resting()) {
                            if (!each.awaitQuiet(AS_LONG_AS_IT_TAKES)) {
                                return;
                            }
                        }
                        rested = true;
                        say(Word.RESTED);
                    } catch (IOException e) {
                        LOG.error("nobody hears that all have come to rest", e);
                    } catch (InterruptedException e) {
                        LOG.info("not all came to rest in time");
                    }
                },
                "fleet-resting");
        thread.setDaemon(true);
        thread.start();
        resting = thread;
    }

    private void end() throws IOException, InterruptedException {
        Thread waiting = resting;
        if (waiting != null) {
            waiting.interrupt();
            waiting.join();
        }
        pacer.end();
        boolean quiet = fleet.end() && rested;
        journal.ended(quiet);
        journal.close();
        tell();
        synchronized (out) {
            out.writeByte(Word.ENDED.code());
            out.writeBoolean(quiet);
            out.flush();
        }
    }

    private void say(Word word) throws IOException {
        synchronized (out) {
            out.writeByte(word.code());
            out.flush();
        }
    }

    private void tell() throws IOException {
        Tidings tidings = look();
        synchronized (out) {
            out.writeByte(Word.TIDINGS.code());
            tidings.write(out);
            out.flush();
        }
    }

    private Tidings look() {
        long dueNow = meters.due.sum();
        long receiptsNow = meters.receipts.sum();
        long droppedNow = meters.dropped.sum();
        long failuresNow = meters.failures.sum();
        Map<String, ByteBuffer> ack = new LinkedHashMap<>();
        meters.ackByGroup.forEach((group, latencies) -> ack.put(group, looked(latencies)));
        OwnLoad.Look taken = own.look();
        Tidings tidings = new Tidings(
                meters.connected.get(),
                dueNow - due,
                receiptsNow - receipts,
                droppedNow - dropped,
                failuresNow - failures,
                ack,
                looked(meters.handler),
                looked(meters.connect),
                looked(pacer.lag()),
                own.wakeUps().lastLook(),
                taken);
        due = dueNow;
        receipts = receiptsNow;
        dropped = droppedNow;
        failures = failuresNow;
        return tidings;
    }

    private static ByteBuffer looked(Latencies latencies) {
        var unused = latencies.look();
        return latencies.lastLook();
    }

    @Override
    public void close() throws IOException {
        pacer.end();
        own.close();
        fleet.close();
        journal.close();
    }
}
