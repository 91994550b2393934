package io.fleetline.system.faults;

import io.fleetline.device.ConnectionState;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.DisconnectReason;
import io.fleetline.device.FleetlineException;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.JournalledPublisher;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Devices on the real SDK, in this process and with their outboxes in memory, that publish at a steady pace. */
final class Fleet implements AutoCloseable {
    private static final Duration CONNECT_PATIENCE = Duration.ofMinutes(1);

    private final DeviceRuntime runtime = DeviceRuntime.create();
    private final ScheduledExecutorService steps = Executors.newScheduledThreadPool(2);
    private final Journal journal;
    private final Duration pace;
    private final List<Member> members = new ArrayList<>();
    private final AtomicInteger lost = new AtomicInteger();
    private final Map<DisconnectReason, Integer> partings = new ConcurrentHashMap<>();
    private final AtomicBoolean started = new AtomicBoolean();

    /** Devices that know these secrets; they do nothing yet. */
    Fleet(URI node, Map<DeviceId, String> secrets, Path journalFile, Duration pace) throws IOException {
        this(List.of(node), secrets, journalFile, pace);
    }

    /** Devices that know several nodes, half of them each in another order; they do nothing yet. */
    Fleet(List<URI> nodes, Map<DeviceId, String> secrets, Path journalFile, Duration pace) throws IOException {
        this.journal = Journal.create(journalFile);
        this.pace = pace;
        secrets.forEach((id, secret) -> {
            List<URI> order = new ArrayList<>(nodes);
            Collections.rotate(order, members.size());
            members.add(new Member(order, id, secret));
        });
    }

    private final class Member {
        private final DeviceClient client;
        private final JournalledPublisher publisher;
        private final LongAdder receipts = new LongAdder();
        private final AtomicBoolean connected = new AtomicBoolean();
        private long step;
        private long lastReceiptNanos; // guarded by this
        private long longestSilenceNanos; // guarded by this

        Member(List<URI> nodes, DeviceId id, String secret) {
            client = DeviceClient.builder()
                    .endpoint(nodes.toArray(URI[]::new))
                    .identity(id)
                    .secret(secret)
                    .runtime(runtime)
                    .onConnectionChange(status -> {
                        if (started.get() && status.state() != ConnectionState.CONNECTED) {
                            lost.incrementAndGet();
                            // Before the next attempt the reason may still be that of the parting before.
                            if (status.state() == ConnectionState.CONNECTING && connected.getAndSet(false)) {
                                status.reason().ifPresent(reason -> partings.merge(reason, 1, Integer::sum));
                            }
                        } else {
                            connected.set(true);
                        }
                    })
                    .build();
            publisher = new JournalledPublisher(
                    id, client::publish, journal, 0, System::nanoTime, nanos -> receipt(System.nanoTime()));
        }

        private synchronized void receipt(long nowNanos) {
            if (lastReceiptNanos != 0) {
                longestSilenceNanos = Math.max(longestSilenceNanos, nowNanos - lastReceiptNanos);
            }
            lastReceiptNanos = nowNanos;
            receipts.increment();
        }

        private synchronized Duration longestSilence() {
            return Duration.ofNanos(longestSilenceNanos);
        }

        private void publish() {
            step++;
            Lane lane = step % 10 == 0 ? Lane.URGENT : Lane.NORMAL;
            try {
                var unused = publisher.publish(lane, "load/step", Map.of("step", step, "celsius", 20 + step % 7));
            } catch (FleetlineException e) {
                // No room while Kafka is away: noted down as dropped.
                return;
            }
        }
    }

    /** Connects all, and lets them publish. */
    void start() {
        members.forEach(member -> member.client.start());
        Patience.until(
                "all devices are connected",
                CONNECT_PATIENCE,
                () -> members.stream().allMatch(member -> member.client.status().state() == ConnectionState.CONNECTED));
        started.set(true);
        for (Member member : members) {
            var unused = steps.scheduleAtFixedRate(member::publish, 0, pace.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Waits until each device has got so many further receipts. */
    void awaitFurther(int receipts, Duration most) {
        List<Long> targets =
                members.stream().map(member -> member.receipts.sum() + receipts).toList();
        Patience.until("each device has " + receipts + " further receipts", most, () -> {
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).receipts.sum() < targets.get(i)) {
                    return false;
                }
            }
            return true;
        });
    }

    /** How many receipts all devices together have. */
    long receipts() {
        return members.stream().mapToLong(member -> member.receipts.sum()).sum();
    }

    /** How often a connection was lost since the start. */
    int connectionsLost() {
        return lost.get();
    }

    /** Why connections ended since the start, and how often. */
    Map<DisconnectReason, Integer> partings() {
        return new TreeMap<>(partings);
    }

    /** Of each device the longest time between two of its receipts, the shortest first. */
    List<Duration> silences() {
        return members.stream().map(Member::longestSilence).sorted().toList();
    }

    /** The longest time between two receipts of one device. */
    Duration longestSilence() {
        return members.stream()
                .map(Member::longestSilence)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** Publishes nothing more, and waits for all receipts. */
    void stop(Duration patience) throws InterruptedException {
        steps.shutdown();
        boolean quiet = steps.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        for (Member member : members) {
            quiet &= member.client.flush(patience);
            quiet &= member.publisher.awaitQuiet(patience);
        }
        if (!quiet) {
            throw new AssertionError("not all receipts came within " + patience.toSeconds() + " s");
        }
        started.set(false);
    }

    @Override
    public void close() throws IOException {
        steps.shutdownNow();
        runtime.close();
        journal.close();
    }
}
