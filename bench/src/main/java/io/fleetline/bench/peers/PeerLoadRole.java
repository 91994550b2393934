package io.fleetline.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.wss.Credential;
import io.fleetline.bench.wss.Resumption;
import io.fleetline.bench.wss.WssClient;
import io.fleetline.protocol.ProtocolLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * The same clients for every server, but for what they say: the same WebSocket and TLS, as many messages of the same size in
 * flight.
 *
 * <ul>
 *   <li>{@code connect {url, trust, dialect, from, devices: [{id, secret}], together}}: connects these, {@code together} at a
 *       time; gives {@code nanos} and {@code tls}
 *   <li>{@code run {millis, connections, inFlight}}: so many of the connections keep so many messages in flight; gives
 *       {@code messages} and {@code nanos}
 * </ul>
 */
public final class PeerLoadRole implements Role {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final String CIPHER = "TLS_AES_128_GCM_SHA256";
    private static final long SEED = 3;

    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    /** Added to with its lock held, for the heartbeats. */
    private final List<PeerConnection> connections = new ArrayList<>();

    private final Random random = new Random(SEED);
    private @Nullable WssClient client;

    /** For the child process. */
    public PeerLoadRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws Exception {
        return switch (verb) {
            case "connect" -> connect(arguments);
            case "run" -> run(arguments);
            default -> throw new IllegalArgumentException("the load does not know how to " + verb);
        };
    }

    private Map<String, Object> connect(JsonNode arguments) throws Exception {
        WssClient started = client;
        if (started == null) {
            started = WssClient.start(Path.of(arguments.path("trust").asText()), Resumption.NEVER, CIPHER);
            client = started;
            started.after(HEARTBEAT, this::heartbeat);
        }
        URI url = URI.create(arguments.path("url").asText());
        String dialect = arguments.path("dialect").asText();
        int together = arguments.path("together").asInt();
        List<CompletableFuture<?>> pending = new ArrayList<>();
        long beganNanos = Clock.nanos();
        for (Credential device : Credential.all(arguments.path("devices"))) {
            PeerConnection connection = new PeerConnection(device.id(), dialect(dialect, device.id()), failed);
            CompletableFuture<Session> open = switch (dialect) {
                case "mqtt" -> started.connect(connection, url, Optional.of("mqtt"));
                case "nats" -> started.connect(connection, url, Optional.empty()); // it has no name for what it speaks
                default -> started.connect(connection, url, device);
            };
            pending.add(open.thenCompose(session -> connection.greeted()));
            synchronized (connections) {
                connections.add(connection);
            }
            if (pending.size() == together) {
                await(pending);
            }
        }
        await(pending);
        return Map.of(
                "nanos", Clock.nanos() - beganNanos, "tls", started.handshakes().toString());
    }

    private void heartbeat() {
        synchronized (connections) {
            connections.forEach(PeerConnection::heartbeat);
        }
        if (client != null) {
            client.after(HEARTBEAT, this::heartbeat);
        }
    }

    private static void await(List<CompletableFuture<?>> pending) throws Exception {
        CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        pending.clear();
    }

    private Dialect dialect(String name, String id) {
        byte[] body = Bodies.CBOR_X.write(random);
        return switch (name) {
            case "mqtt" -> new MqttDialect(id, body);
            case "nats" -> new NatsDialect(body);
            default ->
                new FleetlineDialect(
                        body,
                        random.nextInt() & ProtocolLimits.MAX_NAME,
                        Clock.now().toEpochMilli());
        };
    }

    private Map<String, Object> run(JsonNode arguments) throws Exception {
        List<PeerConnection> busy =
                connections.subList(0, arguments.path("connections").asInt());
        int inFlight = arguments.path("inFlight").asInt();
        long before = total(busy, PeerConnection::acknowledged);
        long beganNanos = Clock.nanos();
        busy.forEach(connection -> connection.publish(inFlight));
        waitUnlessFailed(arguments.path("millis").asLong());
        CompletableFuture<?> quiet =
                CompletableFuture.allOf(busy.stream().map(PeerConnection::pause).toArray(CompletableFuture[]::new));
        try {
            CompletableFuture.anyOf(quiet, failed).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("not everything was acknowledged within " + PATIENCE.toSeconds() + " s", e);
        }
        return Map.of(
                "messages", total(busy, PeerConnection::acknowledged) - before, "nanos", Clock.nanos() - beganNanos);
    }

    private void waitUnlessFailed(long millis) throws ExecutionException, InterruptedException {
        try {
            failed.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException nothingFailed) {
            // As it should be.
        }
    }

    private static long total(List<PeerConnection> connections, ToLongFunction<PeerConnection> count) {
        return connections.stream().mapToLong(count).sum();
    }

    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
    }
}
