package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.ServerFrame.Welcome;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides all that has to do with one device's connection. Pure but for the outbox, which it reads: whoever drives it
 * tells it what happens and when ({@link #on}), does what it answers, and sends what it hands out ({@link #nextFrame}).
 */
final class ConnectionMachine {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionMachine.class);

    /** How long the end of a link is waited for after hanging up. */
    static final Duration HANG_UP_TIMEOUT = Duration.ofSeconds(2);

    /** How long acknowledgements are waited for before leaving a node that drains. */
    static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

    private static final long NEVER = Long.MAX_VALUE;

    private final ConnectionSettings settings;
    private final Outbox<?> outbox;
    private final BooleanSupplier nothingLeft;
    private final RandomGenerator chance;
    private final Counters counters;
    private final Quarantine quarantine = new Quarantine();
    private final Attempts attempts;
    private final ConnectionNumbers numbers = new ConnectionNumbers();

    private Phase phase = Phase.CREATED;
    private Status status;
    private long phaseDeadlineNanos = NEVER;
    private long closeDeadlineNanos = NEVER;
    private boolean closing;
    private long windowNanos = -1;
    private int maxItemBytes = ProtocolLimits.DEFAULT_MAX_ITEM_BYTES;

    // Of the current link.
    private boolean helloSent;
    private long helloSentNanos;
    private long proofEndsAtNanos = NEVER;
    private @Nullable LiveConnection connected;
    private Optional<Ending> ownEnding = Optional.empty();

    private List<Action> actions = new ArrayList<>();

    /** @param nothingLeft whether a client that is being closed has nothing to wait for any more */
    ConnectionMachine(
            ConnectionSettings settings,
            Outbox<?> outbox,
            BooleanSupplier nothingLeft,
            RandomGenerator chance,
            Counters counters) {
        this.settings = settings;
        this.outbox = outbox;
        this.nothingLeft = nothingLeft;
        this.chance = chance;
        this.counters = counters;
        this.attempts = new Attempts(settings, chance);
        this.status = describe();
    }

    /** Takes in what happens. Returns what is to be done about it, in order. */
    List<Action> on(Input input, long nowNanos) {
        if (input instanceof Input.Close close) {
            closing = true;
            closeDeadlineNanos = Math.min(closeDeadlineNanos, close.deadlineNanos());
        }
        switch (phase) {
            case CREATED -> created(input, nowNanos);
            case WAITING -> waiting(nowNanos);
            case PREPARING -> preparing(input, nowNanos);
            case DIALLING -> dialling(input, nowNanos);
            case GREETING -> greeting(input, nowNanos);
            case CONNECTED -> connected(input, live(), nowNanos);
            case LEAVING -> leaving(input, live(), nowNanos);
            case ENDING -> ending(input, nowNanos);
            case CLOSED -> {
                // Nothing happens after the end.
            }
        }
        status = describe();
        List<Action> decided = actions;
        actions = decided.isEmpty() ? decided : new ArrayList<>();
        return decided;
    }

    /** The next frame to send, if there is one now. To be asked until there is none, after each {@link #on}. */
    Optional<byte[]> nextFrame(long nowNanos) {
        if (phase == Phase.GREETING && !helloSent) {
            helloSent = true;
            helloSentNanos = nowNanos;
            return Optional.of(FrameEncoder.encode(new DeviceFrame.Hello(numbers.last(), settings.client())));
        }
        LiveConnection live = connected;
        boolean up = phase == Phase.CONNECTED || phase == Phase.LEAVING;
        return live == null || !up ? Optional.empty() : live.nextFrame(nowNanos);
    }

    /** The outbox may have more than it had. */
    void moreToSend() {
        if (connected != null) {
            connected.sender().moreToSend();
        }
    }

    /**
     * When {@link #on} is to be told that time has passed, if nothing else happens.
     *
     * @param writable whether something can be sent: else what is due to be sent waits for that, not for a time
     */
    long deadlineNanos(boolean writable) {
        if (phase == Phase.ENDING || phase == Phase.CLOSED) {
            return phaseDeadlineNanos;
        }
        // A node is left for good as fast as for a while, so that leaving knows no other deadline.
        long deadline = phase == Phase.LEAVING ? phaseDeadlineNanos : Math.min(phaseDeadlineNanos, closeDeadlineNanos);
        LiveConnection live = connected;
        return live == null ? deadline : Math.min(deadline, live.deadlineNanos(writable));
    }

    Phase phase() {
        return phase;
    }

    Status status() {
        return status;
    }

    /** The largest item that the last node accepted. */
    int maxItemBytes() {
        return maxItemBytes;
    }

    int inFlightItems() {
        return connected == null ? 0 : connected.sender().inFlightItems();
    }

    long inFlightBytes() {
        return connected == null ? 0 : connected.sender().inFlightBytes();
    }

    private void created(Input input, long nowNanos) {
        if (closing) {
            end(Ending.of(EndCause.CLOSED, "closed before it was started"), nowNanos);
        } else if (input instanceof Input.Start) {
            prepare(false, nowNanos);
        }
    }

    private void waiting(long nowNanos) {
        if (isTimeToClose(nowNanos)) {
            end(Ending.of(EndCause.CLOSED, "closed while not connected"), nowNanos);
        } else if (nowNanos >= phaseDeadlineNanos) {
            prepare(attempts.renewCredential(), nowNanos);
        }
    }

    private void preparing(Input input, long nowNanos) {
        if (input instanceof Input.Granted granted) {
            proofEndsAtNanos = granted.endsAtNanos();
            actions.add(new Action.Dial(attempts.endpoint(), granted.proof()));
            moveTo(Phase.DIALLING, phaseDeadlineNanos);
        } else if (input instanceof Input.NotGranted refused) {
            end(Ending.of(EndCause.NO_CREDENTIAL, "no credential: " + refused.why()), nowNanos);
        } else {
            untilWelcome(input, nowNanos);
        }
    }

    private void dialling(Input input, long nowNanos) {
        if (input instanceof Input.Opened) {
            moveTo(Phase.GREETING, phaseDeadlineNanos);
        } else {
            untilWelcome(input, nowNanos);
        }
    }

    private void greeting(Input input, long nowNanos) {
        if (input instanceof Input.Received received) {
            if (received.frame() instanceof Welcome welcome) {
                welcomed(welcome, nowNanos);
            } else {
                broken(kind(received.frame()) + " before welcome", nowNanos);
            }
        } else {
            untilWelcome(input, nowNanos);
        }
    }

    /** What can end an attempt in either of its phases. */
    private void untilWelcome(Input input, long nowNanos) {
        if (input instanceof Input.Ended ended) {
            end(ended.ending(), nowNanos);
        } else if (isTimeToClose(nowNanos)) {
            abort(Ending.of(EndCause.CLOSED, "closed while connecting"), nowNanos);
        } else if (nowNanos >= phaseDeadlineNanos) {
            Duration timeout = Duration.ofNanos(settings.connectTimeoutNanos());
            abort(
                    phase == Phase.PREPARING
                            ? Ending.of(EndCause.NO_CREDENTIAL, "no credential within " + timeout)
                            : Ending.of(EndCause.UNREACHABLE, "no welcome within " + timeout),
                    nowNanos);
        }
    }

    private void welcomed(Welcome welcome, long nowNanos) {
        if (!numbers.welcomed(welcome)) {
            broken(
                    "connection number " + welcome.connection() + " is not of the time " + welcome.timeMillis(),
                    nowNanos);
            return;
        }
        Limits limits = Limits.of(welcome);
        maxItemBytes = limits.maxItemBytes();
        outbox.onWelcome(welcome.timeMillis(), nowNanos);
        actions.add(new Action.HearTime(welcome.timeMillis(), helloSentNanos));
        counters.roundTrip(nowNanos - helloSentNanos);
        counters.connected();
        connected = new LiveConnection(
                new Sender(outbox, settings.rules(), limits, quarantine, counters, nowNanos),
                new Heartbeats(limits.heartbeatNanos(), chance, nowNanos),
                new Renewal(proofEndsAtNanos, chance, nowNanos),
                welcome,
                counters,
                chance,
                nowNanos);
        moveTo(Phase.CONNECTED, NEVER);
        lookAround(live(), nowNanos);
    }

    private void connected(Input input, LiveConnection live, long nowNanos) {
        if (input instanceof Input.Ended ended) {
            end(ended.ending(), nowNanos);
            return;
        }
        if (input instanceof Input.Received received) {
            received(received.frame(), live, nowNanos);
        } else if (input instanceof Input.Granted granted) {
            live.renewal().granted(granted.proof(), granted.endsAtNanos());
        } else if (input instanceof Input.NotGranted refused) {
            LOG.warn("{}: no new credential, going on with the old one: {}", settings.device(), refused.why());
            live.renewal().failed(nowNanos);
        }
        if (phase == Phase.CONNECTED) {
            lookAround(live, nowNanos);
        }
    }

    /** What the machine sees for itself once it is connected. */
    private void lookAround(LiveConnection live, long nowNanos) {
        if (live.isDead(nowNanos)) {
            abort(Ending.of(EndCause.SILENT, "the node was silent for two heartbeats"), nowNanos);
        } else if (isTimeToClose(nowNanos)) {
            hangUp(CloseReason.NORMAL, "", Ending.of(EndCause.CLOSED, "closed"), nowNanos);
        } else if (live.isTimeToLeave(nowNanos)) {
            live.leave();
            moveTo(Phase.LEAVING, nowNanos + LEAVE_TIMEOUT.toNanos());
            leave(live, nowNanos);
        } else if (live.renewal().due(nowNanos)) {
            live.renewal().fetching();
            actions.add(new Action.Obtain(true));
        }
    }

    private void leaving(Input input, LiveConnection live, long nowNanos) {
        if (input instanceof Input.Ended ended) {
            end(ended.ending(), nowNanos);
            return;
        }
        if (input instanceof Input.Received received) {
            received(received.frame(), live, nowNanos);
        }
        if (phase == Phase.LEAVING) {
            leave(live, nowNanos);
        }
    }

    private void leave(LiveConnection live, long nowNanos) {
        if (live.sender().inFlightItems() == 0 || nowNanos >= phaseDeadlineNanos || live.isDead(nowNanos)) {
            Ending drained = Ending.of(EndCause.DRAINED, "left a node that drains");
            hangUp(CloseReason.NORMAL, "", drained, nowNanos);
        }
    }

    private void ending(Input input, long nowNanos) {
        boolean late = nowNanos >= phaseDeadlineNanos;
        if (late) {
            actions.add(new Action.Abort());
        }
        if (late || input instanceof Input.Ended) {
            end(ownEnding.orElseThrow(), nowNanos);
        }
    }

    private void received(ServerFrame frame, LiveConnection live, long nowNanos) {
        Optional<String> wrong = live.received(frame, actions, closing, nowNanos);
        if (wrong.isPresent()) {
            broken(wrong.get(), nowNanos);
        }
    }

    /** Begins an attempt. */
    private void prepare(boolean another, long nowNanos) {
        helloSent = false;
        attempts.begin();
        actions.add(new Action.Obtain(another));
        moveTo(Phase.PREPARING, nowNanos + settings.connectTimeoutNanos());
    }

    private void broken(String how, long nowNanos) {
        Ending ending = Ending.of(EndCause.BROKEN_PEER, "the node broke the protocol: " + how);
        LOG.warn("{}: {} broke the protocol: {}", settings.device(), attempts.endpoint(), how);
        hangUp(CloseReason.PROTOCOL_VIOLATION, how, ending, nowNanos);
    }

    private void hangUp(CloseReason reason, String text, Ending ending, long nowNanos) {
        ownEnding = Optional.of(ending);
        actions.add(new Action.HangUp(reason, text));
        moveTo(Phase.ENDING, nowNanos + HANG_UP_TIMEOUT.toNanos());
    }

    private void abort(Ending ending, long nowNanos) {
        actions.add(new Action.Abort());
        end(ending, nowNanos);
    }

    /** The one way out of a link: nothing of it is left afterwards. */
    private void end(Ending ending, long nowNanos) {
        LiveConnection live = connected;
        boolean proven = live != null && live.isProven(nowNanos);
        if (ending.cause() == EndCause.REFUSED_FRAME && live != null) {
            live.sender().refused(nowNanos);
        } else if (ending.cause() == EndCause.REFUSED_FRAME) {
            // Only hello was sent, and all that can be wrong with it is a number that a mistaken node gave.
            numbers.forget();
        }
        if (live != null) {
            windowNanos = live.windowNanos();
            ending.winner().ifPresent(winner -> numbers.takenOverBy(winner, live.nodeMillis(nowNanos)));
        }
        connected = null;
        ownEnding = Optional.empty();
        if (ending.cause() == EndCause.CLOSED || (closing && nowNanos >= closeDeadlineNanos)) {
            attempts.ended(ending);
            moveTo(Phase.CLOSED, NEVER);
            return;
        }
        counters.failed();
        moveTo(Phase.WAITING, nowNanos + attempts.failed(ending, proven, windowNanos));
        if (closing) {
            waiting(nowNanos);
        }
    }

    private boolean isTimeToClose(long nowNanos) {
        return closing && (nothingLeft.getAsBoolean() || nowNanos >= closeDeadlineNanos);
    }

    private void moveTo(Phase next, long deadlineNanos) {
        LOG.debug("{}: {} to {}", settings.device(), phase, next);
        phase = next;
        phaseDeadlineNanos = deadlineNanos;
    }

    private Status describe() {
        return new Status(
                phase,
                closing,
                attempts.slow(),
                attempts.lastEnding(),
                attempts.endpoint(),
                attempts.failures(),
                phase == Phase.WAITING ? phaseDeadlineNanos : 0);
    }

    private LiveConnection live() {
        LiveConnection live = connected;
        if (live == null) {
            throw new IllegalStateException("no connection in phase " + phase);
        }
        return live;
    }

    private static String kind(ServerFrame frame) {
        return frame.getClass().getSimpleName();
    }
}
