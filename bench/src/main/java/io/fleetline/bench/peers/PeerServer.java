package io.fleetline.bench.peers;

import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.machine.FreePort;
import io.fleetline.bench.stage.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A broker of others as a process. */
final class PeerServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 50;

    private final Peer peer;
    private final Process process;
    private final int port;
    private final Path log;

    private PeerServer(Peer peer, Process process, int port, Path log) {
        this.peer = peer;
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts one.
     *
     * @param installed where it lies
     * @param directory where the filled-in file and its log go
     */
    static PeerServer start(Peer peer, Path installed, Path directory, Stage stage) throws IOException {
        int port = FreePort.next();
        Map<String, String> values = new HashMap<>();
        values.put("port", Integer.toString(port));
        values.put("plainPort", Integer.toString(FreePort.next()));
        values.put("user", System.getProperty("user.name", ""));
        values.put("certificate", stage.trust().toString());
        values.put("key", stage.key().toString());
        values.put("store", stage.store().toString());
        values.put("password", stage.storePassword());
        Path log = directory.resolve(peer.program() + ".log");
        Process process = new ProcessBuilder(peer.command(installed, directory, values))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new PeerServer(peer, process, port, log);
    }

    /** Waits until it accepts connections. */
    void await() throws IOException, InterruptedException {
        long endNanos = Clock.nanos() + PATIENCE.toNanos();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                if (!process.isAlive() || Clock.nanos() > endNanos) {
                    throw new IOException(peer.program() + " does not listen: " + Files.readString(log), e);
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }

    Peer peer() {
        return peer;
    }

    String url() {
        return "wss://127.0.0.1:" + port + peer.path();
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
