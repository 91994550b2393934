package io.fleetline.ingest.session;

import io.fleetline.ingest.metrics.IngestMetrics;
import io.fleetline.ingest.telemetry.AckWindow;
import io.fleetline.ingest.telemetry.IntakeBudget;
import io.fleetline.ingest.telemetry.LaneSession;
import io.fleetline.ingest.telemetry.Refusal;
import io.fleetline.ingest.telemetry.TelemetryIntake;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The four lanes of one connection: which lane sessions may begin, go on and end, and what is said of them to the device.
 *
 * <p>{@link #open} and {@link #publish} belong to the thread that reads the connection, {@link #settle} to the rounds.
 */
final class DeviceLanes implements LaneSession.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceLanes.class);
    /** Rewinds in a row after which the wait grows no more; keeps the shift within a long. */
    private static final int MAX_DOUBLINGS = 20;

    private final DeviceId device;
    private final DevicePeer peer;
    private final SessionLimits limits;
    private final CurrentLimits nodeLimits;
    private final NodeTime time;
    private final RandomGenerator random;
    private final TelemetryIntake intake;
    private final IntakeBudget budget;
    private final Reading reading;
    private final IngestMetrics metrics;

    private OptionalLong store = OptionalLong.empty();
    /** Of each lane the newest. Written by the reading thread, under its own lock, as the end comes from any thread. */
    private final Map<Lane, LaneSession> sessions = new EnumMap<>(Lane.class);
    /** Guarded by {@link #sessions}. */
    private boolean ended;

    /** Rewinds of each lane since its last ack. Used by rounds only, of which there is one at a time. */
    private final int[] rewindsInARow = new int[Lane.values().length];

    DeviceLanes(DeviceId device, DevicePeer peer, SessionLimits limits, SessionServices services, Reading reading) {
        this.device = device;
        this.peer = peer;
        this.limits = limits;
        this.nodeLimits = services.limits();
        this.time = services.time();
        this.random = services.random();
        this.intake = services.intake();
        this.budget = services.budget();
        this.metrics = services.metrics();
        this.reading = reading;
    }

    /** A lane begins, goes on with the next run, or is left alone. */
    void open(DeviceFrame.Open open) {
        if (store.isPresent() && store.getAsLong() != open.store()) {
            throw Violation.ofProtocol(
                    "a connection has one store: open names " + open.store() + " after " + store.getAsLong());
        }
        store = OptionalLong.of(open.store());
        LaneSession session = sessions.get(open.lane());
        if (session != null && session.window().phase() == AckWindow.Phase.LIVE) {
            goOn(session, open);
        } else if (open.next() == open.acked() + 1) {
            if (session != null) {
                session.window().abandon();
            }
            begin(open);
        } else if (session == null) {
            throw Violation.ofProtocol("the first open of lane " + open.lane().number() + " has next " + open.next()
                    + ", not one past acked " + open.acked());
        }
        // Otherwise it was under way when the lane session ended, and goes the way of all that came with it.
    }

    private void begin(DeviceFrame.Open open) {
        LaneSession session = intake.begin(device, open, this);
        synchronized (sessions) {
            if (ended) {
                session.window().abandon();
            }
            sessions.put(open.lane(), session);
        }
    }

    private static void goOn(LaneSession session, DeviceFrame.Open open) {
        int lane = open.lane().number();
        if (open.next() != session.next()) {
            throw Violation.ofProtocol(
                    "open of lane " + lane + " has next " + open.next() + ", expected " + session.next());
        }
        if (open.order() <= session.run().order()) {
            throw Violation.ofProtocol("open of lane " + lane + " has order " + open.order() + ", not above "
                    + session.run().order());
        }
        checkAcked(session, open.acked());
        session.continueWith(open);
    }

    /** Whether items of this frame are wanted. If not, its lane session is over, and the frame was under way. */
    boolean isWanted(DeviceFrame.Publish frame) {
        LaneSession session = sessions.get(frame.lane());
        if (session == null) {
            throw Violation.ofProtocol("publish on lane " + frame.lane().number() + ", which is not open");
        }
        return session.window().phase() == AckWindow.Phase.LIVE;
    }

    /** What a frame takes of the node's budget. */
    static long cost(DeviceFrame.Publish frame, int frameBytes) {
        return IntakeBudget.cost(frame.items().size(), frameBytes);
    }

    /** Items come, for which the budget is taken. */
    void publish(DeviceFrame.Publish frame, int frameBytes) {
        TelemetryIntake.Taken taken = new TelemetryIntake.Taken(0, 0, null);
        try {
            if (isWanted(frame)) {
                LaneSession session = session(frame.lane());
                if (frame.from() != session.next()) {
                    throw Violation.ofProtocol("publish on lane " + frame.lane().number() + " begins at " + frame.from()
                            + ", expected " + session.next());
                }
                checkAcked(session, frame.acked());
                taken = accept(session, frame, frameBytes);
            }
        } finally {
            budget.giveBack(cost(frame, frameBytes) - IntakeBudget.cost(taken.items(), taken.bytes()));
        }
    }

    private TelemetryIntake.Taken accept(LaneSession session, DeviceFrame.Publish frame, int frameBytes) {
        metrics.received(frame.items().size(), frameBytes);
        TelemetryIntake.Taken taken = intake.accept(session, frame, limits.maxItemBytes());
        long tenantWaits = nodeLimits.spend(device.tenant(), taken.items(), frameBytes, time.nanos());
        reading.taken(taken.items(), taken.bytes(), frameBytes, tenantWaits);
        if (taken.refusal() != null) {
            metrics.rejected(taken.refusal().code());
        }
        return taken;
    }

    /** The connection is over: what is still under way is stored or not, and nobody is told. */
    void end() {
        synchronized (sessions) {
            ended = true;
            sessions.values().forEach(session -> session.window().abandon());
        }
    }

    @Override
    public void settle(LaneSession session) {
        AckWindow.Round round = session.window().takeRound();
        budget.giveBack(IntakeBudget.cost(round.freedItems(), round.freedBytes()));
        Lane lane = session.lane();
        if (round.ackUpTo() > 0) {
            rewindsInARow[lane.number()] = 0;
            metrics.acknowledged(round.items(), time.nanos() - round.admittedNanos());
            peer.send(new ServerFrame.Ack(
                    lane, round.ackUpTo(), Optional.of(new ServerFrame.StoredAt(round.partition(), round.offset()))));
        }
        switch (round.ending()) {
            case NONE -> {}
            case REWIND -> rewind(session);
            case REJECT -> reject(session);
        }
        reading.freed(round.freedItems(), round.freedBytes());
    }

    private void rewind(LaneSession session) {
        long from = session.window().ackedUpTo() + 1;
        int before = Math.min(rewindsInARow[session.lane().number()]++, MAX_DOUBLINGS);
        long most = Math.min(
                limits.rewindDelay().toMillis() << before,
                limits.maxRewindDelay().toMillis());
        // Half of it by chance: Kafka's troubles come to all lanes of a node at once.
        long after = most / 2 + random.nextLong(most / 2 + 1);
        metrics.rewound();
        LOG.info(
                "lane {} of {} is rewound to {}, to be opened again after {} ms: {}",
                session.lane().number(),
                device,
                from,
                after,
                session.window().trouble());
        peer.send(new ServerFrame.Rewind(session.lane(), from, after));
    }

    private void reject(LaneSession session) {
        Refusal refusal = session.window().refusal();
        peer.send(new ServerFrame.Reject(
                session.lane(), session.window().refusedSeq(), refusal.code(), refusal.message()));
    }

    private LaneSession session(Lane lane) {
        return Objects.requireNonNull(sessions.get(lane));
    }

    private static void checkAcked(LaneSession session, long acked) {
        if (acked < session.acked()) {
            throw Violation.ofProtocol(
                    "acked of lane " + session.lane().number() + " fell from " + session.acked() + " to " + acked);
        }
    }
}
