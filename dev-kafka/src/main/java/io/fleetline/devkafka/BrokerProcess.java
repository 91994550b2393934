package io.fleetline.devkafka;

import io.fleetline.devkafka.node.BrokerPorts;
import io.fleetline.devkafka.node.BrokerProgram;
import io.fleetline.devkafka.node.PortWish;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A broker in a process of its own, running {@link BrokerProgram}. */
final class BrokerProcess implements Broker {

    private final int number;
    private final ClusterFolder folder;
    private final List<String> jvmOptions;
    private final CompletableFuture<BrokerPorts> bound = new CompletableFuture<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    // Both guarded by this.
    private @Nullable Process process;
    private @Nullable Pause pause;

    BrokerProcess(int number, ClusterFolder folder, List<String> jvmOptions) {
        this.number = number;
        this.folder = folder;
        this.jvmOptions = jvmOptions;
    }

    @Override
    public synchronized CompletableFuture<BrokerPorts> open(PortWish wish) {
        try {
            Path arguments = folder.argumentsFile(number);
            JavaCommand.writeArguments(
                    arguments,
                    jvmOptions,
                    BrokerProgram.class,
                    List.of(
                            folder.settingsFile(number).toString(),
                            folder.logFile(number).toString(),
                            folder.lockFile(number).toString(),
                            wish.argument()));
            Process started = JavaCommand.of(arguments)
                    .directory(folder.home(number).toFile())
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            folder.logFile(number).toFile()))
                    .start();
            process = started;
            Thread reader = new Thread(() -> readReports(started), "dev-kafka-" + number + "-reports");
            reader.setDaemon(true);
            reader.start();
        } catch (IOException e) {
            bound.completeExceptionally(e);
        }
        return bound;
    }

    private void readReports(Process started) {
        try (BufferedReader reports = started.inputReader(StandardCharsets.UTF_8)) {
            @Nullable String line;
            while ((line = reports.readLine()) != null) {
                understand(line);
            }
        } catch (IOException e) {
            fail("its reports could not be read: " + e.getMessage());
        }
        // The pipe ends with the process, but possibly a moment before it.
        fail("its process ended with status " + started.onExit().join().exitValue());
    }

    private void understand(String line) throws IOException {
        if (line.startsWith(BrokerProgram.BOUND)) {
            String[] ports = line.substring(BrokerProgram.BOUND.length()).split(" ", -1);
            bound.complete(new BrokerPorts(Integer.parseInt(ports[0]), Integer.parseInt(ports[1])));
        } else if (line.equals(BrokerProgram.READY)) {
            ready.complete(null);
        } else if (line.equals(BrokerProgram.STOPPED)) {
            stopped.complete(null);
        } else if (line.startsWith(BrokerProgram.FAILED)) {
            fail(line.substring(BrokerProgram.FAILED.length()));
        } else {
            // A JVM that cannot start says so on standard output.
            Files.writeString(
                    folder.logFile(number), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private void fail(String sentence) {
        IllegalStateException failure = new IllegalStateException(sentence);
        bound.completeExceptionally(failure);
        ready.completeExceptionally(failure);
        stopped.completeExceptionally(failure);
    }

    @Override
    public CompletableFuture<Void> start(Map<String, String> settings, String clusterId, int brokersAlive) {
        try (Writer writer = Files.newBufferedWriter(folder.settingsFile(number))) {
            Properties properties = new Properties();
            properties.putAll(settings);
            properties.store(writer, "Written by dev-kafka at each start; changes are lost.");
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        order(BrokerProgram.START + clusterId + " " + brokersAlive);
        return ready;
    }

    @Override
    public CompletableFuture<Void> stopServing() {
        order(BrokerProgram.STOP);
        return stopped;
    }

    /** Of a quorum that nobody is left in, nothing needs to be told: the last leader would wait in vain for another. */
    @Override
    public CompletableFuture<Void> leave(boolean othersGoOn) {
        if (othersGoOn) {
            order(BrokerProgram.LEAVE);
        } else {
            kill();
        }
        return running().onExit().thenApply(ended -> null);
    }

    private void order(String line) {
        Process running = running();
        try {
            Writer orders = running.outputWriter(StandardCharsets.UTF_8);
            orders.write(line + "\n");
            orders.flush();
        } catch (IOException e) {
            // It has ended; its reports or its exit say why.
            return;
        }
    }

    @Override
    public synchronized void kill() {
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        if (pause != null) {
            pause.forget();
            pause = null;
        }
        process.onExit().join();
    }

    @Override
    public synchronized void pause() {
        if (pause == null) {
            try {
                pause = Pause.of(running().pid());
            } catch (IOException e) {
                throw new UncheckedIOException("Could not pause broker " + number, e);
            }
        }
    }

    @Override
    public synchronized void resume() {
        if (pause != null) {
            pause.end();
            pause = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public long processId() {
        return running().pid();
    }

    private synchronized Process running() {
        if (process == null) {
            throw new IllegalStateException("The process of broker " + number + " has not been started");
        }
        return process;
    }
}
