package io.fleetline.ingest;

import io.fleetline.ingest.command.CommandDispatcher;
import io.fleetline.ingest.identity.Authenticator;
import io.fleetline.ingest.jetty.JettyEdge;
import io.fleetline.ingest.kafka.KafkaEdge;
import io.fleetline.ingest.metrics.IngestMetrics;
import io.fleetline.ingest.presence.ConnectedDevices;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.ingest.telemetry.IntakeBudget;
import io.fleetline.ingest.telemetry.RoundQueue;
import io.fleetline.ingest.telemetry.TelemetryIntake;
import io.fleetline.ingest.time.SystemTime;
import io.fleetline.ingest.time.ThreadTimers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: devices connect to it over WebSocket, and what they publish is in Kafka when they hear that it is.
 *
 * <pre>{@code
 * try (IngestServer node = IngestServer.start(config)) {
 *     System.out.println("devices connect to " + node.url());
 *     ...
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class IngestServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IngestServer.class);
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration COMMAND_SWEEP = Duration.ofMinutes(1);
    private static final Duration CHECK_EVERY = Duration.ofMillis(50);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    /** How long what Kafka has answered may take to reach the devices. */
    private static final Duration LAST_ACKS = Duration.ofSeconds(1);

    private final IngestConfig config;
    private final IngestMetrics metrics;
    private final ThreadTimers timers;
    private final ExecutorService rounds;
    private final IntakeBudget budget;
    private final ConnectedDevices devices;
    private final CommandDispatcher commands;
    private final KafkaEdge kafka;
    private final JettyEdge jetty;
    private final StoreWatch store = new StoreWatch();

    /** Why devices are not taken now; null when they are. */
    private final AtomicReference<@Nullable String> closedBecause = new AtomicReference<>("the node is starting");

    private IngestServer(IngestConfig config, MeterRegistry registry) {
        this.config = config;
        metrics = new IngestMetrics(registry);
        budget = new IntakeBudget(config.kafka().records().intakeBudget(config.budgetBytes()));
        SystemTime time = SystemTime.INSTANCE;
        SecureRandom random = new SecureRandom();
        devices = new ConnectedDevices(time, random.nextInt(1_024));
        DeviceRegistry deviceRegistry = new DeviceRegistry();
        kafka = KafkaEdge.connect(
                config.kafka(),
                time,
                config.budgetBytes(),
                config.limits().maxFrameBytes(),
                config.limits().maxItemBytes());
        timers = new ThreadTimers("fleetline-timers");
        rounds = Executors.newFixedThreadPool(
                Math.max(2, Runtime.getRuntime().availableProcessors()), IngestServer::roundsThread);
        commands = new CommandDispatcher(time, kafka.commandUpdates(), config.pendingCommandsPerDevice());
        SessionServices services = new SessionServices(
                config.limits(),
                time,
                timers,
                rounds,
                random,
                new TelemetryIntake(
                        time,
                        kafka.sink(),
                        IntStream.range(0, kafka.producers())
                                .mapToObj(i -> new RoundQueue(rounds))
                                .toList(),
                        config.limits().maxItemBytes()),
                budget,
                devices,
                commands,
                new Authenticator(deviceRegistry),
                metrics);
        metrics.observe(devices::count, deviceRegistry::size, budget::usedBytes, budget::waiting);
        try {
            CompletableFuture<Void> commandsThere = kafka.follow(commands);
            catchUp("the registry", kafka.follow(deviceRegistry));
            kafka.prepareTenants();
            catchUp("the commands", commandsThere);
            jetty = JettyEdge.start(
                    config.listener(), services, () -> notReady().orElse(null));
        } catch (RuntimeException e) {
            kafka.close();
            timers.close();
            rounds.shutdownNow();
            throw e;
        }
        sweepCommands();
        watchKafka();
        closedBecause.set(null);
    }

    /**
     * Starts a node that counts for itself only. Returns when devices can connect.
     *
     * @throws IllegalStateException if Kafka cannot be reached or is not as configured, or the port cannot be had; the message
     *     says which
     */
    public static IngestServer start(IngestConfig config) {
        return start(config, new SimpleMeterRegistry());
    }

    /**
     * Starts a node. Returns when devices can connect.
     *
     * @param registry counts what happens
     * @throws IllegalStateException if Kafka cannot be reached or is not as configured, or the port cannot be had; the message
     *     says which
     */
    public static IngestServer start(IngestConfig config, MeterRegistry registry) {
        IngestServer server = new IngestServer(config, registry);
        LOG.info("node {} takes devices at {}", config.node(), server.url());
        return server;
    }

    /** Where devices connect. */
    public URI url() {
        return jetty.url();
    }

    /** What the node is doing now. */
    public IngestStatus status() {
        HistogramSnapshot latency = metrics.ackLatency().takeSnapshot();
        Duration[] percentiles = {Duration.ZERO, Duration.ZERO};
        for (ValueAtPercentile value : latency.percentileValues()) {
            int which = value.percentile() < 0.9 ? 0 : 1;
            percentiles[which] = Duration.ofNanos((long) value.value(TimeUnit.NANOSECONDS));
        }
        return new IngestStatus(
                devices.count(),
                metrics.itemsAcknowledged(),
                percentiles[0],
                percentiles[1],
                budget.usedBytes(),
                notReady());
    }

    /** Why no device should be sent here now; those that are connected stay. */
    private Optional<String> notReady() {
        return Optional.ofNullable(closedBecause.get())
                .or(kafka::trouble)
                .or(() -> store.trouble(SystemTime.INSTANCE.nanos()));
    }

    private void watchKafka() {
        kafka.probe();
        store.look(SystemTime.INSTANCE.nanos(), metrics.itemsAcknowledged(), metrics.rewinds(), budget.usedBytes());
        timers.after(LOOK_EVERY.toNanos(), this::watchKafka);
    }

    /**
     * Stops: takes no new devices, asks those that are connected to leave, lets Kafka answer for what they sent, and ends
     * the connections that are left.
     */
    @Override
    public void close() {
        if (closedBecause.getAndSet("the node is stopping") != null) {
            return;
        }
        jetty.stopAccepting();
        jetty.drain(config.drainTime(), "the node is stopping");
        await(config.drainTime(), () -> jetty.connections() == 0);
        kafka.sink().flush();
        await(LAST_ACKS, () -> budget.usedBytes() == 0);
        jetty.close();
        kafka.close(Duration.ofSeconds(1));
        timers.close();
        rounds.shutdown();
        LOG.info("node {} has stopped", config.node());
    }

    /** Waits until it is so, but no longer than this. */
    private void await(Duration most, BooleanSupplier isSo) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        check(over, isSo, most.toMillis() / CHECK_EVERY.toMillis());
        over.join();
    }

    private void check(CompletableFuture<Void> over, BooleanSupplier isSo, long checksLeft) {
        if (isSo.getAsBoolean() || checksLeft <= 0) {
            over.complete(null);
        } else {
            timers.after(CHECK_EVERY.toNanos(), () -> check(over, isSo, checksLeft - 1));
        }
    }

    private void sweepCommands() {
        timers.after(COMMAND_SWEEP.toNanos(), () -> {
            commands.forgetExpired();
            sweepCommands();
        });
    }

    private static void catchUp(String what, CompletableFuture<Void> caughtUp) {
        try {
            caughtUp.orTimeout(CATCH_UP_TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("cannot read " + what + " from Kafka: " + e.getCause(), e.getCause());
        }
    }

    private static Thread roundsThread(Runnable task) {
        Thread thread = new Thread(task, "fleetline-rounds");
        thread.setDaemon(true);
        return thread;
    }
}
