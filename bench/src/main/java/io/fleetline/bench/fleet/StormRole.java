package io.fleetline.bench.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.machine.Clock;
import io.fleetline.device.ConnectionListener;
import io.fleetline.device.ConnectionState;
import io.fleetline.device.ConnectionStatus;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.OutboxConfig;
import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Devices that do nothing but be connected.
 *
 * <ul>
 *   <li>{@code build {urls, trust, secrets}}: makes them
 *   <li>{@code connect {perSecond}}: has them connect, and waits until all are
 *   <li>{@code lost {}}: from now on attempts and welcomes count
 *   <li>{@code back {patienceMillis}}: waits until all are connected again, or the time is over; gives {@code connected},
 *       {@code attempts}, and {@code seconds} and {@code perSecond}: how long the last one took, and the most welcomes in one second
 * </ul>
 */
public final class StormRole implements Role {
    /** The HTTP client of a runtime has 1,024 attempts at most on their way to one address; these devices share no machine. */
    private static final int DEVICES_PER_RUNTIME = 1_000;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<DeviceRuntime> runtimes = new ArrayList<>();
    private final List<DeviceClient> clients = new ArrayList<>();
    private final List<Long> welcomes = new ArrayList<>(); // guarded by itself
    private long attempts; // guarded by welcomes
    private long lostNanos; // guarded by welcomes

    /** For the child process. */
    public StormRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) {
        return switch (verb) {
            case "build" -> build(arguments);
            case "connect" -> connect(arguments.path("perSecond").asInt());
            case "lost" -> lost();
            case "back" -> back(arguments.path("patienceMillis").asLong());
            default -> throw new IllegalArgumentException("devices do not know how to " + verb);
        };
    }

    private Object build(JsonNode arguments) {
        List<URI> urls = new ArrayList<>();
        arguments.path("urls").forEach(url -> urls.add(URI.create(url.asText())));
        for (Map.Entry<String, JsonNode> secret : arguments.path("secrets").properties()) {
            if (clients.size() % DEVICES_PER_RUNTIME == 0) {
                runtimes.add(DeviceRuntime.create());
            }
            clients.add(DeviceClient.builder()
                    .endpoint(urls.toArray(URI[]::new))
                    .identity(DeviceId.parse(secret.getKey()))
                    .secret(secret.getValue().asText())
                    .trustedCertificates(Path.of(arguments.path("trust").asText()))
                    .outbox(OutboxConfig.memory())
                    .runtime(runtimes.get(runtimes.size() - 1))
                    .onConnectionChange(new Counting())
                    .build());
        }
        return Map.of("devices", clients.size());
    }

    /** Counts of one device: an attempt has several steps, and each is told. */
    private final class Counting implements ConnectionListener {
        private ConnectionState before = ConnectionState.CREATED; // guarded by welcomes

        @Override
        public void connectionChanged(ConnectionStatus status) {
            synchronized (welcomes) {
                if (status.state() != before) {
                    before = status.state();
                    if (before == ConnectionState.CONNECTING) {
                        attempts++;
                    } else if (before == ConnectionState.CONNECTED) {
                        welcomes.add(Clock.nanos() - lostNanos);
                    }
                }
            }
        }
    }

    private Object connect(int perSecond) {
        long beganNanos = Clock.nanos();
        for (int i = 0; i < clients.size(); i++) {
            long dueNanos = beganNanos + i * SECOND_NANOS / perSecond;
            while (Clock.nanos() < dueNanos) {
                LockSupport.parkNanos(dueNanos - Clock.nanos());
            }
            clients.get(i).start();
        }
        long endNanos = Clock.nanos() + TimeUnit.MINUTES.toNanos(1);
        while (connected() < clients.size()) {
            if (Clock.nanos() > endNanos) {
                throw new IllegalStateException("only " + connected() + " of " + clients.size() + " devices connected");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return Map.of("seconds", (Clock.nanos() - beganNanos) / 1e9);
    }

    private long connected() {
        return clients.stream()
                .filter(client -> client.status().state() == ConnectionState.CONNECTED)
                .count();
    }

    private Object lost() {
        synchronized (welcomes) {
            welcomes.clear();
            attempts = 0;
            lostNanos = Clock.nanos();
        }
        return Map.of();
    }

    private Object back(long patienceMillis) {
        long endNanos = Clock.nanos() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        boolean all = false;
        while (!all && Clock.nanos() < endNanos) {
            LockSupport.parkNanos(LOOK_NANOS);
            synchronized (welcomes) {
                all = welcomes.size() >= clients.size();
            }
            all = all && connected() == clients.size();
        }
        synchronized (welcomes) {
            List<Long> sorted = welcomes.stream().sorted().toList();
            return Map.of(
                    "connected", connected(),
                    "attempts", attempts,
                    "welcomes", sorted.size(),
                    "seconds", sorted.isEmpty() ? 0 : sorted.get(sorted.size() - 1) / 1e9,
                    "perSecond", mostInASecond(sorted));
        }
    }

    private static int mostInASecond(List<Long> sorted) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < sorted.size(); to++) {
            while (sorted.get(to) - sorted.get(from) >= SECOND_NANOS) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    @Override
    public void close() {
        // The devices end with their process: thousands that say goodbye would take longer than anybody waits.
    }
}
