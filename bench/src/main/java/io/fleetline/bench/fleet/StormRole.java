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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Devices that do nothing but be connected.
 *
 * <ul>
 *   <li>{@code build {urls, trust, secrets}}: makes them
 *   <li>{@code connect {atOnce}}: has them connect, so many at a time, and waits until all are; gives {@code seconds}
 *   <li>{@code lose {url}}: from now on attempts and welcomes count; gives {@code devices}, how many are connected there
 *   <li>{@code back {patienceMillis}}: waits until these are connected again, or the time is over; gives {@code missing},
 *       {@code attempts}, and {@code seconds}, {@code perSecond} and {@code busiest}: how long the last one took, the most
 *       welcomes within a second, and when that second ended
 * </ul>
 */
public final class StormRole implements Role {
    /** The HTTP client of a runtime has 1,024 attempts at most on their way to one address; these devices share no machine. */
    static final int DEVICES_PER_RUNTIME = 1_000;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CONNECT_PATIENCE_SECONDS = 60;

    private final List<DeviceRuntime> runtimes = new ArrayList<>();
    private final List<DeviceClient> clients = new ArrayList<>();
    /** Each welcome gives one back. */
    private final Semaphore onTheirWay = new Semaphore(0);

    private final List<Long> welcomes = new ArrayList<>(); // guarded by itself
    private long attempts; // guarded by welcomes
    private long lostNanos; // guarded by welcomes
    private long lost;

    /** For the child process. */
    public StormRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws InterruptedException {
        return switch (verb) {
            case "build" -> build(arguments);
            case "connect" -> connect(arguments.path("atOnce").asInt());
            case "lose" -> lose(URI.create(arguments.path("url").asText()));
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
                        onTheirWay.release();
                    }
                }
            }
        }
    }

    private Object connect(int atOnce) throws InterruptedException {
        long beganNanos = Clock.nanos();
        onTheirWay.release(atOnce);
        for (DeviceClient client : clients) {
            if (!onTheirWay.tryAcquire(CONNECT_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("only " + connected() + " of " + clients.size() + " devices connected");
            }
            client.start();
        }
        if (!onTheirWay.tryAcquire(atOnce, CONNECT_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("only " + connected() + " of " + clients.size() + " devices connected");
        }
        return Map.of("seconds", (Clock.nanos() - beganNanos) / 1e9);
    }

    private long connected() {
        return clients.stream()
                .filter(client -> client.status().state() == ConnectionState.CONNECTED)
                .count();
    }

    private Object lose(URI url) {
        lost = clients.stream()
                .map(DeviceClient::status)
                .filter(status -> isAt(status, url))
                .count();
        synchronized (welcomes) {
            welcomes.clear();
            attempts = 0;
            lostNanos = Clock.nanos();
        }
        return Map.of("devices", lost);
    }

    private static boolean isAt(ConnectionStatus status, URI url) {
        return status.state() == ConnectionState.CONNECTED && status.endpoint().equals(url);
    }

    private Object back(long patienceMillis) {
        long endNanos = Clock.nanos() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        boolean all = false;
        while (!all && Clock.nanos() < endNanos) {
            LockSupport.parkNanos(LOOK_NANOS);
            synchronized (welcomes) {
                all = welcomes.size() >= lost;
            }
            all = all && connected() == clients.size();
        }
        synchronized (welcomes) {
            List<Long> sorted = welcomes.stream().sorted().toList();
            Busiest busiest = busiest(sorted);
            return Map.of(
                    "missing",
                    clients.size() - connected(),
                    "attempts",
                    attempts,
                    "welcomes",
                    sorted.size(),
                    "seconds",
                    sorted.isEmpty() ? 0 : sorted.get(sorted.size() - 1) / 1e9,
                    "perSecond",
                    busiest.welcomes(),
                    "busiest",
                    busiest.endNanos() / 1e9);
        }
    }

    private record Busiest(int welcomes, long endNanos) {}

    private static Busiest busiest(List<Long> sorted) {
        Busiest busiest = new Busiest(0, 0);
        int from = 0;
        for (int to = 0; to < sorted.size(); to++) {
            while (sorted.get(to) - sorted.get(from) >= SECOND_NANOS) {
                from++;
            }
            if (to - from + 1 > busiest.welcomes()) {
                busiest = new Busiest(to - from + 1, sorted.get(to));
            }
        }
        return busiest;
    }

    @Override
    public void close() {
        // The devices end with their process: thousands that say goodbye would take longer than anybody waits.
    }
}
