package io.fleetline.simulator;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where a run keeps what it was and what came of it.
 *
 * @param path the directory
 */
public record RunDirectory(Path path) {
    private static final String JOURNAL_OF_START = "journal-";

    /**
     * A new one.
     *
     * @throws FileAlreadyExistsException if there is something in it already
     */
    public static RunDirectory create(Path path) throws IOException {
        Files.createDirectories(path);
        try (Stream<Path> entries = Files.list(path)) {
            if (entries.findAny().isPresent()) {
                throw new FileAlreadyExistsException(path.toString());
            }
        }
        return new RunDirectory(path.toAbsolutePath().normalize());
    }

    /**
     * One that a run has left.
     *
     * @throws NoSuchFileException if it is none
     */
    public static RunDirectory of(Path path) throws IOException {
        RunDirectory directory = new RunDirectory(path.toAbsolutePath().normalize());
        if (!Files.exists(directory.factsFile())) {
            throw new NoSuchFileException(directory.factsFile().toString());
        }
        return directory;
    }

    /** The scenario as it was written. */
    public Path scenario() {
        return path.resolve("scenario.yaml");
    }

    /** What the devices' applications noted down, those of other processes apart. */
    public Path journal() {
        return path.resolve("journal");
    }

    /**
     * All journals of the run: that of the process that played it, and one for each start of a process that played a share of its
     * devices, in the order in which they were begun.
     */
    public List<Path> journals() throws IOException {
        List<Path> all = new ArrayList<>(List.of(journal()));
        if (Files.isDirectory(processes())) {
            try (Stream<Path> files = Files.walk(processes(), 2)) {
                files.filter(file -> file.getFileName().toString().startsWith(JOURNAL_OF_START))
                        .sorted()
                        .forEach(all::add);
            }
        }
        return all;
    }

    private Path processes() {
        return path.resolve("processes");
    }

    private Path of(Share share) {
        return processes().resolve(String.format(Locale.ROOT, "%03d", share.number()));
    }

    /** Makes the place of a process that plays a share. */
    Path prepare(Share share) throws IOException {
        Files.createDirectories(of(share));
        return logOf(share);
    }

    /** What the process that plays this share has to say. */
    Path logOf(Share share) {
        return of(share).resolve("simulator.log");
    }

    /** What the devices of this share noted down before. */
    List<Path> journalsOf(Share share) throws IOException {
        return journals().stream().filter(file -> file.startsWith(of(share))).toList();
    }

    /** What the devices of this share note down from this start on. */
    Path journalOf(Share share, int start) {
        return of(share).resolve(String.format(Locale.ROOT, "%s%04d", JOURNAL_OF_START, start));
    }

    /** What came of it, for programs. */
    public Path result() {
        return path.resolve("result.json");
    }

    /** What came of it, for people. */
    public Path report() {
        return path.resolve("report.html");
    }

    /** What the run itself has to say. */
    public Path log() {
        return path.resolve("simulator.log");
    }

    /** Where a Kafka and nodes of the run's own keep their state. */
    public Path system() {
        return path.resolve("system");
    }

    /** Where outboxes on disk lie. */
    Path outbox(String tenant, String device) {
        return path.resolve("outboxes").resolve(tenant).resolve(device);
    }

    /** What must be known to prove it. */
    public RunFacts facts() throws IOException {
        return RunFacts.read(factsFile());
    }

    Path factsFile() {
        return path.resolve("run.properties");
    }
}
