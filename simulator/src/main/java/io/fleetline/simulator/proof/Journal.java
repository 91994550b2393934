package io.fleetline.simulator.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fleetline.device.OutboxMode;
import io.fleetline.device.Receipt;
import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What applications on devices noted down while they published: each event before it was handed over, and each receipt
 * that came back. Kept on their side alone, so that it can bear witness against everything between them and Kafka.
 *
 * <p>A line is {@code P device counter lane} (published; in a run also when it was due, in us), {@code R device counter lane store run seq} (receipt),
 * {@code D device counter} (dropped, known to the application) or {@code F device counter} (all up to this number was
 * published before this journal began). That of a simulator's run begins with {@code N run unix-millis} and ends with
 * {@code E quiet} once it is known of everything how it ended, or {@code E unquiet}; of commands it has {@code C device id}
 * (stored), {@code H device id} (the handler began), {@code G device id status} (it ended) and {@code O device id state} (an
 * outcome was heard); {@code X part kind} says what was done to a process of the system, {@code M device mode} what a device's outbox
 * keeps over the end of its process. Thread-safe.
 */
public final class Journal implements AutoCloseable {
    private final BufferedWriter writer; // guarded by this

    private Journal(BufferedWriter writer) {
        this.writer = writer;
    }

    /** Begins a journal in a new file. */
    public static Journal create(Path file) throws IOException {
        return new Journal(Files.newBufferedWriter(file, US_ASCII, StandardOpenOption.CREATE_NEW));
    }

    /** All up to this number was published by the device before this journal began. */
    public void began(DeviceId device, long lastCounter) {
        line("F " + device + " " + lastCounter);
    }

    /** The device keeps events in this way. */
    public void keeps(DeviceId device, OutboxMode mode) {
        line("M " + device + " " + mode);
    }

    /** The application is about to publish this, which was due so many us after the beginning of the run. */
    public void published(DeviceId device, long counter, Lane lane, long dueMicros) {
        line("P " + device + " " + counter + " " + lane.number() + " " + dueMicros);
    }

    /** The application is about to publish this. */
    public void published(DeviceId device, long counter, Lane lane) {
        line("P " + device + " " + counter + " " + lane.number());
    }

    /** The device was told that this is stored. */
    public void stored(DeviceId device, long counter, Receipt receipt) {
        line("R " + device + " " + counter + " " + receipt.lane().number() + " " + receipt.store() + " " + receipt.run()
                + " " + receipt.seq());
    }

    /** The device was told that this will never be stored, or could not be handed over. */
    public void dropped(DeviceId device, long counter) {
        line("D " + device + " " + counter);
    }

    /** This journal is of this run, which began at this moment. */
    public void run(String run, long unixMillis) {
        line("N " + run + " " + unixMillis);
    }

    /** Nothing more happens; whether it is known of everything how it ended. */
    public void ended(boolean quiet) {
        line(quiet ? "E quiet" : "E unquiet");
    }

    /** Kafka has this command. */
    public void commandStored(DeviceId device, String id) {
        line("C " + device + " " + id);
    }

    /** The device's handler was called with this command. */
    public void handlerBegan(DeviceId device, String id) {
        line("H " + device + " " + id);
    }

    /** The device's handler came to this end. */
    public void handlerEnded(DeviceId device, String id, OutcomeStatus status) {
        line("G " + device + " " + id + " " + status);
    }

    /** Who sent the command heard that it came to this end. */
    public void outcomeHeard(DeviceId device, String id, CommandState state) {
        line("O " + device + " " + id + " " + state);
    }

    /** This is done to a process of the system now. */
    public void outage(String kind, String part) {
        line("X " + part + " " + kind);
    }

    private synchronized void line(String text) {
        try {
            writer.write(text);
            writer.write('\n');
            // With the system before the event can be anywhere else: a counter is never given out twice, come what may.
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the journal", e);
        }
    }

    /** Ends it; what is noted down afterwards throws. */
    @Override
    public synchronized void close() throws IOException {
        writer.close();
    }
}
