package io.fleetline.system.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.proof.JournalReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Some devices that live through several processes, one after the other, on the same outboxes, with a journal for each. */
final class DeviceProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);

    private final int number;
    private final Path directory;
    private final List<DeviceId> ids;
    private final Map<DeviceId, String> secrets;
    private final List<String> endpoints;
    private final List<Path> journals = new ArrayList<>();

    private ChildProcess life;

    DeviceProcess(int number, Path directory, List<DeviceId> ids, Map<DeviceId, String> secrets, List<String> endpoints)
            throws IOException {
        this.number = number;
        this.directory = Files.createDirectories(directory.resolve("devices-" + number));
        this.ids = List.copyOf(ids);
        this.secrets = secrets;
        this.endpoints = List.copyOf(endpoints);
    }

    synchronized void start() throws IOException, InterruptedException {
        Path merged = directory.resolve("so-far");
        join(journals, merged);
        Map<String, Long> last = JournalReading.read(merged).lastCounters();
        List<String> lines = ids.stream()
                .map(id -> id + " " + secrets.get(id) + " " + last.getOrDefault(id.toString(), 0L))
                .toList();
        Path devices = Files.write(directory.resolve("devices"), lines);
        Path journal = directory.resolve("journal-" + journals.size());
        journals.add(journal);
        List<String> arguments = new ArrayList<>(
                List.of(devices.toString(), directory.resolve("outboxes").toString(), journal.toString()));
        arguments.addAll(endpoints);
        life = ChildProcess.start(
                "devices-" + number,
                directory.resolve("log"),
                DeviceProgram.class.getName(),
                List.of("-Xmx160m"),
                arguments.toArray(String[]::new));
        life.await("started", START_PATIENCE);
    }

    synchronized void kill() {
        life.kill();
    }

    synchronized void stop() {
        life.say("stop");
    }

    synchronized void awaitQuiet(Duration most) throws InterruptedException {
        life.await("quiet", most);
    }

    /** What all of these noted down in all their lives. */
    static void merge(List<DeviceProcess> processes, Path into) throws IOException {
        List<Path> journals = new ArrayList<>();
        processes.forEach(process -> journals.addAll(process.journals));
        join(journals, into);
    }

    /** One journal of several that follow each other: without the line that a killed process left half-written. */
    private static void join(List<Path> journals, Path into) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path journal : journals) {
            if (Files.exists(journal)) {
                String text = Files.readString(journal, US_ASCII);
                text.substring(0, text.lastIndexOf('\n') + 1)
                        .lines()
                        .filter(line -> !line.startsWith("F "))
                        .forEach(line -> all.append(line).append('\n'));
            }
        }
        Files.writeString(into, all, US_ASCII);
    }

    @Override
    public synchronized void close() {
        if (life != null) {
            life.close();
        }
    }
}
