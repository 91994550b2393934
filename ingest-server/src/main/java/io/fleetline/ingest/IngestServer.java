package io.fleetline.ingest;

import io.fleetline.ingest.admin.AdminServer;
import io.fleetline.ingest.admin.AdminServices;
import io.fleetline.ingest.admin.AdminTokens;
import io.fleetline.ingest.command.CommandDispatcher;
import io.fleetline.ingest.identity.Authenticator;
import io.fleetline.ingest.identity.Enrolment;
import io.fleetline.ingest.identity.IssuerKeys;
import io.fleetline.ingest.identity.RefusedAttempts;
import io.fleetline.ingest.jetty.JettyEdge;
import io.fleetline.ingest.kafka.KafkaEdge;
import io.fleetline.ingest.metrics.IngestMetrics;
import io.fleetline.ingest.presence.ConnectedDevices;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.session.CurrentLimits;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.ingest.telemetry.IntakeBudget;
import io.fleetline.ingest.telemetry.RoundQueue;
import io.fleetline.ingest.telemetry.TelemetryIntake;
import io.fleetline.ingest.time.SystemTime;
import io.fleetline.ingest.time.ThreadTimers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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
    private static final Duration FILES_EVERY = Duration.ofSeconds(10);
    private static final Duration CHECK_EVERY = Duration.ofMillis(50);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    /** How long what Kafka has answered may take to reach the devices. */
    private static final Duration LAST_ACKS = Duration.ofSeconds(1);
    /** How long peers may take to answer that the node goes away; the connection of one that does not is cut before. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private final IngestConfig config;
    private final IngestMetrics metrics;
    private final ThreadTimers timers;
    private final ExecutorService rounds;
    private final IntakeBudget budget;
    private final ConnectedDevices devices;
    private final CommandDispatcher commands;
    private final DeviceRegistry registry;
    private final RefusedAttempts refusedAttempts;
    private final KafkaEdge kafka;
    private final JettyEdge jetty;
    private final StoreWatch store = new StoreWatch();
    private final Optional<AdminServer> admin;
    private final RunningConfig running;
    private final AtomicBoolean leaving = new AtomicBoolean();
    private volatile boolean started;

    /** Why devices are not taken now; null when they are. */
    private final AtomicReference<@Nullable String> closedBecause = new AtomicReference<>("the node is starting");

    private IngestServer(IngestConfig config, MeterRegistry meters) {
        this.config = config;
        metrics = new IngestMetrics(meters);
        budget = new IntakeBudget(config.kafka().records().intakeBudget(config.budgetBytes()));
        SystemTime time = SystemTime.INSTANCE;
        SecureRandom random = new SecureRandom();
        devices = new ConnectedDevices(time, random.nextInt(1_024));
        registry = new DeviceRegistry();
        refusedAttempts = new RefusedAttempts(time);
        IssuerKeys issuerKeys = new IssuerKeys(
                time, config.identity().jwksTimeout(), config.identity().jwksRefresh());
        registry.listen(new RegistryChanges(registry, devices, issuerKeys));
        kafka = KafkaEdge.connect(
                config.kafka(),
                time,
                config.budgetBytes(),
                config.limits().largestFrameBytes(),
                config.limits().largestItemBytes());
        CurrentLimits limits = new CurrentLimits(config.limits(), registry);
        timers = new ThreadTimers("fleetline-timers");
        rounds = Executors.newFixedThreadPool(
                Math.max(2, Runtime.getRuntime().availableProcessors()), IngestServer::roundsThread);
        commands = new CommandDispatcher(time, kafka.commandUpdates(), config.pendingCommandsPerDevice());
        Enrolment enrolment = new Enrolment(registry, kafka::registryStore, time, random);
        SessionServices services = new SessionServices(
                limits,
                time,
                timers,
                rounds,
                random,
                new TelemetryIntake(
                        time,
                        kafka.sink(),
                        IntStream.range(0, kafka.producers())
                                .mapToObj(i -> new RoundQueue(rounds))
                                .toList()),
                budget,
                devices,
                commands,
                new Authenticator(registry, time, config.identity().audience(), issuerKeys, enrolment),
                enrolment,
                refusedAttempts,
                metrics);
        metrics.observe(devices::count, registry::size, budget::usedBytes, budget::waiting);
        AdminServices adminServices = new AdminServices(
                registry,
                kafka::registryStore,
                refusedAttempts,
                time,
                random,
                this::notReady,
                () -> started,
                () -> meters instanceof PrometheusMeterRegistry prometheus
                        ? Optional.of(prometheus.scrape())
                        : Optional.empty());
        admin = startAdmin(adminServices);
        try {
            CompletableFuture<Void> commandsThere = kafka.follow(commands);
            catchUp("the registry", kafka.follow(registry, config.node()));
            kafka.prepareTenants();
            catchUp("the commands", commandsThere);
            ConnectionRoom room = ConnectionRoom.ofThisProcess(
                    config.budgetBytes(), config.listener().maxHandshakes());
            if (config.listener().maxConnections() == 0) {
                LOG.info("takes at most this many connections: {}", room);
            }
            jetty = JettyEdge.start(
                    RunningConfig.listener(config, room),
                    services,
                    () -> notTaking().orElse(null));
            running = new RunningConfig(config, limits, room, jetty);
        } catch (RuntimeException e) {
            admin.ifPresent(AdminServer::close);
            kafka.close();
            timers.close();
            rounds.shutdownNow();
            throw e;
        }
        sweepCommands();
        watchKafka();
        watchFiles();
        metrics.observeListener(jetty::connections, running::maxConnections, jetty::handshakes);
        closedBecause.set(null);
        started = true;
    }

    /** Before the registry is read: who watches the node wants to know that it is getting there. */
    private Optional<AdminServer> startAdmin(AdminServices services) {
        try {
            return config.admin()
                    .tokens()
                    .map(file ->
                            AdminServer.start(config.admin(), AdminTokens.load(file, services.random()), services));
        } catch (RuntimeException e) {
            kafka.close();
            timers.close();
            rounds.shutdownNow();
            throw e;
        }
    }

    /**
     * Reads and judges the files of certificates and keys that a configuration names; starts nothing.
     *
     * @return what may keep some devices from connecting, in sentences
     * @throws IllegalArgumentException naming the setting, the file, and what would keep the node from starting or every device
     *     from connecting
     */
    public static List<String> check(IngestConfig config) {
        KafkaEdge.check(config.kafka(), SystemTime.INSTANCE);
        return JettyEdge.check(config.listener(), SystemTime.INSTANCE);
    }

    /**
     * Starts a node that tells its figures at {@code /metrics} of its admin port only. Returns when devices can connect.
     *
     * @throws IllegalArgumentException as {@link #check}
     * @throws IllegalStateException if Kafka cannot be reached or is not as configured, or the port cannot be had; the message
     *     says which
     */
    public static IngestServer start(IngestConfig config) {
        return start(config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    /**
     * Starts a node. Returns when devices can connect.
     *
     * @param registry counts what happens
     * @throws IllegalArgumentException as {@link #check}
     * @throws IllegalStateException if Kafka cannot be reached or is not as configured, or the port cannot be had; the message
     *     says which
     */
    public static IngestServer start(IngestConfig config, MeterRegistry registry) {
        check(config); // before Kafka is waited for
        IngestServer server = new IngestServer(config, registry);
        LOG.info("node {} takes devices at {}", config.node(), server.url());
        return server;
    }

    /** All devices and tenants that the node knows. */
    DeviceRegistry registry() {
        return registry;
    }

    /** Changes what the registry holds, on all nodes. */
    RegistryStore registryStore() {
        return kafka.registryStore();
    }

    /** The latest attempts to connect that were refused: who, when and why. */
    public RefusedAttempts refusedAttempts() {
        return refusedAttempts;
    }

    /** Where devices connect. */
    public URI url() {
        return jetty.url();
    }

    /** Where operators reach the node; empty where the configuration does not want that. */
    public Optional<URI> adminUrl() {
        return admin.map(AdminServer::url);
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
        return Optional.ofNullable(leaving.get() ? "the node is stopping" : null)
                .or(this::notTaking)
                .or(() -> store.overload(SystemTime.INSTANCE.nanos()));
    }

    /** Why no device is taken now. */
    private Optional<String> notTaking() {
        return Optional.ofNullable(closedBecause.get())
                .or(kafka::trouble)
                .or(() -> store.trouble(SystemTime.INSTANCE.nanos()));
    }

    /** Takes the node's certificate into use again if it has changed on disk; the node also looks by itself, every 10 s. */
    public void reloadCertificates() {
        jetty.reloadCertificates();
    }

    /**
     * Goes by another configuration as far as it can while it runs: by its limits, those of handshakes at once, and those of
     * connections for connections to come. Connections that there are stay.
     *
     * @return what the node goes by now
     */
    public IngestConfig reload(IngestConfig wanted) {
        return running.reload(wanted);
    }

    /**
     * Looks from now on, every 10 s, whether this file has changed, and then reloads what it says. What cannot be used is
     * logged, and the node goes on as before.
     *
     * @param then called after each reload with what the node goes by, on a thread of the node's
     */
    public void follow(ConfigFile file, Consumer<IngestConfig> then) {
        running.follow(file, then);
    }

    private void watchFiles() {
        timers.after(FILES_EVERY.toNanos(), () -> {
            rounds.execute(this::lookAtFiles); // reading may take its time, and the timers have none
            watchFiles();
        });
    }

    /** Takes into use what has changed in the files that the node watches. */
    void lookAtFiles() {
        running.lookAtFiles();
    }

    private void watchKafka() {
        kafka.probe();
        store.look(
                SystemTime.INSTANCE.nanos(),
                metrics.itemsAcknowledged(),
                metrics.rewinds(),
                budget.usedBytes(),
                budget.waiting());
        timers.after(LOOK_EVERY.toNanos(), this::watchKafka);
    }

    /**
     * Stops: says that it is not ready and waits until load balancers have noticed, takes no new devices, asks those that are
     * connected to leave, lets Kafka answer for what they sent, and ends the connections that are left.
     */
    @Override
    public void close() {
        if (!leaving.compareAndSet(false, true)) {
            return;
        }
        LOG.info("node {} stops: not ready from now on, and as before for {}", config.node(), config.unreadyTime());
        await(config.unreadyTime(), () -> false);
        closedBecause.set("the node is stopping");
        jetty.stopAccepting();
        LOG.info("{} connections are asked to leave within {}", jetty.connections(), config.drainTime());
        jetty.drain(config.drainTime(), "the node is stopping");
        await(config.drainTime(), () -> jetty.connections() == 0);
        LOG.info(
                "{} connections are left, {} bytes are on their way to Kafka", jetty.connections(), budget.usedBytes());
        kafka.sink().flush();
        await(LAST_ACKS, () -> budget.usedBytes() == 0);
        jetty.hangUp();
        await(LAST_WORDS, () -> jetty.connections() == 0);
        jetty.close();
        admin.ifPresent(AdminServer::close);
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
