package io.fleetline.bench.exact;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The exact stage in a process of its own, on the class path that the launcher names. */
final class StageProcess implements AutoCloseable {
    static final String APPLICATION = "fleetline-exact-bench";
    private static final String CLASS_PATH_FILE = "fleetline.exact.class-path";
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final CountDownLatch ready = new CountDownLatch(1);

    private StageProcess(Process process) {
        this.process = process;
    }

    static StageProcess start(String bootstrap, Path state) throws IOException, InterruptedException {
        String file = System.getProperty(CLASS_PATH_FILE, "");
        if (file.isEmpty() || !Files.exists(Path.of(file))) {
            throw new IllegalStateException("no exact stage to measure: -D" + CLASS_PATH_FILE
                    + " names the file with its class path; the launcher sets it");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m"));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        command.addAll(List.of(
                "-cp",
                Files.readString(Path.of(file)).strip(),
                "io.fleetline.exact.ExactStageMain",
                "--until-eof",
                "bootstrap=" + bootstrap,
                "application=" + APPLICATION,
                "state=" + state.resolve("exact"),
                // While it is stopped nobody is to take it for dead.
                "kafka.main.consumer.session.timeout.ms=120000",
                "kafka.producer.transaction.timeout.ms=120000"));
        StageProcess stage = new StageProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        Thread listener = new Thread(stage::listen, "exact-stage-output");
        listener.setDaemon(true);
        listener.start();
        if (!stage.ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            stage.close();
            throw new IllegalStateException("the exact stage was not ready within " + PATIENCE_SECONDS + " s");
        }
        return stage;
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ready")) {
                    ready.countDown();
                } else if (line.startsWith("fleetline:")) {
                    System.err.println(line);
                }
            }
        } catch (IOException e) {
            System.err.println("the exact stage can be heard no more: " + e.getMessage());
        }
    }

    long pid() {
        return process.pid();
    }

    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new IOException("kill " + signal + " ended with " + exitCode);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
