package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.simulator.proof.Fault;
import io.fleetline.simulator.proof.JournalCheck;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.PlantedFault;
import io.fleetline.simulator.proof.Planter;
import io.fleetline.simulator.proof.RawLog;
import io.fleetline.simulator.proof.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Says at the end whether a topic holds what the devices' receipts promised, and with which exit code that ends. */
final class Proof {
    private static final int FAULTS_SHOWN = 10;

    private final String bootstrap;
    private final String topic;
    private final LongSupplier nanoTime;
    private final RawLog log;
    private final Map<Integer, Long> startOffsets;
    private final boolean exact;

    /** A proof about what comes into this events topic from now on. */
    Proof(String bootstrap, String topic, RawLog log, LongSupplier nanoTime) {
        this(bootstrap, topic, log, nanoTime, false);
    }

    /** A proof about what comes into this exact topic from now on. */
    static Proof ofExact(String bootstrap, String topic, RawLog log, LongSupplier nanoTime) {
        return new Proof(bootstrap, topic, log, nanoTime, true);
    }

    private Proof(String bootstrap, String topic, RawLog log, LongSupplier nanoTime, boolean exact) {
        this.exact = exact;
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.nanoTime = nanoTime;
        this.log = log;
        this.startOffsets = log.ends();
    }

    /**
     * Spoils what is in Kafka.
     *
     * @throws CliFailure if there is nothing to spoil, or Kafka refuses
     */
    void plant(PlantedFault fault, JournalReading journal, LiveLine line, Duration patience)
            throws InterruptedException {
        try {
            line.say("Planted a fault: "
                    + new Planter(bootstrap, topic, nanoTime)
                            .plant(fault, journal, patience)
                            .orElseThrow(
                                    () -> new CliFailure("nothing was stored yet that a fault could be planted in"))
                    + ".");
        } catch (TimeoutException | ExecutionException e) {
            throw new CliFailure("the fault could not be planted: " + e.getMessage(), e);
        }
    }

    /**
     * Compares the journal with Kafka, tells what came out, and returns the exit code.
     *
     * @throws CliFailure if Kafka cannot be read in this time, or the run proves nothing
     */
    int conclude(JournalReading journal, LiveLine line, Duration patience) {
        JournalCheck check = exact ? JournalCheck.ofExact(journal) : new JournalCheck(journal);
        try {
            log.readInto(check, startOffsets, patience);
        } catch (TimeoutException e) {
            throw new CliFailure("what is in Kafka was not compared with the journal: " + e.getMessage(), e);
        }
        Verdict verdict = check.verdict();
        if (!verdict.holds()) {
            line.say((exact ? "The exact topic" : "Kafka") + " does not hold what the receipts promise; "
                    + counted(verdict.faults().size(), "difference") + ":");
            List<Fault> shown = verdict.faults()
                    .subList(0, Math.min(FAULTS_SHOWN, verdict.faults().size()));
            shown.forEach(fault -> line.say("  " + fault));
            if (verdict.faults().size() > shown.size()) {
                line.say("  and " + (verdict.faults().size() - shown.size()) + " more");
            }
            return ExitCode.DISPROVED;
        }
        if (verdict.receipts() == 0) {
            throw new CliFailure("no device got a receipt: this run proves nothing");
        }
        line.say((exact
                        ? "The exact topic holds each event with a receipt once and in order: "
                        : "Kafka holds what the receipts promise: ")
                + counted(verdict.receipts(), "receipt") + ", "
                + counted(verdict.records(), "record") + " read, " + verdict.repeats() + " of them repeats"
                + (verdict.foreign() == 0 ? "" : ", " + verdict.foreign() + " of devices that keep no journal here")
                + ".");
        return ExitCode.DONE;
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
