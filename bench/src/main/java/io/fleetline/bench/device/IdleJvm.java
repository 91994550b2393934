package io.fleetline.bench.device;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A JVM of the size that is advised for a small device, with nothing on its class path but the SDK and what that needs. */
final class IdleJvm implements AutoCloseable {
    /** What its program says once there is something to measure. */
    static final String READY = "ready";

    /** As docs/device-sdk.md advises. */
    static final List<String> OPTIONS =
            List.of("-Xms8m", "-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    /** What an application gets that depends on the SDK; the SDK's build names the same. */
    private static final Pattern NEEDED = Pattern.compile(
            "fleetline-device-sdk|device-sdk/target|fleetline-protocol|protocol/target|/jackson-core-[0-9]|/slf4j-api-"
                    + "|/jspecify-|/jetty-websocket-jetty-(client|api|common)-|/jetty-websocket-core-(client|common)-"
                    + "|/jetty-(client|alpn-client|http|util|io)-[0-9]|/jetty-compression-(gzip|common)-");

    private static final Pattern OF_THE_BENCH = Pattern.compile("fleetline-bench|bench/target");

    private final Process process;

    private IdleJvm(Process process) {
        this.process = process;
    }

    /** Starts it, and returns when it is ready. */
    static IdleJvm start(Class<?> program, Path log, String... arguments) throws IOException {
        List<String> classPath =
                new ArrayList<>(libraries().stream().map(Path::toString).toList());
        entries().filter(entry -> OF_THE_BENCH.matcher(entry).find()).forEach(classPath::add);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), program.getName()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        IdleJvm started = new IdleJvm(process);
        BufferedReader words =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = words.readLine(); !READY.equals(line); line = words.readLine()) {
            if (line == null) {
                started.close();
                throw new IOException(program.getSimpleName() + " ended before it was ready: "
                        + Files.readString(log).strip());
            }
        }
        return started;
    }

    private static Stream<String> entries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    }

    /** The SDK and what it needs. */
    static List<Path> libraries() {
        List<Path> found = entries()
                .filter(entry -> NEEDED.matcher(entry).find())
                .map(Path::of)
                .filter(Files::exists)
                .toList();
        if (found.stream().noneMatch(path -> path.toString().contains("device-sdk"))) {
            throw new IllegalStateException("the SDK is not on the class path under a name that is known here");
        }
        return found;
    }

    /** How many threads it has, the JVM's own included. */
    double threads() throws IOException {
        return status("Threads:");
    }

    /** How much memory it has in use, in bytes: its resident set. */
    double residentBytes() throws IOException {
        return status("VmRSS:") * 1024;
    }

    private double status(String key) throws IOException {
        for (String line : Files.readAllLines(proc().resolve("status"))) {
            if (line.startsWith(key)) {
                return Double.parseDouble(line.substring(key.length()).strip().split(" ", -1)[0]);
            }
        }
        throw new IOException("/proc/PID/status has no " + key);
    }

    private Path proc() {
        return Path.of("/proc", Long.toString(process.pid()));
    }

    /** How long each of its threads has run, in ns, by the scheduler's count, which is finer than clock ticks. */
    Map<String, Long> cpuNanos() throws IOException {
        Map<String, Long> nanos = new HashMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(proc().resolve("task"))) {
            for (Path thread : threads) {
                try {
                    String stat = Files.readString(thread.resolve("schedstat"));
                    nanos.put(thread.getFileName().toString(), Long.parseLong(stat.split(" ", 2)[0]));
                } catch (NoSuchFileException e) {
                    // It has just ended; what it used is not seen.
                }
            }
        }
        return nanos;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
