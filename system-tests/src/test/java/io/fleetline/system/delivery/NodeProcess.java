package io.fleetline.system.delivery;

import io.fleetline.ingest.command.CommandDispatcher;
import io.fleetline.ingest.identity.Authenticator;
import io.fleetline.ingest.identity.Enrolment;
import io.fleetline.ingest.identity.Grant;
import io.fleetline.ingest.identity.IssuerKeys;
import io.fleetline.ingest.identity.NewDevices;
import io.fleetline.ingest.identity.RefusedAttempts;
import io.fleetline.ingest.identity.Verdict;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.kafka.KafkaEventSink;
import io.fleetline.ingest.metrics.IngestMetrics;
import io.fleetline.ingest.presence.ConnectedDevices;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.DeviceSecret;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.session.CurrentLimits;
import io.fleetline.ingest.session.SessionLimits;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.ingest.telemetry.IntakeBudget;
import io.fleetline.ingest.telemetry.RoundQueue;
import io.fleetline.ingest.telemetry.TelemetryIntake;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.ingest.time.SystemTime;
import io.fleetline.ingest.time.Timers;
import io.fleetline.protocol.DeviceId;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** One life of a node, with the real sessions, intake and sink, from its start to its end. It can be stopped and go on (SIGSTOP). */
final class NodeProcess implements NodeTime, Timers {
    /** Counts nothing, as nothing is registered to count for. */
    private static final IngestMetrics METRICS = new IngestMetrics(new CompositeMeterRegistry());

    /** One for all: it is never asked, and each has a client of its own. */
    private static final IssuerKeys NO_ISSUERS =
            new IssuerKeys(SystemTime.INSTANCE, Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** What every device of these histories was let in for. */
    private static final DeviceSecret SECRET =
            DeviceSecret.always(NewSecret.generate(new SecureRandom()).hash());

    private final DeviceRegistry registry = new DeviceRegistry();
    private final World world;
    private final String name;
    private final long skewMillis;
    private final ModelProducer producer;
    private final SessionServices services;
    private final List<NodeEnd> ends = new ArrayList<>();
    private final Queue<Runnable> stopped = new ArrayDeque<>();
    private boolean alive = true;
    private boolean frozen;

    NodeProcess(World world, int number, long skewMillis) {
        this.world = world;
        this.name = "node " + number;
        this.skewMillis = skewMillis;
        this.producer = new ModelProducer(world, this);
        SessionLimits limits = limits(world);
        KafkaEventSink sink = new KafkaEventSink(List.of(producer), this, KafkaConfig.DEFAULTS);
        CommandDispatcher commands = new CommandDispatcher(this, (device, id, state) -> {}, 1);
        commands.caughtUp();
        this.services = new SessionServices(
                new CurrentLimits(limits, registry),
                this,
                this,
                task -> after(world.random.nextInt(4) == 0 ? world.delay() : 0, task),
                world.random,
                new TelemetryIntake(
                        this,
                        sink,
                        List.of(new RoundQueue(task -> after(world.random.nextInt(4) == 0 ? world.delay() : 0, task)))),
                new IntakeBudget(world.calm || world.random.nextInt(3) > 0 ? 1 << 20 : 2_500),
                new ConnectedDevices(this, number),
                commands,
                new Authenticator(registry, this, "fleetline", NO_ISSUERS, NewDevices.NONE),
                new Enrolment(registry, NodeProcess::noStore, this, new SecureRandom()),
                new RefusedAttempts(this),
                METRICS);
        world.tell(
                name,
                () -> "starts, with a window of " + limits.windowItems() + ", items of at most " + limits.maxItemBytes()
                        + " bytes");
    }

    /** The handshake lets this device in. */
    Verdict.Accepted admit(DeviceId device) {
        registry.put(device, new RegisteredDevice(false, List.of(SECRET)));
        return new Verdict.Accepted(device, 0, new Grant.Own(SECRET, 0));
    }

    private static RegistryStore noStore() {
        throw new IllegalStateException("nobody enrols in these histories");
    }

    private static SessionLimits limits(World world) {
        int maxItemBytes = 1_000;
        if (world.has(Scenario.Trouble.REJECTS) && !world.calm) {
            maxItemBytes = 64 + world.random.nextInt(120);
        }
        return new SessionLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(world.calm ? 20 : 2 + world.random.nextInt(20)),
                4_096,
                maxItemBytes,
                world.calm ? 8 : 1 + world.random.nextInt(8),
                world.random.nextBoolean() ? 1_000 : 8_000,
                0,
                100,
                0,
                10_000,
                Duration.ofMillis(world.random.nextInt(800)),
                Duration.ofMillis(1 + world.random.nextInt(300)),
                Duration.ofSeconds(2),
                SessionLimits.Control.DEFAULTS,
                SessionLimits.Tenants.DEFAULTS);
    }

    String name() {
        return name;
    }

    SessionServices services() {
        return services;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isIdle() {
        return producer.isIdle();
    }

    World world() {
        return world;
    }

    void connected(NodeEnd end) {
        ends.add(end);
    }

    void ended(NodeEnd end) {
        ends.remove(end);
    }

    List<NodeEnd> ends() {
        return List.copyOf(ends);
    }

    @Override
    public long unixMillis() {
        return world.time.unixMillis() + skewMillis;
    }

    @Override
    public long nanos() {
        return world.time.nanos() + 5_000_000_000L;
    }

    /** Does something, unless the process is dead; when it goes on, if it is stopped. */
    void run(Runnable task) {
        if (alive && frozen) {
            stopped.add(task);
        } else if (alive) {
            task.run();
        }
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        boolean[] cancelled = new boolean[1];
        world.time.after(
                Math.max(0, delayNanos),
                () -> run(() -> {
                    if (!cancelled[0]) {
                        task.run();
                    }
                }));
        return () -> cancelled[0] = true;
    }

    /** Stops for a while, as by SIGSTOP. */
    void freeze(long nanos) {
        frozen = true;
        world.time.after(nanos, this::thaw);
    }

    void thaw() {
        if (frozen) {
            frozen = false;
            world.tell(name, () -> "goes on");
            // What comes of this comes behind it.
            for (int left = stopped.size(); left > 0; left--) {
                Runnable task = stopped.remove();
                world.time.soon(() -> run(task));
            }
        }
    }

    /** The end, without a word; peers hear of it at once or, if the machine is gone with it, not at all. */
    void die(boolean withItsMachine) {
        alive = false;
        stopped.clear();
        producer.die();
        for (NodeEnd end : ends()) {
            end.lost(withItsMachine);
        }
    }
}
