package io.fleetline.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.cli.terminal.CliFailure;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Nodes in processes of their own, each the verb {@code server} on a configuration file. They end when this process does,
 * however it ends: their standard input is a pipe from it.
 */
final class NodeProcesses implements DevNodes {
    private static final String READY = "ready ";
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final Duration END_PATIENCE = Duration.ofSeconds(2);
    private static final int LINES_KEPT = 5;

    private record Node(Process process, CompletableFuture<URI> ready) {}

    private final List<Node> nodes;
    private final List<URI> endpoints;

    private NodeProcesses(List<Node> nodes, List<URI> endpoints) {
        this.nodes = nodes;
        this.endpoints = List.copyOf(endpoints);
    }

    /**
     * Starts a node for each configuration, and waits until devices can connect to all of them.
     *
     * @param mainClass the command's main class
     * @param logs where their logs go
     * @throws CliFailure if one does not start; it says why
     */
    static NodeProcesses start(List<NodeConfigFile> configs, String mainClass, Path logs) {
        List<Node> nodes = new ArrayList<>();
        try {
            for (NodeConfigFile config : configs) {
                Path log = logs.resolve(config.file().getFileName().toString().replace(".yaml", ".log"));
                nodes.add(startOne(config.file(), mainClass, log));
            }
            List<URI> endpoints = new ArrayList<>();
            for (Node node : nodes) {
                endpoints.add(node.ready()
                        .orTimeout(START_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join());
            }
            return new NodeProcesses(nodes, endpoints);
        } catch (IOException | CompletionException e) {
            new NodeProcesses(nodes, List.of()).close();
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            if (cause instanceof CliFailure known) {
                throw known;
            }
            String why = cause instanceof TimeoutException
                    ? "it was not ready within " + START_PATIENCE.toSeconds() + " s, see its log in " + logs
                    : String.valueOf(cause.getMessage());
            throw new CliFailure("a node did not start: " + why, cause);
        }
    }

    private static Node startOne(Path config, String mainClass, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                mainClass,
                "server",
                "--config",
                config.toString(),
                "--set",
                "log.format=text",
                "--until-eof"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture<URI> ready = new CompletableFuture<>();
        Thread pump = new Thread(() -> pump(process, log, config, ready), "node-output");
        pump.setDaemon(true);
        pump.start();
        return new Node(process, ready);
    }

    /** Copies what a node says into its log, and listens for the word that it is ready. */
    private static void pump(Process process, Path log, Path config, CompletableFuture<URI> ready) {
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader lines = process.inputReader(UTF_8);
                BufferedWriter file =
                        Files.newBufferedWriter(log, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.write(line);
                file.newLine();
                file.flush();
                if (line.startsWith(READY)) {
                    ready.complete(URI.create(line.substring(READY.length())));
                }
                last.addLast(line);
                if (last.size() > LINES_KEPT) {
                    last.removeFirst();
                }
            }
        } catch (IOException e) {
            last.addLast(String.valueOf(e.getMessage()));
        }
        String why = last.stream()
                .filter(line -> line.startsWith("fleetline: "))
                .reduce((one, other) -> other)
                .map(line -> line.substring("fleetline: ".length()))
                .orElse(String.join(" / ", last));
        ready.completeExceptionally(new CliFailure("the node of " + config + " ended: " + why + "; its log is " + log));
    }

    @Override
    public List<URI> endpoints() {
        return endpoints;
    }

    @Override
    public Map<String, ProcessHandle> processes() {
        Map<String, ProcessHandle> processes = new LinkedHashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            processes.put("node-" + (i + 1), nodes.get(i).process().toHandle());
        }
        return processes;
    }

    @Override
    public void close() {
        each(Process::destroy);
        for (Node node : nodes) {
            try {
                if (!node.process().waitFor(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    node.process().destroyForcibly();
                }
            } catch (InterruptedException e) {
                each(Process::destroyForcibly);
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void each(Consumer<Process> what) {
        nodes.forEach(node -> what.accept(node.process()));
    }
}
