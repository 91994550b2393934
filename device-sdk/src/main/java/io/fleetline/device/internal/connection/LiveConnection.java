package io.fleetline.device.internal.connection;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.ServerFrame.Welcome;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** One connection from its welcome on: what its frames mean, and what is to be sent on it next. */
final class LiveConnection {
    private static final long NEVER = Long.MAX_VALUE;

    private final Sender sender;
    private final Heartbeats heartbeats;
    private final Renewal renewal;
    private final Counters counters;
    private final RandomGenerator chance;
    private final long sinceNanos;
    private final long welcomeMillis;
    private long windowNanos;
    private boolean answered;
    private boolean leaving;
    private long leaveAtNanos = NEVER;

    LiveConnection(
            Sender sender,
            Heartbeats heartbeats,
            Renewal renewal,
            Welcome welcome,
            Counters counters,
            RandomGenerator chance,
            long nowNanos) {
        this.sender = sender;
        this.heartbeats = heartbeats;
        this.renewal = renewal;
        this.counters = counters;
        this.chance = chance;
        this.sinceNanos = nowNanos;
        this.welcomeMillis = welcome.timeMillis();
        this.windowNanos = Limits.reconnectWindowNanos(welcome.reconnectWindowMillis());
    }

    Sender sender() {
        return sender;
    }

    Renewal renewal() {
        return renewal;
    }

    /** The reconnect window that the node told last. */
    long windowNanos() {
        return windowNanos;
    }

    /** The node's Unix time, as its welcome told it and as time has passed since. */
    long nodeMillis(long nowNanos) {
        return welcomeMillis + (nowNanos - sinceNanos) / 1_000_000;
    }

    /** Whether it has held long enough, and had an answer, for failures to count from the start again. */
    boolean isProven(long nowNanos) {
        return answered && nowNanos - sinceNanos >= Backoff.PROVEN_AFTER.toNanos();
    }

    /** Whether the node has been silent for too long. */
    boolean isDead(long nowNanos) {
        return heartbeats.dead(nowNanos);
    }

    /** Whether the node drains and the moment to leave it has come. */
    boolean isTimeToLeave(long nowNanos) {
        return nowNanos >= leaveAtNanos;
    }

    /** From now on nothing new is sent. */
    void leave() {
        leaving = true;
        leaveAtNanos = NEVER;
    }

    /** The next frame to send, if there is one now. */
    Optional<byte[]> nextFrame(long nowNanos) {
        if (heartbeats.due(nowNanos)) {
            return Optional.of(FrameEncoder.encode(new DeviceFrame.Heartbeat(heartbeats.ask(nowNanos))));
        }
        if (leaving) {
            return Optional.empty();
        }
        Optional<byte[]> frame = renewal.take()
                .map(header -> FrameEncoder.encode(new DeviceFrame.Reauthenticate(header)))
                .or(() -> sender.nextFrame(nowNanos));
        if (frame.isPresent()) {
            heartbeats.sent(nowNanos);
        }
        return frame;
    }

    /** When something is due although nothing happens. */
    long deadlineNanos(boolean writable) {
        long deadline = Math.min(leaveAtNanos, heartbeats.deadAtNanos());
        if (!leaving) {
            deadline = Math.min(deadline, renewal.dueAtNanos());
        }
        if (!writable) {
            return deadline;
        }
        deadline = Math.min(deadline, heartbeats.dueAtNanos());
        return leaving ? deadline : Math.min(deadline, sender.wakeAtNanos());
    }

    /**
     * Takes a frame in.
     *
     * @param actions where to put what is to be done about it
     * @param closing whether the application wants no more commands
     * @return what is wrong with it, if anything
     */
    Optional<String> received(ServerFrame frame, List<Action> actions, boolean closing, long nowNanos) {
        heartbeats.heard(nowNanos);
        return frame.deliverTo(new Frames(actions, closing, nowNanos));
    }

    /** One method per frame that can come after the welcome. Each returns what is wrong with it, if anything. */
    private final class Frames implements ServerFrame.Handler<Optional<String>> {
        private final List<Action> actions;
        private final boolean closing;
        private final long nowNanos;

        Frames(List<Action> actions, boolean closing, long nowNanos) {
            this.actions = actions;
            this.closing = closing;
            this.nowNanos = nowNanos;
        }

        @Override
        public Optional<String> onWelcome(Welcome welcome) {
            return Optional.of("a second welcome");
        }

        @Override
        public Optional<String> onAck(ServerFrame.Ack ack) {
            Optional<String> wrong = sender.acknowledged(ack.lane(), ack.upTo());
            if (wrong.isEmpty()) {
                answered = true;
                actions.add(new Action.Settle(ack.lane(), ack.upTo(), ack.storedAt()));
            }
            return wrong;
        }

        @Override
        public Optional<String> onReject(ServerFrame.Reject reject) {
            Optional<String> wrong = sender.rejected(reject.lane(), reject.seq(), nowNanos);
            if (wrong.isEmpty()) {
                actions.add(new Action.Refuse(reject.lane(), reject.seq(), reject.code(), reject.message()));
            }
            return wrong;
        }

        @Override
        public Optional<String> onHeartbeatAck(ServerFrame.HeartbeatAck answer) {
            windowNanos = Limits.reconnectWindowNanos(answer.reconnectWindowMillis());
            heartbeats.answered(answer.token(), nowNanos).ifPresent(roundTrip -> {
                answered = true;
                counters.roundTrip(roundTrip);
                actions.add(new Action.HearTime(answer.timeMillis(), nowNanos - roundTrip));
            });
            return Optional.empty();
        }

        @Override
        public Optional<String> onCommand(ServerFrame.Command command) {
            if (!closing) {
                actions.add(new Action.Run(command));
            }
            return Optional.empty();
        }

        @Override
        public Optional<String> onDrain(ServerFrame.Drain drain) {
            long window = Limits.reconnectWindowNanos(drain.reconnectWindowMillis());
            long at = nowNanos + (window == 0 ? 0 : chance.nextLong(window));
            leaveAtNanos = leaving ? NEVER : Math.min(leaveAtNanos, at);
            return Optional.empty();
        }

        @Override
        public Optional<String> onReauthenticated(ServerFrame.Reauthenticated reauthenticated) {
            long lifetimeMillis = reauthenticated.expiresMillis() - nodeMillis(nowNanos);
            long endsAt = reauthenticated.expiresMillis() == 0
                    ? NEVER
                    : nowNanos + Math.max(0, Math.min(lifetimeMillis, Limits.MOST_CREDENTIAL_MILLIS)) * 1_000_000;
            return renewal.answered(endsAt, nowNanos);
        }

        @Override
        public Optional<String> onRewind(ServerFrame.Rewind rewind) {
            return sender.rewound(rewind.lane(), rewind.from(), rewind.afterMillis(), nowNanos);
        }
    }
}
