package io.fleetline.cli.exact;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The exact stage in a process of its own: Kafka Streams and RocksDB are on its class path and on nobody else's. It ends when
 * this process does, however that ends: its standard input is a pipe from it.
 */
public final class ExactProcess implements AutoCloseable {
    /** Names the file that has the stage's class path in it; the launcher sets it. */
    public static final String CLASS_PATH_FILE = "fleetline.exact.class-path";

    private static final String MAIN_CLASS = "io.fleetline.exact.ExactStageMain";
    private static final String READY = "ready";
    private static final String COMPLAINT = "fleetline: ";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration END_PATIENCE = Duration.ofSeconds(25);

    private final Process process;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private ExactProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param settings its settings, {@code name=value}
     * @param jvmOptions what its JVM is given beyond the usual
     * @param onLine hears each line that it says, on a thread of its own
     * @throws CliFailure if there is no class path for it, or no process can be started
     */
    public static ExactProcess start(List<String> settings, List<String> jvmOptions, Consumer<String> onLine) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath(), MAIN_CLASS, "--until-eof"));
        command.addAll(settings);
        try {
            ExactProcess started = new ExactProcess(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
            Thread listener = new Thread(() -> started.listen(onLine), "exact-stage-output");
            listener.setDaemon(true);
            listener.start();
            return started;
        } catch (IOException e) {
            throw new CliFailure("the exact stage did not start: " + e.getMessage(), e);
        }
    }

    private static String classPath() {
        String file = System.getProperty(CLASS_PATH_FILE, "");
        if (file.isEmpty() || !Files.exists(Path.of(file))) {
            throw new CliFailure(
                    "the exact stage is not part of this installation: its class path should be in the file"
                            + " that -D" + CLASS_PATH_FILE + " names");
        }
        try {
            return Files.readString(Path.of(file), UTF_8).strip();
        } catch (IOException e) {
            throw new CliFailure("cannot read " + file + ": " + FileTrouble.describe(e), e);
        }
    }

    private void listen(Consumer<String> onLine) {
        String complaint = "";
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                onLine.accept(line);
                if (line.startsWith(READY)) {
                    ready.complete(line.substring(READY.length()).strip());
                } else if (line.startsWith(COMPLAINT)) {
                    complaint = line.substring(COMPLAINT.length());
                }
            }
        } catch (IOException e) {
            complaint = String.valueOf(e.getMessage());
        }
        ready.completeExceptionally(
                new CliFailure(complaint.isEmpty() ? "the exact stage ended before it was ready" : complaint));
    }

    /**
     * Waits until it is at work.
     *
     * @return where its metrics are, if it serves them; else nothing
     * @throws CliFailure if it does not come to that; says why
     */
    public String awaitReady() {
        try {
            return ready.orTimeout(START_PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof CliFailure known
                    ? known
                    : new CliFailure("the exact stage was not ready within " + START_PATIENCE.toSeconds() + " s", e);
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /**
     * Waits for its end.
     *
     * @return whether it came within this time
     */
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Asks it to end unless it has, and ends it after a while if it does not; returns its exit code. */
    public int end() throws InterruptedException {
        close();
        return process.waitFor();
    }

    @Override
    public void close() {
        close(END_PATIENCE);
    }

    /** Asks it to end, and ends it after this time if it does not. */
    public void close(Duration patience) {
        process.destroy();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
