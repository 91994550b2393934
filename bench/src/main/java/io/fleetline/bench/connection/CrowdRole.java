package io.fleetline.bench.connection;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.wss.Credential;
import io.fleetline.bench.wss.Resumption;
import io.fleetline.bench.wss.WssClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Many devices that come and go, and have nothing to say but that they are there; of several crowds, each with a server of its
 * own, in one process, so that none has a client that is warmer than the others'.
 *
 * <ul>
 *   <li>{@code crowd {name, url, trust, node, resumption, devices: [{id, secret}]}}: gets ready; {@code node} says whether the
 *       server is one
 *   <li>{@code arrive {name, count, atOnce, again}}: connects some more, which stay; gives {@code nanos}, {@code attempts},
 *       {@code present}, and {@code tls}
 *   <li>{@code visit {name, millis, atOnce}}: connects some, each of which leaves when it is welcomed and is followed by
 *       another; gives {@code visits}, {@code nanos}, {@code tls} and {@code resumed}, which part of the handshakes was
 *   <li>{@code check {name}}: gives how many are {@code present}; an error if one of them was cut off
 *   <li>{@code leave {name}}: has all leave, and waits until they are gone
 * </ul>
 */
public final class CrowdRole implements Role {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    /** As nodes want it; a turn of it is a second's fifth. */
    private static final int HEARTBEAT_SECONDS = 25;

    private static final int TURNS = 5 * HEARTBEAT_SECONDS;
    private static final Duration TURN = Duration.ofSeconds(HEARTBEAT_SECONDS).dividedBy(TURNS);
    private static final long SEED = 5;

    private final Map<String, Crowd> crowds = new LinkedHashMap<>();
    private final Map<String, WssClient> clients = new LinkedHashMap<>();

    /** For the child process. */
    public CrowdRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws Exception {
        String name = arguments.path("name").asText();
        if (verb.equals("crowd")) {
            return prepare(name, arguments);
        }
        Crowd crowd = crowds.get(name);
        WssClient client = clients.get(name);
        if (crowd == null || client == null) {
            throw new IllegalArgumentException("there is no crowd " + name);
        }
        return switch (verb) {
            case "arrive" -> arrive(crowd, client, arguments);
            case "visit" -> visit(crowd, client, arguments);
            case "check" -> Map.of("present", crowd.present());
            case "leave" -> {
                await(crowd.leave());
                yield Map.of();
            }
            default -> throw new IllegalArgumentException("a crowd does not know how to " + verb);
        };
    }

    private Map<String, Object> prepare(String name, JsonNode arguments) throws Exception {
        WssClient client = WssClient.start(
                Path.of(arguments.path("trust").asText()),
                Resumption.valueOf(arguments.path("resumption").asText()));
        Crowd crowd = new Crowd(
                client,
                URI.create(arguments.path("url").asText()),
                arguments.path("node").asBoolean(),
                Credential.all(arguments.path("devices")),
                new Random(SEED));
        clients.put(name, client);
        crowds.put(name, crowd);
        client.after(TURN, () -> heartbeat(client, crowd, 0));
        return Map.of();
    }

    private static void heartbeat(WssClient client, Crowd crowd, int turn) {
        crowd.heartbeat(turn, TURNS);
        client.after(TURN, () -> heartbeat(client, crowd, (turn + 1) % TURNS));
    }

    private static Map<String, Object> arrive(Crowd crowd, WssClient client, JsonNode arguments) throws Exception {
        client.handshakes().reset();
        long beganNanos = Clock.nanos();
        Crowd.Arrival arrival = crowd.arrive(
                arguments.path("count").asInt(),
                arguments.path("atOnce").asInt(),
                arguments.path("again").asBoolean());
        await(arrival.done());
        return Map.of(
                "nanos",
                Clock.nanos() - beganNanos,
                "attempts",
                arrival.attempts(),
                "present",
                crowd.present(),
                "tls",
                client.handshakes().toString());
    }

    private static Map<String, Object> visit(Crowd crowd, WssClient client, JsonNode arguments) throws Exception {
        client.handshakes().reset();
        long beganNanos = Clock.nanos();
        long visits = await(crowd.visit(
                arguments.path("atOnce").asInt(),
                Duration.ofMillis(arguments.path("millis").asLong())));
        return Map.of(
                "visits",
                visits,
                "nanos",
                Clock.nanos() - beganNanos,
                "tls",
                client.handshakes().toString(),
                "resumed",
                client.handshakes().resumedPart());
    }

    private static <T> T await(CompletableFuture<T> done) throws Exception {
        try {
            return done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a connection failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("not done within " + PATIENCE.toSeconds() + " s", e);
        }
    }

    @Override
    public void close() throws IOException {
        for (WssClient client : clients.values()) {
            client.close();
        }
    }
}
