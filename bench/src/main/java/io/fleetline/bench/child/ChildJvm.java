package io.fleetline.bench.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.bench.machine.Procfs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process of this measurement's own, with this process's class path, that plays one {@link Role}. */
public final class ChildJvm implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final int LOG_LINES_IN_MESSAGE = 5;

    /** How an answer begins; what else comes is the virtual machine talking, a flight recorder's greeting for instance. */
    private static final String ANSWER = "{";

    private final String name;
    private final Process process;
    private final Path log;
    private final Writer questions;
    /** Empty is the end of the child's output. */
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();

    private ChildJvm(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.questions = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        Thread reader = new Thread(this::readAnswers, "answers-of-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a process.
     *
     * @param name for messages, and for its files in the directory
     * @param options for the virtual machine
     * @param launcher what starts the virtual machine and becomes it; may be empty
     * @param directory where its log and its arguments are written
     */
    static ChildJvm start(
            String name, Class<? extends Role> role, List<String> options, List<String> launcher, Path directory)
            throws IOException {
        Path arguments = directory.resolve(name + ".args");
        Files.write(arguments, argumentFile(role, options), StandardCharsets.UTF_8);
        Path log = directory.resolve(name + ".log");
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + arguments);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(log.toFile())
                .start();
        return new ChildJvm(name, process, log);
    }

    /** One argument per line, quoted as java's argument files want it: a class path may be longer than a command line. */
    static List<String> argumentFile(Class<? extends Role> role, List<String> options) {
        List<String> arguments = new ArrayList<>(options);
        arguments.add("-Dlogback.configurationFile=bench-child-logback.xml");
        arguments.add("-cp");
        arguments.add(System.getProperty("java.class.path"));
        arguments.add(ChildMain.class.getName());
        arguments.add(role.getName());
        return arguments.stream()
                .map(argument -> '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .toList();
    }

    /**
     * Asks, and waits for the answer.
     *
     * @throws ChildException if the child says that it failed, ended, or gave no answer in time
     */
    public JsonNode ask(String verb, Map<String, ?> arguments, Duration patience)
            throws ChildException, InterruptedException {
        try {
            questions.write(MAPPER.writeValueAsString(Map.of("verb", verb, "arguments", arguments)) + "\n");
            questions.flush();
            Optional<String> line = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                throw new ChildException(
                        name + " gave no answer to " + verb + " within " + patience.toSeconds() + " s" + lastWords());
            }
            if (line.isEmpty()) {
                throw new ChildException(
                        name + " ended (exit " + process.waitFor() + ") when asked to " + verb + lastWords());
            }
            JsonNode reply = MAPPER.readTree(line.get());
            if (reply.has("error")) {
                throw new ChildException(
                        name + " could not " + verb + ": " + reply.get("error").asText() + lastWords());
            }
            return reply.path("answer");
        } catch (IOException e) {
            throw new ChildException(name + " cannot be asked to " + verb + ": " + e.getMessage() + lastWords());
        }
    }

    /** The CPU time that the process used until now, in all its threads. */
    public Duration cpu(Procfs procfs) {
        return procfs.ofProcess(process.pid());
    }

    /** The process's id. */
    public long pid() {
        return process.pid();
    }

    /** Asks the child to stop, and ends it if it does not. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                ask(ChildMain.STOP, Map.of(), STOP_PATIENCE);
                process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ChildException e) {
            // It is killed below; its log says why.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            kill();
        }
    }

    /** Ends the process at once. */
    void kill() {
        process.destroyForcibly();
    }

    private void readAnswers() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(ANSWER)) {
                    answers.add(Optional.of(line));
                }
            }
        } catch (IOException closed) {
            // As good as the end.
        } finally {
            answers.add(Optional.empty());
        }
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            List<String> last = lines.subList(Math.max(0, lines.size() - LOG_LINES_IN_MESSAGE), lines.size());
            return last.isEmpty() ? "" : "; its last words:\n  " + String.join("\n  ", last);
        } catch (IOException e) {
            return "; its log cannot be read: " + e;
        }
    }
}
