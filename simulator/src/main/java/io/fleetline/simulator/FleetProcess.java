package io.fleetline.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that plays a share of the fleet, as seen by the one that plays the run. Thread-safe. */
final class FleetProcess {
    private static final Logger LOG = LoggerFactory.getLogger(FleetProcess.class);

    private final String name;
    private final Path log;
    private final Process process;
    private final DataOutputStream words; // guarded by itself
    private final LongSupplier nanoTime;

    private final List<Tidings> told = new ArrayList<>(); // guarded by this, as all below
    private int asked;
    private int answered;
    private boolean ready;
    private boolean restWished;
    private boolean rested;
    private Optional<Boolean> ended = Optional.empty();
    private Optional<String> failed = Optional.empty();
    private boolean gone;
    private boolean killed;
    private long connected;

    /**
     * Gives a process its assignment.
     *
     * @param process one that runs {@link SharePlayer#play} on its standard streams
     */
    FleetProcess(Process process, Assignment assignment, LongSupplier nanoTime) throws IOException {
        this.name = "process " + assignment.share().number() + " of the simulator";
        this.log = new RunDirectory(assignment.directory()).logOf(assignment.share());
        this.process = process;
        this.nanoTime = nanoTime;
        this.words = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        Thread listening =
                new Thread(this::listen, "fleet-process-" + assignment.share().number());
        listening.setDaemon(true);
        listening.start();
        assignment.write(words);
    }

    private void listen() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            for (int word = in.read(); word >= 0; word = in.read()) {
                hear(Word.of(word), in);
            }
        } catch (IOException e) {
            LOG.debug("{} is heard no more", name, e);
        } finally {
            synchronized (this) {
                gone = true;
                notifyAll();
            }
        }
    }

    private void hear(Word word, DataInputStream in) throws IOException {
        switch (word) {
            case READY -> heard(() -> ready = true);
            case FAILED -> {
                String why = in.readUTF();
                heard(() -> failed = Optional.of(why));
            }
            case TIDINGS -> {
                Tidings tidings = Tidings.read(in);
                heard(() -> {
                    told.add(tidings);
                    answered++;
                });
            }
            case RESTED -> heard(() -> rested = true);
            case ENDED -> {
                boolean quiet = in.readBoolean();
                heard(() -> ended = Optional.of(quiet));
            }
            default -> throw new IOException(name + " said " + word);
        }
    }

    private synchronized void heard(Runnable what) {
        what.run();
        notifyAll();
    }

    private synchronized boolean await(BooleanSupplier condition, Duration patience) throws InterruptedException {
        long endNanos = nanoTime.getAsLong() + patience.toNanos();
        while (!condition.getAsBoolean() && !gone) {
            long leftNanos = endNanos - nanoTime.getAsLong();
            if (leftNanos <= 0) {
                return false;
            }
            wait(Duration.ofNanos(leftNanos).toMillis() + 1);
        }
        return condition.getAsBoolean();
    }

    private void say(Word word) {
        try {
            synchronized (words) {
                words.writeByte(word.code());
                words.flush();
            }
        } catch (IOException e) {
            complain(e.toString());
        }
    }

    /** Unless it was killed, which was meant. */
    private synchronized void complain(String what) {
        if (!killed) {
            throw new SimulatorProcessException(name
                    + failed.map(why -> " cannot play its share: " + why).orElse(" has failed: " + what)
                    + "; its log is " + log);
        }
    }

    /** Waits until its devices are built. */
    void awaitReady(Duration patience) throws InterruptedException {
        if (!await(() -> ready, patience)) {
            complain(process.isAlive() ? "it was not ready within " + patience.toSeconds() + " s" : "it has ended");
        }
    }

    /** The run has been going on for so long. */
    void begin(long runNanos) {
        try {
            synchronized (words) {
                words.writeByte(Word.BEGIN.code());
                words.writeLong(runNanos);
                words.flush();
            }
        } catch (IOException e) {
            complain(e.toString());
        }
    }

    /** Asks what happened since it was asked before. */
    void ask() {
        synchronized (this) {
            asked++;
        }
        say(Word.LOOK);
    }

    /** What it answered; if it takes longer than this, it is said the next time. */
    List<Tidings> told(Duration patience) throws InterruptedException {
        var unused = await(() -> answered >= asked, patience);
        synchronized (this) {
            if (gone && ended.isEmpty()) {
                complain("it has ended");
            }
            List<Tidings> all = List.copyOf(told);
            told.clear();
            return all;
        }
    }

    /** So many of its devices are connected; returns how many more that are than before. */
    synchronized long connected(long now) {
        long more = killed ? 0 : now - connected;
        connected += more;
        return more;
    }

    void stagesOver() {
        say(Word.STAGES_OVER);
    }

    /** Waits until its devices have come to rest; false if the time ran out first. */
    boolean awaitRested(Duration patience) throws InterruptedException {
        boolean first;
        synchronized (this) {
            first = !restWished;
            restWished = true;
        }
        if (first) {
            say(Word.REST);
        }
        return await(() -> rested, patience);
    }

    /** Has it end in good order. */
    void end() {
        say(Word.END);
    }

    /** Waits until it has; whether it is known of everything how it ended. */
    boolean awaitEnded(Duration patience) throws InterruptedException {
        if (!await(() -> ended.isPresent(), patience)) {
            complain("it did not end in good order within " + patience.toSeconds() + " s");
        }
        synchronized (this) {
            return ended.orElse(false);
        }
    }

    /** Ends it without warning; returns by how many fewer devices are connected. */
    long kill() throws InterruptedException {
        long lost;
        synchronized (this) {
            killed = true;
            lost = connected;
            connected = 0;
        }
        process.destroyForcibly();
        process.waitFor();
        return lost;
    }

    /** Ends it at once, if it has not ended. */
    void close() {
        synchronized (this) {
            killed = true;
        }
        process.destroyForcibly();
    }
}
