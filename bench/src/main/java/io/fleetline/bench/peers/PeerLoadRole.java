package io.fleetline.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.wss.Credential;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;

/**
 * The same clients for every server, but for what they say: the same WebSocket and TLS, as many messages of the same size in
 * flight. All in one process, so that no server has clients that are warmer than another's.
 *
 * <ul>
 *   <li>{@code clients {name, url, trust, dialect}}: gets ready for a server
 *   <li>{@code connect {name, devices: [{id, secret}], together}}: connects these, {@code together} at a time, to stay
 *   <li>{@code visit {name, devices: [{id, secret}], together, millis}}: has these come and go; gives {@code visits} and
 *       {@code nanos}
 *   <li>{@code run {name, millis, connections, inFlight}}: so many of the connections keep so many messages in flight; gives
 *       {@code messages} and {@code nanos}
 *   <li>{@code leave {name}}: disconnects them all
 *   <li>{@code tls {name}}: gives {@code tls}, how all their handshakes were made
 * </ul>
 */
public final class PeerLoadRole implements Role {
    private final Map<String, PeerClients> servers = new LinkedHashMap<>();

    /** For the child process. */
    public PeerLoadRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws Exception {
        String name = arguments.path("name").asText();
        if (verb.equals("clients")) {
            servers.put(
                    name,
                    new PeerClients(
                            URI.create(arguments.path("url").asText()),
                            Path.of(arguments.path("trust").asText()),
                            arguments.path("dialect").asText()));
            return Map.of();
        }
        PeerClients clients = servers.get(name);
        if (clients == null) {
            throw new IllegalArgumentException("there are no clients of " + name);
        }
        return switch (verb) {
            case "connect" -> {
                clients.connect(
                        Credential.all(arguments.path("devices")),
                        arguments.path("together").asInt());
                yield Map.of();
            }
            case "visit" -> visit(clients, arguments);
            case "run" -> run(clients, arguments);
            case "leave" -> {
                servers.remove(name);
                clients.close();
                yield Map.of();
            }
            case "tls" -> Map.of("tls", clients.tls());
            default -> throw new IllegalArgumentException("the load does not know how to " + verb);
        };
    }

    private static Map<String, Object> visit(PeerClients clients, JsonNode arguments) throws Exception {
        long beganNanos = Clock.nanos();
        long visits = clients.visit(
                Credential.all(arguments.path("devices")),
                arguments.path("together").asInt(),
                Duration.ofMillis(arguments.path("millis").asLong()));
        return Map.of("visits", visits, "nanos", Clock.nanos() - beganNanos);
    }

    private static Map<String, Object> run(PeerClients clients, JsonNode arguments) throws Exception {
        List<PeerConnection> busy =
                clients.connections().subList(0, arguments.path("connections").asInt());
        int inFlight = arguments.path("inFlight").asInt();
        long before = total(busy, PeerConnection::acknowledged);
        long beganNanos = Clock.nanos();
        busy.forEach(connection -> connection.publish(inFlight));
        waitUnlessFailed(clients, arguments.path("millis").asLong());
        CompletableFuture<?> quiet =
                CompletableFuture.allOf(busy.stream().map(PeerConnection::pause).toArray(CompletableFuture[]::new));
        try {
            CompletableFuture.anyOf(quiet, clients.failed())
                    .get(PeerClients.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "not everything was acknowledged within " + PeerClients.PATIENCE.toSeconds() + " s", e);
        }
        return Map.of(
                "messages", total(busy, PeerConnection::acknowledged) - before, "nanos", Clock.nanos() - beganNanos);
    }

    private static void waitUnlessFailed(PeerClients clients, long millis)
            throws ExecutionException, InterruptedException {
        try {
            clients.failed().get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException nothingFailed) {
            // As it should be.
        }
    }

    private static long total(List<PeerConnection> connections, ToLongFunction<PeerConnection> count) {
        return connections.stream().mapToLong(count).sum();
    }

    @Override
    public void close() throws IOException {
        for (PeerClients clients : servers.values()) {
            clients.close();
        }
    }
}
