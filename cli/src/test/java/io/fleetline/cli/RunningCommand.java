package io.fleetline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.cli.exact.ExactProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command in a process of its own, with all that it says on both outputs. */
final class RunningCommand implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Above the ports that the tests of real faults take. */
    private static final int LEAST_PORT = 20_000;

    private static final int MOST_PORT = 32_000;
    private static final Set<Integer> PORTS_GIVEN = ConcurrentHashMap.newKeySet();

    /** In the masks of /proc/PID/status a signal's bit is the one below its number. */
    private static final long SIGINT_BIT = 1L << (2 - 1);

    private final Process process;
    private final StringBuilder said = new StringBuilder(); // guarded by itself
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Thread listener;

    private RunningCommand(Process process) {
        this.process = process;
        this.listener = new Thread(this::listen, "listener");
        listener.setDaemon(true);
        listener.start();
    }

    static RunningCommand start(Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        // The tests' class path has the exact stage on it, which the command looks for in a file.
        Path exact = Files.writeString(directory.resolve("exact-class-path"), System.getProperty("java.class.path"));
        command.add("-D" + ExactProcess.CLASS_PATH_FILE + "=" + exact);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fleetline.class.getName()));
        command.addAll(List.of(arguments));
        return new RunningCommand(new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start());
    }

    /**
     * Two ports, one after the other, that nobody has at the moment: below those that the system gives to outgoing
     * connections, since they are only taken once Kafka has started, and given to one test only.
     */
    static int freePort() throws IOException {
        int from = LEAST_PORT + (int) (ProcessHandle.current().pid() * 53 % (MOST_PORT - LEAST_PORT - 2_000));
        for (int port = from; port < MOST_PORT; port += 2) {
            if (!PORTS_GIVEN.add(port)) {
                continue;
            }
            try (ServerSocket first = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    ServerSocket second = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
                return Math.min(first.getLocalPort(), second.getLocalPort());
            } catch (IOException e) {
                // One of them is somebody else's.
            }
        }
        throw new IOException("found no two free ports from " + from + " to " + MOST_PORT);
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (said) {
                    said.append(line).append('\n');
                }
                if (line.startsWith("Fleetline is ready")) {
                    ready.complete(null);
                }
            }
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
        ready.completeExceptionally(new AssertionError("ended before it was ready; it said:\n" + said()));
    }

    RunningCommand awaitReady() throws Exception {
        ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return this;
    }

    /** The exit code, once it has ended by itself. */
    int exitCode() throws Exception {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("has not ended; it said:\n" + said());
        }
        listener.join(PATIENCE.toMillis());
        return process.exitValue();
    }

    String said() {
        synchronized (said) {
            return said.toString();
        }
    }

    /**
     * What Ctrl-C sends. A shell that starts a build in the background makes it and all its children deaf to that signal;
     * there SIGTERM stands in, which the command takes for the same wish.
     */
    void interrupt() throws Exception {
        String signal = ignoresInterrupts() ? "-TERM" : "-INT";
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    }

    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .anyMatch(ignored -> (ignored & SIGINT_BIT) != 0);
        }
    }

    /** Ends it without warning. */
    void kill() {
        process.destroyForcibly();
    }

    List<ProcessHandle> children() {
        return process.children().toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
