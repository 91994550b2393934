package io.fleetline.bench.peers;

import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.wss.Credential;
import io.fleetline.bench.wss.Resumption;
import io.fleetline.bench.wss.WssClient;
import io.fleetline.protocol.ProtocolLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.websocket.api.Session;

/** The clients of one server: those that stay, and those that come and go. */
final class PeerClients implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final String CIPHER = "TLS_AES_128_GCM_SHA256";
    private static final long SEED = 3;

    private final URI url;
    private final String dialect;
    private final WssClient client;
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final Random random = new Random(SEED); // guarded by itself
    /** Who stays. Added to with its lock held, for the heartbeats. */
    private final List<PeerConnection> connections = new ArrayList<>();

    /**
     * Nobody is connected yet.
     *
     * @param trust the server's certificate, as PEM
     * @param dialect mqtt, nats or fleetline
     */
    PeerClients(URI url, Path trust, String dialect) throws Exception {
        this.url = url;
        this.dialect = dialect;
        this.client = WssClient.start(trust, Resumption.NEVER, CIPHER);
        client.after(HEARTBEAT, this::heartbeat);
    }

    private void heartbeat() {
        synchronized (connections) {
            connections.forEach(PeerConnection::heartbeat);
        }
        client.after(HEARTBEAT, this::heartbeat);
    }

    /** Those that stay, in the order in which they came. */
    List<PeerConnection> connections() {
        return connections;
    }

    /** Completed exceptionally when a connection ends that was to stay. */
    CompletableFuture<Void> failed() {
        return failed;
    }

    /** How handshakes were made so far. */
    String tls() {
        return client.handshakes().toString();
    }

    /** Connects these, so many at a time, and waits until all are let in. */
    void connect(List<Credential> devices, int together) throws Exception {
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (Credential device : devices) {
            PeerConnection connection = PeerConnection.publisher(device.id(), dialect(device.id()), failed);
            pending.add(open(connection, device));
            synchronized (connections) {
                connections.add(connection);
            }
            if (pending.size() == together) {
                await(pending);
            }
        }
        await(pending);
    }

    private static void await(List<CompletableFuture<?>> pending) throws Exception {
        CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        pending.clear();
    }

    private CompletableFuture<Void> open(PeerConnection connection, Credential device) {
        CompletableFuture<Session> open = switch (dialect) {
            case "mqtt" -> client.connect(connection, url, Optional.of("mqtt"));
            case "nats" -> client.connect(connection, url, Optional.empty()); // it has no name for what it speaks
            default -> client.connect(connection, url, device);
        };
        return open.thenCompose(session -> connection.greeted());
    }

    private Dialect dialect(String id) {
        byte[] body;
        long store;
        synchronized (random) {
            body = Bodies.CBOR_X.write(random);
            store = random.nextInt() & ProtocolLimits.MAX_NAME;
        }
        return switch (dialect) {
            case "mqtt" -> new MqttDialect(id, body);
            case "nats" -> new NatsDialect(body);
            default -> new FleetlineDialect(body, store, Clock.now().toEpochMilli());
        };
    }

    /**
     * Has these come one after the other in some lines, again and again: each leaves when it is let in, and the next one of its
     * line comes when it is gone.
     *
     * @param together how many lines; fewer than there are devices
     * @return how many came and went
     */
    long visit(List<Credential> devices, int together, Duration time) throws Exception {
        Visits visits = new Visits(devices, together, Clock.nanos() + time.toNanos());
        for (int i = 0; i < together; i++) {
            visits.next();
        }
        return visits.done.get(time.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
    }

    private final class Visits {
        private final long endNanos;
        private final CompletableFuture<Long> done = new CompletableFuture<>();
        private final Deque<Credential> absent; // guarded by this, as all below
        private int lines;
        private long count;

        Visits(List<Credential> devices, int lines, long endNanos) {
            this.absent = new ArrayDeque<>(devices);
            this.lines = lines;
            this.endNanos = endNanos;
        }

        void next() {
            Credential device;
            synchronized (this) {
                if (Clock.nanos() >= endNanos) {
                    lines--;
                    if (lines == 0) {
                        done.complete(count);
                    }
                    return;
                }
                device = absent.removeFirst();
            }
            PeerConnection connection = PeerConnection.visitor(device.id(), dialect(device.id()), failed);
            var unused = open(connection, device)
                    .thenCompose(letIn -> connection.leave())
                    .whenComplete((gone, failure) -> {
                        if (failure != null) {
                            done.completeExceptionally(failure);
                            return;
                        }
                        synchronized (this) {
                            absent.addLast(device);
                            count++;
                        }
                        next();
                    });
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
