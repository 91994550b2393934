package io.fleetline.devkafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@link KafkaHolder} in a process of its own, with all that it prints. */
final class HolderProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final List<String> lines = new ArrayList<>();

    HolderProcess(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KafkaHolder.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The process ids of the brokers, once they are ready. */
    List<Long> awaitReady() throws IOException {
        String line;
        while ((line = output.readLine()) != null) {
            lines.add(line);
            if (line.startsWith("ready")) {
                return Stream.of(line.split(" ")).skip(1).map(Long::valueOf).toList();
            }
        }
        throw new AssertionError("It ended without being ready, after: " + lines);
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Lets it end in good order and returns all that it ever printed. */
    List<String> finish() throws IOException {
        process.getOutputStream().close();
        String line;
        while ((line = output.readLine()) != null) {
            lines.add(line);
        }
        process.onExit().join();
        return lines;
    }

    @Override
    public void close() {
        kill();
    }
}
