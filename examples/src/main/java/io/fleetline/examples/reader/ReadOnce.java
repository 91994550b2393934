package io.fleetline.examples.reader;

import io.fleetline.backend.Event;
import io.fleetline.backend.EventReader;
import io.fleetline.backend.FileStateStore;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Prints each event once, from the events topic itself: the filter runs in this process, and its state lies in a directory.
 * Arguments: Kafka's bootstrap servers, the directory.
 */
public final class ReadOnce {
    private ReadOnce() {}

    /**
     * Reads until the process is ended; started again, it goes on where it was. Told to end (Ctrl-C, SIGTERM), it repeats
     * nothing then; killed, what it printed last.
     */
    public static void main(String[] args) {
        try (EventReader reader = reader(args[0], Path.of(args[1]))) {
            endInOrder(reader, Thread.currentThread());
            read(reader, System.out, System.err);
        }
    }

    static EventReader reader(String bootstrapServers, Path state) {
        return EventReader.builder()
                .bootstrapServers(bootstrapServers)
                .stateStore(FileStateStore.open(state))
                .onNearRetention(warning -> System.err.println(warning.message()))
                .build();
    }

    static void read(EventReader reader, PrintStream out, PrintStream err) {
        reader.run(batch -> {
            batch.alarms().forEach(alarm -> err.println(alarm.message()));
            for (Event event : batch.events()) {
                out.println(event.device() + " " + event.channel() + " " + event.time() + " " + event.json());
            }
        });
    }

    /** Has it finish and commit the batch that it is at before the process ends. */
    private static void endInOrder(EventReader reader, Thread reading) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            reader.stop();
            try {
                reading.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
