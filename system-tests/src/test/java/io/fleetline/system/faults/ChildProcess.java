package io.fleetline.system.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program of this class path in a JVM of its own, that says in lines on standard output how far it is, and is killed when the
 * test is over. All that it says goes into a log.
 */
final class ChildProcess implements AutoCloseable {
    /** What no program says: its output has ended. */
    private static final String END = "\u0000";

    private final String name;
    private final Path log;
    private final Process process;
    private final BlockingQueue<String> words = new LinkedBlockingQueue<>();

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        Thread reader = new Thread(this::read, name + "-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the program. */
    static ChildProcess start(String name, Path log, String mainClass, List<String> jvm, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        command.addAll(jvm);
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(List.of(arguments));
        try {
            return new ChildProcess(
                    name,
                    log,
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(name + " could not be started", e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(UTF_8);
                BufferedWriter file =
                        Files.newBufferedWriter(log, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.write(line);
                file.newLine();
                file.flush();
                words.add(line);
            }
        } catch (IOException e) {
            words.add(name + " cannot be heard any more: " + e);
        }
        words.add(END);
    }

    /** Waits for a line that begins so; fails if the program ends first or takes too long. */
    void await(String word, Duration most) throws InterruptedException {
        if (!says(word, most)) {
            throw new AssertionError(
                    name + " did not say '" + word + "' within " + most.toSeconds() + " s; see " + log);
        }
    }

    /** Waits for a line that begins so; false if the program ends first or takes too long. */
    boolean says(String word, Duration most) throws InterruptedException {
        long endNanos = System.nanoTime() + most.toNanos();
        while (true) {
            String line = words.poll(Math.max(1, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null || line.equals(END)) {
                return false;
            }
            if (line.startsWith(word)) {
                return true;
            }
        }
    }

    /** Says a line to it. */
    void say(String line) {
        try {
            Writer writer = process.outputWriter(UTF_8);
            writer.write(line + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not listen; see " + log, e);
        }
    }

    /** Ends it as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Ends it as a supervisor does, with SIGTERM; its exit code. */
    int end() {
        process.destroy();
        return process.onExit().join().exitValue();
    }

    /** Halts it in the middle of what it does. */
    void halt() {
        signal("-STOP");
    }

    /** Lets it go on. */
    void goOn() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
            if (exit != 0 && process.isAlive()) {
                throw new IllegalStateException("kill " + signal + " of " + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no signal could be sent", e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
