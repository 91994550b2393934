package io.fleetline.ingest.session;

import io.fleetline.ingest.command.CommandDispatcher;
import io.fleetline.ingest.identity.Grant;
import io.fleetline.ingest.identity.Verdict;
import io.fleetline.ingest.presence.ConnectedDevices;
import io.fleetline.ingest.telemetry.IntakeBudget;
import io.fleetline.ingest.time.Rate;
import io.fleetline.ingest.time.Timers;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ServerFrame;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One connected device, from the upgrade to the end of the connection: which frames are legal now, and what follows from
 * them.
 *
 * <p>The peer hands over one frame at a time, and the next one only when this session has asked for it. Rounds of the lanes,
 * commands, the timer and a newer connection come on other threads; where they meet the frames, the phase is what decides,
 * under {@link #lock}.
 */
public final class DeviceSession
        implements ConnectedDevices.Connection, CommandDispatcher.Recipient, IntakeBudget.Waiter {
    /**
     * Where a session stands.
     *
     * <pre>
     * AWAITING_HELLO ── hello ──▶ SERVING
     *        │                       │
     *        │   no hello in time,   │   a violation, silence, a newer connection,
     *        │   a violation         │   the node stops
     *        ├───────────────────────┤
     *        │   the peer is gone    │   the peer is gone
     *        ▼                       ▼
     *      OVER                    OVER
     * </pre>
     */
    public enum Phase {
        /** Identity is known since before the upgrade; nothing but {@code hello} is legal. */
        AWAITING_HELLO,
        /** The connection has its number; everything but {@code hello} is legal. */
        SERVING,
        /** Nothing is legal any more, and nothing is answered. */
        OVER
    }

    private static final int MISSED_HEARTBEATS = 3;

    /** A new credential may lie unread while the node holds back reading: its end waits for so long. */
    private static final Duration EXPIRY_WAITS = Duration.ofMinutes(5);

    private static final Duration EXPIRY_CHECK = Duration.ofSeconds(1);
    /** Further than timers count: a credential of a hundred years is looked at again in a week. */
    private static final Duration LONGEST_TIMER = Duration.ofDays(7);

    private final DeviceId device;
    private final DevicePeer peer;
    private final SessionServices services;
    private final SessionLimits limits;
    private final Reading reading;
    private final DeviceLanes lanes;
    private final FrameHandler handler = new FrameHandler();
    private final Rate signsOfLife;
    private final Rate opens;
    private final Rate reauthentications;

    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private Phase phase = Phase.AWAITING_HELLO;
    /** What {@code welcome} said; 0 before. Guarded by {@link #lock}. */
    private long number;
    /** Guarded by {@link #lock}. */
    private Timers.Timer timer = Timers.Timer.NONE;
    /** What the device was let in for, or what it reauthenticated with. Guarded by {@link #lock}. */
    private Grant grant;
    /** When that ends, Unix time in ms; 0 for never. Guarded by {@link #lock}. */
    private long expiresMillis;
    /** Guarded by {@link #lock}. */
    private Timers.Timer expiryTimer = Timers.Timer.NONE;
    /** A publish frame that waits for the node's budget. Guarded by {@link #lock}. */
    private @Nullable Parked parked;

    private record Parked(DeviceFrame.Publish frame, int bytes) {}

    /** A session over this peer of the device that was let in. */
    public DeviceSession(Verdict.Accepted accepted, DevicePeer peer, SessionServices services) {
        this.device = accepted.device();
        this.grant = accepted.grant();
        this.expiresMillis = accepted.expiresMillis();
        this.peer = peer;
        this.services = services;
        this.limits = services.limits().of(device.tenant());
        SessionLimits.Control control = limits.control();
        this.signsOfLife = new Rate(control.signsOfLifePerSecond(), control.burstSignsOfLife());
        this.opens = new Rate(control.opensPerSecond(), control.burstOpens());
        this.reauthentications = new Rate(control.reauthenticationsPerSecond(), control.reauthenticationsPerSecond());
        this.reading = new Reading(services.time(), services.timers(), peer, limits);
        this.lanes = new DeviceLanes(device, peer, limits, services, reading);
    }

    // ---- what the peer says

    /** The connection is up: the first message is asked for, and has to come soon. */
    public void begin() {
        arm(limits.helloTimeout(), this::helloIsOverdue);
        armExpiry();
        reading.begin();
    }

    /**
     * A frame came. Returns soon; the next message is asked for when this frame is dealt with.
     *
     * @param frameBytes how many bytes it had on the wire
     */
    public void frame(DeviceFrame frame, int frameBytes) {
        reading.came();
        if (phase() == Phase.OVER) {
            return;
        }
        try {
            handler.frameBytes = frameBytes;
            if (frame.deliverTo(handler)) {
                reading.done();
            }
        } catch (Violation violation) {
            close(violation.reason(), violation.text());
        }
    }

    /**
     * A WebSocket ping came; it costs an answer, so there may not be many.
     *
     * @return whether to answer it
     */
    public boolean ping() {
        if (signsOfLife.spend(1, services.time().nanos()) > 0) {
            close(CloseReason.FLOOD, "more than " + limits.control().signsOfLifePerSecond() + " pings a second");
            return false;
        }
        return phase() != Phase.OVER;
    }

    /** What came cannot be read, or is more than this node takes. */
    public void violation(CloseReason reason, String text) {
        close(reason, text);
    }

    /** The connection is gone, whoever ended it. */
    public void gone() {
        if (finish()) {
            services.metrics().left();
        }
    }

    // ---- what the rest of the node says

    @Override
    public void takenOver(long winner) {
        close(CloseReason.TAKEN_OVER, Long.toString(winner));
    }

    @Override
    public void registryChanged() {
        Grant held;
        synchronized (lock) {
            held = grant;
        }
        OptionalLong until = services.authenticator().recheck(device, held);
        synchronized (lock) {
            if (grant != held) {
                return; // reauthenticated meanwhile, which checks by itself
            }
            expiresMillis = until.orElse(expiresMillis);
        }
        if (until.isEmpty()) {
            close(CloseReason.REVOKED, "the credential was revoked, or the device disabled or removed");
        } else {
            armExpiry();
        }
    }

    @Override
    public boolean deliver(ServerFrame.Command command) {
        if (phase() != Phase.SERVING) {
            return false;
        }
        services.metrics().commandSent();
        peer.send(command);
        return true;
    }

    /** Asks the device to leave, at a moment of its choice within this time. */
    public void drain(Duration window, String reason) {
        if (phase() == Phase.SERVING) {
            peer.send(new ServerFrame.Drain(window.toMillis(), reason));
        }
    }

    /** Ends the connection. */
    public void close(CloseReason reason, String text) {
        if (finish()) {
            services.metrics().closed(reason);
            peer.close(reason, text);
        }
    }

    @Override
    public void roomTaken() {
        services.executor().execute(this::unpark);
    }

    /** What this connection may do. */
    public SessionLimits limits() {
        return limits;
    }

    /** Which device it is. */
    public DeviceId device() {
        return device;
    }

    /** Where the session stands. */
    public Phase phase() {
        synchronized (lock) {
            return phase;
        }
    }

    // ---- frames

    /** Each answers whether the frame is dealt with. */
    private final class FrameHandler implements DeviceFrame.Handler<Boolean> {
        int frameBytes;

        @Override
        public Boolean onHello(DeviceFrame.Hello hello) {
            welcome(hello);
            return true;
        }

        @Override
        public Boolean onOpen(DeviceFrame.Open open) {
            requireServing("open");
            if (opens.spend(1, services.time().nanos()) > 0) {
                throw Violation.flood("more than " + limits.control().opensPerSecond() + " opens a second");
            }
            lanes.open(open);
            return true;
        }

        @Override
        public Boolean onPublish(DeviceFrame.Publish publish) {
            requireServing("publish");
            if (!lanes.isWanted(publish)) {
                return true;
            }
            return publishOrPark(publish, frameBytes);
        }

        @Override
        public Boolean onHeartbeat(DeviceFrame.Heartbeat heartbeat) {
            requireServing("heartbeat");
            if (signsOfLife.spend(1, services.time().nanos()) > 0) {
                throw Violation.flood("more than " + limits.control().signsOfLifePerSecond() + " heartbeats a second");
            }
            answerHeartbeat(heartbeat.token());
            return true;
        }

        @Override
        public Boolean onReauthenticate(DeviceFrame.Reauthenticate reauthenticate) {
            requireServing("reauthenticate");
            if (reauthentications.spend(1, services.time().nanos()) > 0) {
                throw Violation.flood(
                        "more than " + limits.control().reauthenticationsPerSecond() + " reauthenticate a second");
            }
            reauthenticate(reauthenticate.credential());
            return true;
        }
    }

    private void requireServing(String frame) {
        if (phase() == Phase.AWAITING_HELLO) {
            throw Violation.ofProtocol(frame + " before hello");
        }
    }

    private void welcome(DeviceFrame.Hello hello) {
        if (phase() == Phase.SERVING) {
            throw Violation.ofProtocol("a second hello");
        }
        if (!services.devices().isPlausible(hello.last())) {
            throw Violation.ofProtocol("last " + hello.last() + " is more than a day ahead of this node's clock");
        }
        long given = services.devices().arrive(device, hello.last(), this);
        synchronized (lock) {
            number = given;
            if (phase != Phase.OVER) {
                phase = Phase.SERVING;
            }
        }
        if (phase() == Phase.OVER) {
            forget(given); // it ended while the number was given, and found nothing to forget yet
            return;
        }
        services.metrics().opened();
        arm(heartbeatCheck(), this::checkSignsOfLife);
        peer.send(new ServerFrame.Welcome(
                given,
                services.time().unixMillis(),
                limits.heartbeat().toMillis(),
                limits.maxFrameBytes(),
                limits.maxItemBytes(),
                limits.windowItems(),
                limits.windowBytes(),
                limits.eventsPerSecond(),
                limits.bytesPerSecond(),
                limits.reconnectWindow().toMillis()));
        services.commands().connected(device, this);
        registryChanged(); // of what changed between the handshake and this moment nobody told this session
        if (phase() == Phase.OVER) {
            forget(given);
        }
    }

    private boolean publishOrPark(DeviceFrame.Publish publish, int frameBytes) {
        synchronized (lock) {
            if (phase == Phase.OVER) {
                return true;
            }
            if (!services.budget().take(DeviceLanes.cost(publish, frameBytes), this)) {
                parked = new Parked(publish, frameBytes);
                return false;
            }
        }
        lanes.publish(publish, frameBytes);
        return true;
    }

    /** The budget let the parked frame in. */
    private void unpark() {
        Parked waited;
        synchronized (lock) {
            waited = parked;
            parked = null;
        }
        if (waited == null) {
            return;
        }
        try {
            lanes.publish(waited.frame(), waited.bytes());
            reading.done();
        } catch (Violation violation) {
            close(violation.reason(), violation.text());
        }
    }

    private void reauthenticate(String credential) {
        synchronized (lock) {
            if (grant instanceof Grant.Certified) {
                throw Violation.ofProtocol("reauthenticate after a client certificate");
            }
        }
        Verdict verdict = services.authenticator().authenticate(credential);
        if (verdict instanceof Verdict.Accepted accepted) {
            if (!accepted.device().equals(device)) {
                throw new Violation(CloseReason.REVOKED, "reauthenticate as another device");
            }
            hold(accepted.grant(), accepted.expiresMillis());
            registryChanged(); // as after the welcome
            if (phase() != Phase.OVER) {
                peer.send(new ServerFrame.Reauthenticated(accepted.expiresMillis()));
            }
        } else if (((Verdict.Refused) verdict).reason() == Verdict.Reason.DISABLED) {
            throw new Violation(CloseReason.REVOKED, "the device is disabled");
        } else {
            throw new Violation(CloseReason.CREDENTIAL_EXPIRED, "the new credential is not accepted");
        }
    }

    // ---- time

    private void helloIsOverdue() {
        if (phase() == Phase.AWAITING_HELLO) {
            close(
                    CloseReason.TIMED_OUT,
                    "no hello within " + limits.helloTimeout().toMillis() + " ms");
        }
    }

    /** Twice per heartbeat: a device that is not read cannot be heard, and wants to know that its node lives. */
    private void checkSignsOfLife() {
        if (phase() != Phase.SERVING) {
            return;
        }
        long most = MISSED_HEARTBEATS * limits.heartbeat().toNanos();
        if (reading.isHeldBack()) {
            answerHeartbeat(0);
        } else if (reading.silenceNanos() > most) {
            close(
                    CloseReason.TIMED_OUT,
                    "nothing heard for " + limits.heartbeat().multipliedBy(MISSED_HEARTBEATS));
            return;
        }
        arm(heartbeatCheck(), this::checkSignsOfLife);
    }

    /** The device may stay for this, and until then. */
    private void hold(Grant held, long untilMillis) {
        synchronized (lock) {
            grant = held;
            expiresMillis = untilMillis;
        }
        armExpiry();
    }

    private void armExpiry() {
        synchronized (lock) {
            expiryTimer.cancel();
            expiryTimer = Timers.Timer.NONE;
            if (expiresMillis != 0 && phase != Phase.OVER) {
                Duration left = Duration.ofMillis(
                        Math.max(0, expiresMillis - services.time().unixMillis()));
                Duration delay = left.compareTo(LONGEST_TIMER) < 0 ? left : LONGEST_TIMER;
                expiryTimer = services.timers().after(delay.toNanos(), this::checkExpiry);
            }
        }
    }

    private void checkExpiry() {
        long overMillis;
        synchronized (lock) {
            if (expiresMillis == 0 || phase == Phase.OVER) {
                return;
            }
            overMillis = services.time().unixMillis() - expiresMillis;
            if (overMillis >= 0 && overMillis < EXPIRY_WAITS.toMillis() && reading.isHeldBack()) {
                expiryTimer = services.timers().after(EXPIRY_CHECK.toNanos(), this::checkExpiry);
                return;
            }
        }
        if (overMillis >= 0) {
            close(CloseReason.CREDENTIAL_EXPIRED, "the credential's time is over");
        } else {
            armExpiry();
        }
    }

    private Duration heartbeatCheck() {
        return limits.heartbeat().dividedBy(2);
    }

    private void answerHeartbeat(long token) {
        peer.send(new ServerFrame.HeartbeatAck(
                token, services.time().unixMillis(), limits.reconnectWindow().toMillis()));
    }

    private void arm(Duration delay, Runnable task) {
        synchronized (lock) {
            timer.cancel();
            timer = phase == Phase.OVER ? Timers.Timer.NONE : services.timers().after(delay.toNanos(), task);
        }
    }

    // ---- the end

    /** @return whether this was the end; the session may have ended before */
    private boolean finish() {
        long given;
        Parked waited;
        synchronized (lock) {
            if (phase == Phase.OVER) {
                return false;
            }
            phase = Phase.OVER;
            given = number;
            timer.cancel();
            expiryTimer.cancel();
            waited = parked;
            if (waited != null && services.budget().leaveLine(this)) {
                parked = null; // otherwise its room is taken, and whoever unparks it gives that back
            }
        }
        reading.end();
        lanes.end();
        forget(given);
        return true;
    }

    private void forget(long given) {
        services.commands().disconnected(device, this);
        services.devices().leave(device, given);
    }

    @Override
    public String toString() {
        return device + " (" + phase() + "; " + reading + ")";
    }
}
