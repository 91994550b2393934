package io.fleetline.simulator;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where a run keeps what it was and what came of it.
 *
 * @param path the directory
 */
public record RunDirectory(Path path) {
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

    /** The scenario as it was played. */
    public Path scenario() {
        return path.resolve("scenario.yaml");
    }

    /** What the devices' applications noted down. */
    public Path journal() {
        return path.resolve("journal");
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
