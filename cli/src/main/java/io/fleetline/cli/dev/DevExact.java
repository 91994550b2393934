package io.fleetline.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.cli.exact.ExactLag;
import io.fleetline.cli.exact.ExactProcess;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.protocol.Topics;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.RawLog;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** The exact stage of an instance, and at its end the proof of what it wrote. */
public final class DevExact implements AutoCloseable {
    private static final String APPLICATION = ExactLag.USUAL_APPLICATION;
    private static final Duration END_PATIENCE = Duration.ofMillis(1_500);

    private final String bootstrap;
    private final String topic;
    private final LongSupplier nanoTime;
    private final ExactProcess process;
    private final BufferedWriter log;
    private final RawLog exact;
    private final Proof proof;
    private final String metrics;

    private DevExact(String bootstrap, String topic, LongSupplier nanoTime, ExactProcess process, BufferedWriter log) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.nanoTime = nanoTime;
        this.process = process;
        this.log = log;
        this.metrics = process.awaitReady();
        this.exact = RawLog.committed(bootstrap, topic + Topics.EXACT_SUFFIX, nanoTime);
        this.proof = Proof.ofExact(bootstrap, topic + Topics.EXACT_SUFFIX, exact, nanoTime);
    }

    /**
     * Starts it, and waits until it is at work.
     *
     * @param topic the events topic
     * @throws CliFailure if it does not start; it says why
     */
    public static DevExact start(StateDirectory state, String bootstrap, String topic, LongSupplier nanoTime) {
        Path file = state.directory("logs").resolve("exact.log");
        BufferedWriter log;
        try {
            log = Files.newBufferedWriter(file, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new CliFailure("cannot write " + file + ": " + FileTrouble.describe(e), e);
        }
        ExactProcess process = ExactProcess.start(
                List.of(
                        "bootstrap=" + bootstrap,
                        "state=" + state.directory("exact"),
                        "topics=" + topic,
                        "application=" + APPLICATION,
                        "metrics-port=0"),
                List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"),
                line -> append(log, line));
        try {
            return new DevExact(bootstrap, topic, nanoTime, process, log);
        } catch (RuntimeException e) {
            process.close(END_PATIENCE);
            throw e;
        }
    }

    private static void append(BufferedWriter log, String line) {
        try {
            log.write(line);
            log.newLine();
            log.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it is and where, for people. */
    String describe() {
        return topic + Topics.EXACT_SUFFIX + " (process " + process.pid() + ", metrics at " + metrics + ")";
    }

    /**
     * Waits until the stage has read all that is in the events topic, compares what it wrote with the journal, tells what
     * came out, and returns the exit code.
     *
     * @throws CliFailure if Kafka cannot be read in this time, or the run proves nothing
     */
    int conclude(JournalReading journal, LiveLine line, Duration patience) throws InterruptedException {
        long left = ExactLag.left(kafka(), APPLICATION, topic, nanoTime, patience);
        if (left > 0) {
            line.say("The exact topic was not compared with the journal: the exact stage still had " + left
                    + " records to read.");
            return ExitCode.DONE;
        }
        return proof.conclude(journal, line, patience);
    }

    /**
     * Waits until the stage has read all that is in the events topic.
     *
     * @throws CliFailure if it does not come to that in this time
     */
    public void awaitCaughtUp(Duration patience) throws InterruptedException {
        ExactLag.await(kafka(), APPLICATION, topic, nanoTime, patience);
    }

    private Map<String, String> kafka() {
        return Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        exact.close();
        process.close(END_PATIENCE);
        try {
            log.close();
        } catch (IOException e) {
            // Nothing of the instance depends on it.
        }
    }
}
