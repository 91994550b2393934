package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.device.ClientClosedException;
import io.fleetline.device.ConnectionState;
import io.fleetline.device.ConnectionStatus;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.FleetlineException;
import io.fleetline.examples.hostsensor.Host;
import io.fleetline.examples.hostsensor.HostSensor;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.SimulatedBoiler;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.JournalledPublisher;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of an instance, all on one runtime: the host sensor with this machine's real readings, and simulated
 * boilers. Everything that they publish goes through the journal.
 */
final class DevFleet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DevFleet.class);

    /** How often a boiler makes a step. */
    private static final Duration STEP = Duration.ofMillis(500);
    /** Boilers are the same from start to start. */
    private static final long SEED = 20_261_121;

    /** How long what is decided may take to be noted down. */
    private static final Duration SETTLING = Duration.ofMillis(500);

    private final LongSupplier nanoTime;
    private final DeviceRuntime runtime = DeviceRuntime.create();
    private final ScheduledExecutorService steps = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "boilers");
        thread.setDaemon(true);
        return thread;
    });
    private final HostSensor sensor;
    private final Map<DeviceId, DeviceClient> clients = new LinkedHashMap<>();
    private final List<JournalledPublisher> publishers = new ArrayList<>();
    private final List<Runnable> starts = new ArrayList<>();
    private final LongAdder refused = new LongAdder();
    private final CountDownLatch connected;

    /**
     * What the devices are told.
     *
     * @param endpoints where nodes listen
     * @param authority whom to trust
     * @param secrets the secret of each device
     * @param journal what they note down
     * @param lastCounters the last counter of each device in earlier journals
     * @param ackTimes hears how long receipts took
     * @param nanoTime a clock that never goes back
     */
    record Setting(
            List<URI> endpoints,
            Path authority,
            Map<DeviceId, String> secrets,
            Journal journal,
            Map<String, Long> lastCounters,
            AckTimes ackTimes,
            LongSupplier nanoTime) {}

    /** Builds the devices of this plan; they do nothing yet. */
    DevFleet(DevPlan plan, Setting setting) {
        nanoTime = setting.nanoTime();
        connected = new CountDownLatch(1 + plan.boilers());
        sensor = new HostSensor(Host.here(), setting.nanoTime());
        JournalledPublisher host = add(DevPlan.HOST, sensor.answering(builder(DevPlan.HOST, setting)), setting);
        starts.add(() -> sensor.start(host::publish));
        Random seeds = new Random(SEED);
        long offsetMillis = 0;
        for (DeviceId id : plan.boilerIds()) {
            SimulatedBoiler boiler = new SimulatedBoiler(new Random(seeds.nextLong()));
            JournalledPublisher publisher = add(id, boiler.answering(builder(id, setting)), setting);
            // Spread over the step, as a real fleet's clocks would be.
            long initialMillis = offsetMillis % STEP.toMillis();
            offsetMillis += 37;
            starts.add(() -> {
                var unused = steps.scheduleAtFixedRate(
                        () -> step(boiler, publisher), initialMillis, STEP.toMillis(), TimeUnit.MILLISECONDS);
            });
        }
    }

    private DeviceClientBuilder builder(DeviceId id, Setting setting) {
        CountDownOnce first = new CountDownOnce(connected);
        return DeviceClient.builder()
                .endpoint(setting.endpoints().toArray(URI[]::new))
                .identity(id)
                .secret(secret(id, setting))
                .trustedCertificates(setting.authority())
                .software("fleetline-dev")
                .runtime(runtime)
                .onConnectionChange(status -> {
                    LOG.info("{} is {} {}", id, status.state(), status.detail());
                    if (status.state() == ConnectionState.CONNECTED) {
                        first.countDown();
                    }
                });
    }

    private static String secret(DeviceId id, Setting setting) {
        String secret = setting.secrets().get(id);
        if (secret == null) {
            throw new IllegalStateException("no secret was made for " + id);
        }
        return secret;
    }

    private JournalledPublisher add(DeviceId id, DeviceClientBuilder builder, Setting setting) {
        DeviceClient client = builder.build();
        JournalledPublisher publisher = new JournalledPublisher(
                id,
                client::publish,
                setting.journal(),
                setting.lastCounters().getOrDefault(id.toString(), 0L),
                setting.nanoTime(),
                setting.ackTimes()::record);
        clients.put(id, client);
        publishers.add(publisher);
        return publisher;
    }

    private void step(SimulatedBoiler boiler, JournalledPublisher publisher) {
        try {
            boiler.step(publisher);
        } catch (ClientClosedException e) {
            LOG.debug("a boiler made its last step", e);
        } catch (FleetlineException e) {
            // No room while the node is away: what could not be published is noted down as dropped.
            refused.increment();
        }
    }

    /**
     * Connects all devices.
     *
     * @throws CliFailure if one is not connected in this time; it says how that one stands
     */
    void connect(Duration patience) throws InterruptedException {
        clients.values().forEach(DeviceClient::start);
        if (!connected.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            clients.forEach((id, client) -> {
                ConnectionStatus status = client.status();
                if (status.state() != ConnectionState.CONNECTED) {
                    throw new CliFailure(id + " did not connect to " + status.endpoint() + " within "
                            + patience.toSeconds() + " s: " + status.state()
                            + status.reason().map(reason -> ", " + reason).orElse("")
                            + (status.detail().isEmpty() ? "" : ", " + status.detail()));
                }
            });
        }
    }

    /** Lets all devices publish. */
    void start() {
        starts.forEach(Runnable::run);
    }

    /** How many devices are connected now. */
    long connected() {
        return clients.values().stream()
                .filter(client -> client.status().state() == ConnectionState.CONNECTED)
                .count();
    }

    /** How many events found no room in an outbox. */
    long refused() {
        return refused.sum() + sensor.refused();
    }

    /**
     * Lets no device publish any more, waits for the receipts of what was published, and disconnects.
     *
     * @return whether all receipts came; false if the time ran out first
     */
    boolean stop(Duration patience) throws InterruptedException {
        long endNanos = nanoTime.getAsLong() + patience.toNanos();
        sensor.close();
        steps.shutdown();
        boolean quiet = steps.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        for (DeviceClient client : clients.values()) {
            quiet &= client.flush(left(endNanos));
        }
        runtime.close();
        for (JournalledPublisher publisher : publishers) {
            // What has no receipt by now ends with the client, and is noted down as dropped.
            quiet &= publisher.awaitQuiet(SETTLING);
        }
        return quiet;
    }

    private Duration left(long endNanos) {
        return Duration.ofNanos(Math.max(1, endNanos - nanoTime.getAsLong()));
    }

    @Override
    public void close() {
        sensor.close();
        steps.shutdownNow();
        runtime.close();
    }

    /** Counts a latch down, but only the first time. */
    private static final class CountDownOnce {
        private final CountDownLatch latch;
        private boolean done; // guarded by this

        CountDownOnce(CountDownLatch latch) {
            this.latch = latch;
        }

        synchronized void countDown() {
            if (!done) {
                done = true;
                latch.countDown();
            }
        }
    }
}
