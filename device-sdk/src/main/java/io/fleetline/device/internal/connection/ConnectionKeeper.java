package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.OutboxInUseException;
import io.fleetline.device.internal.outbox.OutboxListener;
import io.fleetline.device.internal.outbox.OutboxSnapshot;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one device connected: tells its {@link ConnectionMachine} what happens, and does what that decides. Lives as long
 * as the client. What is not marked otherwise happens on the loop's thread.
 */
public final class ConnectionKeeper {
    /**
     * How many frames may be read from a connection and wait for the loop. With one, the network's threads would have to be
     * woken for each; more only costs memory, and a frame may be of {@link ProtocolLimits#DEFAULT_MAX_FRAME_BYTES}.
     */
    private static final int READ_AHEAD = 4;

    private final ConnectionLoop loop;
    private final Transport transport;
    private final Credentials credentials;
    private final Executor application;
    private final Consumer<Status> onStatus;
    private final ConnectionMachine machine;
    private final Outbox<Publication> outbox;
    private final Counters counters = new Counters();
    private final NodeClock nodeClock = new NodeClock();
    private final ConnectionLoop.Timer timer;
    private final ConnectionLoop.Timer expiry;
    private final Commits commits;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private final Flushes flushes;
    private final Reports reports;
    private final AtomicBoolean outboxSignalled = new AtomicBoolean();
    private volatile Status status;
    private volatile int maxItemBytes;

    private CommandSink commands = new NoCommands();
    private @Nullable Link link;
    private long dialledNanos;

    /** Which question for a credential is the latest one: answers of earlier ones come too late. */
    private long asked;

    /** Opens a device's outbox. */
    public interface OutboxOpening {
        /** As {@link Outbox#open}. */
        Outbox<Publication> open(RandomGenerator random, OutboxListener listener, long nowNanos, long unixMillis)
                throws OutboxInUseException;
    }

    /**
     * Opens the outbox; nothing else happens before {@link #start}.
     *
     * @param credentials what to show in handshakes
     * @param application runs the application's code
     * @param disk runs what blocks
     * @param onStatus hears of changes, on the application's executor and in order
     * @throws OutboxInUseException if the outbox's directory is open elsewhere
     */
    public ConnectionKeeper(
            ConnectionLoop loop,
            Transport transport,
            ConnectionSettings settings,
            OutboxOpening opening,
            Credentials credentials,
            Executor application,
            Executor disk,
            Consumer<Status> onStatus,
            RandomGenerator chance)
            throws OutboxInUseException {
        this.loop = loop;
        this.transport = transport;
        this.credentials = credentials;
        this.application = new SerialExecutor(application);
        this.onStatus = onStatus;
        Time time = loop.time();
        this.timer = loop.timer(() -> step(new Input.TimePassed()));
        this.expiry = loop.timer(this::expire);
        OutboxSignals signals = new OutboxSignals();
        this.outbox = opening.open(chance, signals, time.nanos(), time.unixMillis());
        this.commits = new Commits(loop, disk, outbox);
        this.flushes = new Flushes(outbox);
        this.reports = new Reports(outbox, counters, this.application);
        signals.ready = true;
        long lastRunMillis = outbox.latestKnownSeconds() * 1000;
        if (NodeClock.isTime(lastRunMillis)) {
            transport.nodeTime(lastRunMillis);
        }
        this.machine = new ConnectionMachine(settings, outbox, this::nothingLeft, chance, counters);
        this.status = machine.status();
        this.maxItemBytes = machine.maxItemBytes();
    }

    /** Where commands go; to be told before {@link #start}. */
    public void commandsTo(CommandSink sink) {
        commands = sink;
    }

    /** What waits to be sent. Any thread. */
    public Outbox<Publication> outbox() {
        return outbox;
    }

    /** What happened so far. Any thread. */
    public Counters counters() {
        return counters;
    }

    /** Where the connection stands. Any thread. */
    public Status status() {
        return status;
    }

    /** The largest item that nodes accept, as far as is known. Any thread. */
    public int maxItemBytes() {
        return maxItemBytes;
    }

    /** The node's Unix time in ms, if it is known. Any thread. */
    public OptionalLong nodeUnixMillis() {
        return nodeClock.unixMillis(loop.time().nanos(), loop.time().unixMillis());
    }

    /** The best idea of Unix time in ms: the node's, else the device's own. Any thread. */
    public long unixMillis() {
        return nodeUnixMillis().orElseGet(loop.time()::unixMillis);
    }

    /** The monotonic clock that the outbox goes by. Any thread. */
    public long nowNanos() {
        return loop.time().nanos();
    }

    /** Begins to connect. Any thread. */
    public void start() {
        loop.execute(() -> {
            expire();
            step(new Input.Start());
        });
    }

    /** Sends what is left until the deadline, and ends. Any thread. */
    public void close(long deadlineNanos) {
        loop.execute(() -> step(new Input.Close(deadlineNanos)));
    }

    /** Completes once it has ended. */
    public CompletableFuture<Void> closed() {
        return closed;
    }

    /** Completes once all that is in the outbox now is settled. Any thread. */
    public CompletableFuture<Void> flushed() {
        CompletableFuture<Void> done = flushes.add(loop.time().nanos());
        loop.execute(() -> flushes.look(loop.time().nanos()));
        return done;
    }

    private boolean nothingLeft() {
        OutboxSnapshot held = outbox.snapshot(loop.time().nanos());
        return !commands.isBusy() && held.acked().equals(held.last());
    }

    private void step(Input input) {
        long now = loop.time().nanos();
        for (Action action : machine.on(input, now)) {
            carryOut(action, now);
        }
        if (machine.status().closing()) {
            // What was just settled may have been the last that there was to wait for.
            for (Action action : machine.on(new Input.TimePassed(), now)) {
                carryOut(action, now);
            }
        }
        pump();
        announce();
    }

    private void pump() {
        Link open = link;
        boolean writable = open != null && open.writable();
        while (open != null && writable) {
            Optional<byte[]> frame = machine.nextFrame(loop.time().nanos());
            if (frame.isEmpty()) {
                break;
            }
            counters.frameSent(frame.get().length);
            open.send(frame.get());
            writable = open.writable();
        }
        maxItemBytes = machine.maxItemBytes();
        counters.inFlight(machine.inFlightItems(), machine.inFlightBytes());
        timer.set(machine.deadlineNanos(writable));
    }

    private void carryOut(Action action, long nowNanos) {
        if (action instanceof Action.Settle settle) {
            reports.stored(settle, nowNanos);
            flushes.look(nowNanos);
        } else if (action instanceof Action.Refuse refuse) {
            reports.refused(refuse, nowNanos);
        } else if (action instanceof Action.Run run) {
            commands.received(run.command(), nowNanos);
        } else if (action instanceof Action.HearTime heard) {
            hearTime(heard.nodeMillis(), heard.askedNanos(), nowNanos);
            commands.timeIsKnown();
        } else if (action instanceof Action.Obtain obtain) {
            obtain(obtain.another());
        } else if (action instanceof Action.Dial dial) {
            dial(dial.endpoint(), dial.proof(), nowNanos);
        } else if (link != null && action instanceof Action.HangUp hangUp) {
            link.close(hangUp.reason(), hangUp.text());
        } else if (link != null && action instanceof Action.Abort) {
            link.abort();
            link = null;
        }
    }

    private void obtain(boolean another) {
        long question = ++asked;
        credentials
                .obtain(another, unixMillis())
                .whenComplete((proof, failure) -> loop.execute(() -> {
                    if (question == asked) {
                        step(failure == null ? granted(proof) : new Input.NotGranted(describe(failure)));
                    }
                }));
    }

    private Input granted(Proof proof) {
        OptionalLong endsAt = proof.endsAtMillis();
        if (endsAt.isEmpty()) {
            return new Input.Granted(proof, Long.MAX_VALUE);
        }
        long lifetimeMillis = Math.max(0, Math.min(endsAt.getAsLong() - unixMillis(), Limits.MOST_CREDENTIAL_MILLIS));
        return new Input.Granted(proof, loop.time().nanos() + lifetimeMillis * 1_000_000);
    }

    private static String describe(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private void dial(URI endpoint, Proof proof, long nowNanos) {
        dialledNanos = nowNanos;
        LinkEvents events = new LinkEvents();
        Link dialled = transport.dial(endpoint, proof.header(), events);
        events.of = dialled;
        link = dialled;
    }

    private void hearTime(long nodeMillis, long askedNanos, long nowNanos) {
        if (nodeClock.heard(nodeMillis, askedNanos, nowNanos, loop.time().unixMillis())) {
            transport.nodeTime(nodeMillis);
        }
    }

    /** Posts what happens on a link to the loop, and lets through only what is of the current one. */
    private final class LinkEvents implements Link.Listener {
        private @Nullable Link of;

        @Override
        public void opened() {
            post(() -> {
                step(new Input.Opened());
                for (int i = 0; i < READ_AHEAD; i++) {
                    demand();
                }
            });
        }

        @Override
        public void received(ServerFrame frame) {
            post(() -> {
                step(new Input.Received(frame));
                demand();
            });
        }

        @Override
        public void writable() {
            post(ConnectionKeeper.this::pump);
        }

        @Override
        public void ended(Ending ending) {
            post(() -> {
                link = null;
                long now = loop.time().nanos();
                // In whole seconds, so that half a second is what it is wrong by on average, and at most.
                ending.nodeMillis().ifPresent(millis -> hearTime(millis, dialledNanos - 1_000_000_000, now));
                step(new Input.Ended(ending));
            });
        }

        private void post(Runnable what) {
            loop.execute(() -> {
                if (of == link) {
                    what.run();
                }
            });
        }

        private void demand() {
            if (link != null && of == link) {
                link.demand();
            }
        }
    }

    private void expire() {
        long now = loop.time().nanos();
        long next = outbox.expire(now);
        expiry.set(next == Long.MAX_VALUE ? next : now + next);
        reports.dropped();
    }

    /** Tells about the status, and ends everything once the connection is closed. */
    private void announce() {
        Status now = machine.status();
        if (now.equals(status)) {
            return;
        }
        Status before = status;
        status = now;
        application.execute(() -> onStatus.accept(now));
        if (now.phase() == Phase.CLOSED && before.phase() != Phase.CLOSED) {
            expiry.set(Long.MAX_VALUE);
            commits.close(() -> loop.execute(this::abandon));
        }
    }

    private void abandon() {
        reports.abandoned();
        flushes.cancel();
        closed.complete(null);
    }

    /** Called by whoever appends, so that it only wakes the loop. */
    private final class OutboxSignals implements OutboxListener {
        private volatile boolean ready;

        @Override
        public void moreToSend() {
            if (ready && outboxSignalled.compareAndSet(false, true)) {
                loop.execute(() -> {
                    outboxSignalled.set(false);
                    machine.moreToSend();
                    reports.dropped();
                    pump();
                });
            }
        }

        @Override
        public void commitWanted() {
            if (ready) {
                loop.execute(() -> commits.wanted());
            }
        }
    }

    private static final class NoCommands implements CommandSink {
        @Override
        public void received(ServerFrame.Command command, long nowNanos) {
            // Ignored: the backend keeps it until it expires.
        }

        @Override
        public void timeIsKnown() {}

        @Override
        public boolean isBusy() {
            return false;
        }
    }
}
