package io.fleetline.ingest.session;

import io.fleetline.ingest.command.CommandDispatcher;
import io.fleetline.ingest.identity.Authenticator;
import io.fleetline.ingest.identity.Enrolment;
import io.fleetline.ingest.identity.Grant;
import io.fleetline.ingest.identity.IssuerKeys;
import io.fleetline.ingest.identity.NewDevices;
import io.fleetline.ingest.identity.RefusedAttempts;
import io.fleetline.ingest.identity.Verdict;
import io.fleetline.ingest.metrics.IngestMetrics;
import io.fleetline.ingest.presence.ConnectedDevices;
import io.fleetline.ingest.registry.DeviceCredential;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.telemetry.IntakeBudget;
import io.fleetline.ingest.telemetry.RoundQueue;
import io.fleetline.ingest.telemetry.TelemetryIntake;
import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;

/** Everything around sessions, on time that stands still and with threads that run when they are told to. */
final class SessionFixture {
    static final DeviceId PUMP = new DeviceId("acme", "pump");
    static final long STORE = 11;
    static final long RUN = 22;
    static final long ORDER = 33;

    final ManualTime time = new ManualTime();
    final FakeSink sink = new FakeSink();
    final List<String> updates = new ArrayList<>();
    final DeviceRegistry registry = new DeviceRegistry();
    final ConnectedDevices devices = new ConnectedDevices(time, 5);
    final CommandDispatcher commands =
            new CommandDispatcher(time, (device, id, state) -> updates.add(device + " " + id + " " + state), 3);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final IntakeBudget budget;
    final SessionServices services;
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    SessionFixture() {
        this(SessionLimits.DEFAULTS.withoutRates(), 10_000_000);
    }

    SessionFixture(SessionLimits limits, long budgetBytes) {
        budget = new IntakeBudget(budgetBytes);
        services = new SessionServices(
                new CurrentLimits(limits, registry),
                time,
                time,
                tasks::add,
                new Random(1),
                new TelemetryIntake(time, sink, List.of(new RoundQueue(tasks::add))),
                budget,
                devices,
                commands,
                new Authenticator(
                        registry,
                        time,
                        "fleetline",
                        new IssuerKeys(time, Duration.ofSeconds(1), Duration.ofMinutes(1)),
                        NewDevices.NONE),
                new Enrolment(
                        registry,
                        () -> {
                            throw new IllegalStateException("sessions change no registry");
                        },
                        time,
                        new SecureRandom()),
                new RefusedAttempts(time),
                new IngestMetrics(meters));
        commands.caughtUp();
    }

    /** Runs what waits for a thread. */
    void runTasks() {
        Runnable task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
    }

    Device connect() {
        return connect(PUMP);
    }

    Device connect(DeviceId id) {
        return new Device(id);
    }

    /** A connected device that has had its welcome. */
    Device welcomed() {
        Device device = connect();
        device.hello(0);
        device.peer.expect(ServerFrame.Welcome.class);
        return device;
    }

    static Item.Event event(int number) {
        return event(BodyCodec.encode(Map.of("n", number)));
    }

    static Item.Event event(Payload body) {
        return new Item.Event("env/temperature", 1, body, Attributes.NONE);
    }

    static Item[] events(int from, int to) {
        Item[] events = new Item[to - from + 1];
        for (int i = 0; i < events.length; i++) {
            events[i] = event(from + i);
        }
        return events;
    }

    /** One device's end of a connection. */
    final class Device {
        final FakePeer peer = new FakePeer();
        final DeviceSession session;

        Device(DeviceId id) {
            if (registry.find(id).isEmpty()) {
                registry.put(
                        id,
                        RegisteredDevice.withSecret(
                                NewSecret.generate(new SecureRandom()).hash()));
            }
            DeviceCredential credential =
                    registry.find(id).orElseThrow().credentials().get(0);
            session = new DeviceSession(
                    new Verdict.Accepted(id, credential.validity().untilMillis(), new Grant.Own(credential, 0)),
                    peer,
                    services);
            session.begin();
        }

        void send(DeviceFrame frame) {
            peer.deliver();
            session.frame(frame, FrameEncoder.encode(frame).length);
        }

        void hello(long last) {
            send(new DeviceFrame.Hello(last, Payload.NULL));
        }

        void open(Lane lane, long next, long acked) {
            open(lane, RUN, ORDER, 1, next, acked);
        }

        void open(Lane lane, long run, long order, long first, long next, long acked) {
            send(new DeviceFrame.Open(lane, STORE, run, order, first, next, acked, OptionalLong.empty()));
        }

        void publish(Lane lane, long from, long acked, Item... items) {
            send(new DeviceFrame.Publish(lane, from, acked, List.of(items)));
        }

        void heartbeat(long token) {
            send(new DeviceFrame.Heartbeat(token));
        }

        /** Kafka answers for everything, and the rounds are taken. */
        void stored() {
            sink.storeAll();
            runTasks();
        }

        /** Time passes, and the device keeps giving signs of life meanwhile. */
        void live(Duration duration, Duration each) {
            for (Duration passed = Duration.ZERO; passed.compareTo(duration) < 0; passed = passed.plus(each)) {
                time.pass(each);
                heartbeat(1);
                peer.expect(ServerFrame.HeartbeatAck.class);
            }
        }
    }
}
