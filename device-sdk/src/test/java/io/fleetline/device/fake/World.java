package io.fleetline.device.fake;

import io.fleetline.device.internal.connection.ConnectionKeeper;
import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.connection.ConnectionSettings;
import io.fleetline.device.internal.connection.Credentials;
import io.fleetline.device.internal.connection.EndCause;
import io.fleetline.device.internal.connection.Ending;
import io.fleetline.device.internal.connection.Link;
import io.fleetline.device.internal.connection.Proof;
import io.fleetline.device.internal.connection.SendingRules;
import io.fleetline.device.internal.connection.Status;
import io.fleetline.device.internal.connection.Time;
import io.fleetline.device.internal.connection.Transport;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.OutboxInUseException;
import io.fleetline.device.internal.outbox.OutboxSettings;
import io.fleetline.device.internal.outbox.Overflow;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import io.fleetline.testkit.FramePipe;
import io.fleetline.testkit.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** One device, its nodes and the network between them, all on virtual time and from one seed: no threads, no sockets. */
public final class World implements Time {
    public static final long UNIX_MILLIS = 1_800_000_000_000L;

    /** An attempt to connect. */
    public record Dial(long atNanos, URI endpoint, Optional<String> authorization, Optional<FramePipe> pipe) {}

    private final FrameDecoder decoder = new FrameDecoder();

    public final VirtualTime time = new VirtualTime(UNIX_MILLIS);
    public final Random random;
    public final ConnectionLoop loop = new ConnectionLoop(this);
    public final List<Dial> dials = new ArrayList<>();

    /** The codes with which connections ended for the device, 1006 where one broke; and those that the device closed with. */
    public final List<Integer> closedByNode = new ArrayList<>();

    public final List<Integer> closedByDevice = new ArrayList<>();
    public final List<Long> nodeTimes = new ArrayList<>();
    public final List<Status> statuses = new ArrayList<>();
    public final FakeNode node;

    /** What happens to the next attempt in place of a connection. */
    public Optional<Ending> refusal = Optional.empty();

    /** What devices show; to be set before they are made. */
    public Credentials credentials = new FixedCredentials();

    /** How long a frame takes. */
    public LongSupplier latencyNanos = () -> 5_000_000;

    /** How long a byte takes to be written; 0 for no limit. */
    public long nanosPerByte;

    public World(long seed, NodeBehaviour behaviour) {
        // Mixed: the first draws of Random are almost the same for seeds that follow one another.
        random = new Random(new SplittableRandom(seed).nextLong());
        node = new FakeNode(behaviour, time::after, time::unixMillis);
    }

    @Override
    public long nanos() {
        return time.nanos();
    }

    @Override
    public long unixMillis() {
        return time.unixMillis();
    }

    /** A device with one endpoint and an outbox in memory. */
    public ConnectionKeeper device() {
        return device(
                List.of(URI.create("wss://a:1/connect")), new SendingRules(0, 16, 8 * 1024), 1 << 20, Overflow.REFUSE);
    }

    public ConnectionKeeper device(List<URI> endpoints, SendingRules rules, long outboxBytes, Overflow overflow) {
        return device(endpoints, rules, OutboxSettings.inMemory(outboxBytes, 1 << 20, overflow));
    }

    public ConnectionKeeper device(List<URI> endpoints, SendingRules rules, OutboxSettings outbox) {
        return device(
                endpoints,
                rules,
                (random, listener, nanos, millis) -> Outbox.open(outbox, random, listener, nanos, millis));
    }

    public ConnectionKeeper device(List<URI> endpoints, SendingRules rules, ConnectionKeeper.OutboxOpening outbox) {
        ConnectionSettings settings = new ConnectionSettings(
                DeviceId.parse("acme/boiler-7"),
                endpoints,
                BodyCodec.encode(Map.of()),
                rules,
                Duration.ofSeconds(10).toNanos(),
                credentials.isRenewable());
        try {
            return new ConnectionKeeper(
                    loop, new Network(), settings, outbox, credentials, time::soon, time::soon, statuses::add, random);
        } catch (OutboxInUseException e) {
            throw new AssertionError(e);
        }
    }

    /** Lets time pass. */
    public void pass(Duration duration) {
        long until = time.nanos() + duration.toNanos();
        time.after(duration, () -> {});
        passUntil(() -> time.nanos() >= until, duration);
    }

    /** Lets time pass until something is so, and fails if it never is. */
    public void passUntil(BooleanSupplier condition, Duration most) {
        long until = time.nanos() + most.toNanos();
        long steps = 0;
        while (true) {
            long wake = loop.runOnce();
            if (condition.getAsBoolean()) {
                return;
            }
            long next = Math.min(wake, time.nextNanos());
            if (next > until) {
                throw new AssertionError("still not so after " + most + " of virtual time, " + steps + " steps");
            }
            if (++steps > 5_000_000) {
                throw new AssertionError("something goes round in circles at " + Duration.ofNanos(time.nanos()));
            }
            if (wake <= time.nextNanos()) {
                time.advanceTo(wake);
            } else {
                time.runNext();
            }
        }
    }

    /** The connection that the device has or had last. */
    public FramePipe pipe() {
        for (int i = dials.size() - 1; i >= 0; i--) {
            if (dials.get(i).pipe().isPresent()) {
                return dials.get(i).pipe().get();
            }
        }
        throw new AssertionError("there was no connection yet");
    }

    /** A secret. */
    private static final class FixedCredentials implements Credentials {
        @Override
        public boolean isRenewable() {
            return false;
        }

        @Override
        public CompletionStage<Proof> obtain(boolean another, long unixMillis) {
            return CompletableFuture.completedFuture(Proof.of("Basic c2VjcmV0"));
        }
    }

    private final class Network implements Transport {
        @Override
        public void refresh() {
            // There are no files.
        }

        @Override
        public void nodeTime(long unixMillis) {
            nodeTimes.add(unixMillis);
        }

        @Override
        public Link dial(URI endpoint, Optional<String> authorization, Link.Listener listener) {
            if (refusal.isPresent()) {
                Ending ending = refusal.get();
                dials.add(new Dial(time.nanos(), endpoint, authorization, Optional.empty()));
                time.after(latencyNanos.getAsLong(), () -> listener.ended(ending));
                return new NoLink();
            }
            FramePipe pipe = new FramePipe(time, latencyNanos);
            dials.add(new Dial(time.nanos(), endpoint, authorization, Optional.of(pipe)));
            PipePeer peer = new PipePeer(pipe);
            FakeNode.Connection connection = node.connect(peer);
            pipe.right().receiver(new NodeEnd(pipe, connection, decoder));
            pipe.right().demand();
            PipeLink link = new PipeLink(pipe, listener);
            pipe.left().receiver(link);
            time.after(latencyNanos.getAsLong(), link::open);
            return link;
        }
    }

    /** A link that never comes to be. */
    private static final class NoLink implements Link {
        @Override
        public void send(byte[] frame) {
            throw new AssertionError("sent on a link that is not open");
        }

        @Override
        public boolean writable() {
            return false;
        }

        @Override
        public void demand() {
            throw new AssertionError("demanded of a link that is not open");
        }

        @Override
        public void close(CloseReason reason, String text) {
            throw new AssertionError("closed a link that is not open");
        }

        @Override
        public void abort() {
            // It ends by itself.
        }
    }

    /** The device's end of a pipe. */
    private final class PipeLink implements Link, FramePipe.Receiver {
        private static final int HIGH_WATER_BYTES = 16 * 1024;
        private final FramePipe pipe;
        private final Listener listener;
        private boolean open;
        private boolean ended;
        private boolean blocked;
        private long unwritten;
        private long writtenAtNanos;

        PipeLink(FramePipe pipe, Listener listener) {
            this.pipe = pipe;
            this.listener = listener;
        }

        void open() {
            if (!ended && !pipe.isOver()) {
                open = true;
                listener.opened();
            }
        }

        @Override
        public void send(byte[] frame) {
            if (ended) {
                return;
            }
            if (nanosPerByte == 0) {
                pipe.left().send(frame);
                return;
            }
            unwritten += frame.length;
            writtenAtNanos = Math.max(writtenAtNanos, time.nanos()) + frame.length * nanosPerByte;
            time.after(writtenAtNanos - time.nanos(), () -> {
                unwritten -= frame.length;
                pipe.left().send(frame);
                if (blocked && unwritten == 0 && !ended) {
                    blocked = false;
                    listener.writable();
                }
            });
        }

        @Override
        public boolean writable() {
            blocked = unwritten >= HIGH_WATER_BYTES;
            return open && !blocked;
        }

        @Override
        public void demand() {
            if (!ended) {
                pipe.left().demand();
            }
        }

        @Override
        public void close(CloseReason reason, String text) {
            if (open) {
                // A real peer answers a close frame, and the connection is over with the answer.
                closedByDevice.add(reason.code());
                pipe.left().demand();
                pipe.left().close(reason.code(), text);
            } else {
                abort();
            }
        }

        @Override
        public void abort() {
            if (!ended) {
                ended = true;
                pipe.cut();
            }
        }

        @Override
        public void received(byte[] frame) {
            try {
                listener.received(decoder.decodeServerFrame(frame, 0, frame.length));
            } catch (FrameException e) {
                ended = true;
                pipe.cut();
                listener.ended(Ending.of(EndCause.BROKEN_PEER, e.getMessage()));
            }
        }

        @Override
        public void closed(int code, String reason) {
            if (!ended) {
                ended = true;
                closedByNode.add(code);
                listener.ended(
                        code == FramePipe.BROKEN ? Ending.of(EndCause.LOST, "cut") : Ending.closedByNode(code, reason));
            }
        }
    }

    /** The node's end of a pipe. */
    private record NodeEnd(FramePipe pipe, FakeNode.Connection connection, FrameDecoder decoder)
            implements FramePipe.Receiver {
        @Override
        public void received(byte[] frame) {
            if (frame.length > ProtocolLimits.MAX_FRAME_BYTES) {
                throw new AssertionError("a frame of " + frame.length + " bytes");
            }
            try {
                connection.received(decoder.decodeDeviceFrame(frame, 0, frame.length));
            } catch (FrameException e) {
                throw new AssertionError("the device sent " + e.getMessage(), e);
            }
            pipe.right().demand();
        }

        @Override
        public void closed(int code, String reason) {
            connection.ended();
        }
    }

    private record PipePeer(FramePipe pipe) implements NodePeer {
        @Override
        public void send(ServerFrame frame) {
            pipe.right().send(FrameEncoder.encode(frame));
        }

        @Override
        public void close(int code, String reason) {
            pipe.right().close(code, reason);
        }

        @Override
        public void cut() {
            pipe.cut();
        }
    }
}
