package io.fleetline.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.machine.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A broker of others as a process, configured by the file of its name in this package. */
final class PeerServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin");

    private final Process process;
    private final int port;

    private PeerServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Where this program lies, if it is installed. */
    static Optional<Path> installed(String program) {
        return FOLDERS.stream()
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts one, and returns once it accepts connections.
     *
     * @param program where it lies
     * @param config the name of its configuration file in this package
     * @param directory where the filled-in file and its log go
     */
    static PeerServer start(Path program, String config, Path directory, Path certificate, Path key)
            throws IOException, InterruptedException {
        int port = FreePort.next();
        String text;
        try (InputStream in = PeerServer.class.getResourceAsStream(config)) {
            if (in == null) {
                throw new IOException(config + " is missing from the jar");
            }
            text = new String(in.readAllBytes(), UTF_8)
                    .replace("{port}", Integer.toString(port))
                    .replace("{user}", System.getProperty("user.name", ""))
                    .replace("{plainPort}", Integer.toString(FreePort.next()))
                    .replace("{certificate}", certificate.toString())
                    .replace("{key}", key.toString());
        }
        Path file = Files.writeString(directory.resolve(config), text);
        Process process = new ProcessBuilder(program.toString(), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(config + ".log").toFile())
                .start();
        PeerServer server = new PeerServer(process, port);
        server.awaitPort(directory.resolve(config + ".log"));
        return server;
    }

    private void awaitPort(Path log) throws IOException, InterruptedException {
        long endNanos = Clock.nanos() + PATIENCE.toNanos();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                if (!process.isAlive() || Clock.nanos() > endNanos) {
                    process.destroyForcibly();
                    throw new IOException("it does not listen: " + Files.readString(log), e);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
