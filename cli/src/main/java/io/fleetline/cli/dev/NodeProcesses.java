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
import java.util.stream.Stream;

/**
 * Nodes in processes of their own, each the verb {@code server} on a configuration file. They end when this process does,
 * however it ends: their standard input is a pipe from it.
 */
final class NodeProcesses implements DevNodes {
    private static final String READY = "ready ";
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final Duration END_PATIENCE = Duration.ofSeconds(2);
    private static final int LINES_KEPT = 5;

    private record Node(Process process, CompletableFuture<URI> ready) {
        URI awaitReady() {
            return ready.orTimeout(START_PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    /**
     * How nodes are started.
     *
     * @param configs what each is configured with
     * @param command what each process is
     * @param logs where their logs go
     */
    private record Start(List<NodeConfigFile> configs, Command command, Path logs) {
        Node start(int index, List<String> more) throws IOException {
            NodeConfigFile config = configs.get(index);
            Path file = config.file();
            Path log = logs.resolve(file.getFileName().toString().replace(".yaml", ".log"));
            return startOne(command.line(config, more), file, log);
        }
    }

    private final Start start;
    private final List<Node> nodes; // guarded by itself
    private final List<URI> endpoints;

    private NodeProcesses(Start start, List<Node> nodes, List<URI> endpoints) {
        this.start = start;
        this.nodes = nodes;
        this.endpoints = List.copyOf(endpoints);
    }

    /**
     * Starts a node for each configuration, and waits until devices can connect to all of them.
     *
     * @param command what each process is
     * @param logs where their logs go
     * @throws CliFailure if one does not start; it says why
     */
    static NodeProcesses start(List<NodeConfigFile> configs, Command command, Path logs) {
        Start start = new Start(configs, command, logs);
        List<Node> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < configs.size(); i++) {
                nodes.add(start.start(i, List.of()));
            }
            List<URI> endpoints = new ArrayList<>();
            for (Node node : nodes) {
                endpoints.add(node.awaitReady());
            }
            return new NodeProcesses(start, nodes, endpoints);
        } catch (IOException | CompletionException e) {
            new NodeProcesses(start, nodes, List.of()).close();
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

    /**
     * What a node's process is.
     *
     * @param mainClass the command's main class
     * @param measured whether it is started to be measured, with the heap and the compiler of a node that has work to do;
     *     otherwise it takes as little of the machine as it can
     */
    record Command(String mainClass, boolean measured) {
        private List<String> line(NodeConfigFile config, List<String> more) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(
                    measured
                            ? List.of("-XX:+UseParallelGC", "-Xms256m", "-Xmx1536m")
                            : List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
            if (Runtime.version().feature() >= 24) {
                command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
            }
            command.addAll(List.of(
                    "-cp",
                    System.getProperty("java.class.path"),
                    mainClass,
                    "server",
                    "--config",
                    config.file().toString(),
                    "--set",
                    "log.format=text",
                    "--until-eof"));
            Stream.concat(config.settings().stream(), more.stream())
                    .forEach(setting -> command.addAll(List.of("--set", setting)));
            return command;
        }
    }

    private static Node startOne(List<String> command, Path config, Path log) throws IOException {
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
        List<Node> now = now();
        for (int i = 0; i < now.size(); i++) {
            processes.put("node-" + (i + 1), now.get(i).process().toHandle());
        }
        return processes;
    }

    @Override
    public void kill(int number) throws InterruptedException {
        Process process = now().get(number - 1).process();
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void restart(int number) throws IOException {
        Node node = start.start(
                number - 1, List.of("listener.port=" + endpoints.get(number - 1).getPort()));
        synchronized (nodes) {
            nodes.set(number - 1, node);
        }
        try {
            var unused = node.awaitReady();
        } catch (CompletionException e) {
            throw new IOException("node " + number + " did not start again: " + e.getMessage(), e);
        }
    }

    private List<Node> now() {
        synchronized (nodes) {
            return List.copyOf(nodes);
        }
    }

    @Override
    public void close() {
        each(Process::destroy);
        for (Node node : now()) {
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
        now().forEach(node -> what.accept(node.process()));
    }
}
