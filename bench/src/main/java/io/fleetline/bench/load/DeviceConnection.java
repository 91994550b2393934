package io.fleetline.bench.load;

import io.fleetline.bench.machine.Clock;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * One device that has an endless supply of events: while it is told to publish, it keeps the window full. Public because
 * Jetty calls it. The role's thread and Jetty's meet at its lock, which guards all that changes.
 */
public final class DeviceConnection implements Session.Listener.AutoDemanding, ServerFrame.Handler<Void>, Publisher {
    private static final Payload CLIENT = BodyCodec.encode(Map.of("name", "fleetline-bench"));

    /** More than the window of any node holds. */
    private static final int FRAMES_REMEMBERED = 4_096;

    private static final long NOT_DUE = -1;

    private final String device;
    private final PublishTemplate template;
    private final long storeName;
    private final Receipts receipts;
    /** Used by whoever delivers a message, and Jetty delivers one at a time. */
    private final FrameDecoder decoder = new FrameDecoder();

    private final CompletableFuture<Void> welcomed = new CompletableFuture<>();
    private final CompletableFuture<Void> failed;

    private @Nullable Session session;
    /** What the node grants. */
    private long window;
    /** What is wanted of it. */
    private long limit;

    private long next = 1;
    private long acked;
    private long acks;
    private boolean publishing;
    /** When each of the last frames was due, by its number modulo the length. */
    private final long[] dueNanos = new long[FRAMES_REMEMBERED];

    private CompletableFuture<Void> quiet = CompletableFuture.completedFuture(null);

    /**
     * A device.
     *
     * @param device its name, for messages
     * @param storeName any 32 bits
     * @param receipts hears how long each frame that was due at a time took
     * @param failed completed exceptionally when anything goes otherwise than it should
     */
    DeviceConnection(
            String device,
            PublishTemplate template,
            long storeName,
            Receipts receipts,
            CompletableFuture<Void> failed) {
        this.device = device;
        this.template = template;
        this.storeName = storeName;
        this.receipts = receipts;
        this.failed = failed;
    }

    /** Completes when the node has greeted and lane 0 is open. */
    CompletableFuture<Void> welcomed() {
        return welcomed;
    }

    @Override
    public synchronized void publish(long newLimit) {
        limit = Math.min(newLimit, window);
        publishing = true;
        quiet = new CompletableFuture<>();
        fillWindow();
    }

    @Override
    public synchronized CompletableFuture<Void> pause() {
        publishing = false;
        completeIfQuiet();
        return quiet;
    }

    /** Publishes one frame, which was due then. */
    synchronized void publishOnce(long frameDueNanos) {
        if (next - 1 - acked + template.count() > window) {
            fail(new IllegalStateException(
                    "the node does not keep up: " + (next - 1 - acked) + " events are in flight"));
            return;
        }
        noteDue(frameDueNanos);
        send(template.frame(next, acked));
        next += template.count();
    }

    private void noteDue(long nanos) {
        dueNanos[(int) ((next - 1) / template.count() % FRAMES_REMEMBERED)] = nanos;
    }

    /** When the frame of this number was due; negative if it was at no time of its own. */
    synchronized long dueNanos(long seq) {
        return dueNanos[(int) ((seq - 1) / template.count() % FRAMES_REMEMBERED)];
    }

    /** Which device it is. */
    String device() {
        return device;
    }

    @Override
    public synchronized long acknowledged() {
        return acked;
    }

    @Override
    public synchronized long acks() {
        return acks;
    }

    private void fillWindow() {
        while (publishing && next - 1 - acked + template.count() <= limit) {
            noteDue(NOT_DUE);
            send(template.frame(next, acked));
            next += template.count();
        }
    }

    private void completeIfQuiet() {
        if (!publishing && acked == next - 1) {
            quiet.complete(null);
        }
    }

    private synchronized void send(byte[] frame) {
        if (session != null) {
            session.sendBinary(ByteBuffer.wrap(frame), Callback.from(() -> {}, this::fail));
        }
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        synchronized (this) {
            session = opened;
        }
        send(FrameEncoder.encode(new DeviceFrame.Hello(0, CLIENT)));
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        byte[] frame = new byte[payload.remaining()];
        payload.get(frame);
        callback.succeed();
        try {
            decoder.decodeServerFrame(frame, 0, frame.length).deliverTo(this);
        } catch (FrameException e) {
            fail(e);
        }
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        fail(cause);
    }

    @Override
    public void onWebSocketClose(int statusCode, String reason, Callback callback) {
        callback.succeed();
        fail(new IllegalStateException("the node closed with " + statusCode + " (" + reason + ")"));
    }

    @Override
    public Void onWelcome(ServerFrame.Welcome welcome) {
        synchronized (this) {
            window = welcome.windowItems();
        }
        long order = welcome.timeMillis() / 1000;
        send(FrameEncoder.encode(
                new DeviceFrame.Open(Lane.NORMAL, storeName, storeName, order, 1, 1, 0, OptionalLong.empty())));
        welcomed.complete(null);
        return null;
    }

    @Override
    public Void onAck(ServerFrame.Ack ack) {
        long nowNanos = Clock.nanos();
        synchronized (this) {
            int count = template.count();
            // Frames whose last event is acknowledged now.
            for (long last = (acked / count + 1) * count; last <= ack.upTo(); last += count) {
                long due = dueNanos(last);
                if (due != NOT_DUE) {
                    receipts.add(nowNanos - due);
                }
            }
            acked = ack.upTo();
            acks++;
            fillWindow();
            completeIfQuiet();
        }
        return null;
    }

    @Override
    public Void onReject(ServerFrame.Reject reject) {
        return unwanted(reject);
    }

    @Override
    public Void onHeartbeatAck(ServerFrame.HeartbeatAck heartbeatAck) {
        return null;
    }

    @Override
    public Void onCommand(ServerFrame.Command command) {
        return unwanted(command);
    }

    @Override
    public Void onDrain(ServerFrame.Drain drain) {
        return unwanted(drain);
    }

    @Override
    public Void onReauthenticated(ServerFrame.Reauthenticated reauthenticated) {
        return unwanted(reauthenticated);
    }

    @Override
    public Void onRewind(ServerFrame.Rewind rewind) {
        return unwanted(rewind);
    }

    private Void unwanted(ServerFrame frame) {
        return fail(new IllegalStateException("the node sent " + frame));
    }

    /** Heartbeats, for the time between runs: the node cuts a device that it does not hear from. */
    void heartbeat(long token) {
        send(FrameEncoder.encode(new DeviceFrame.Heartbeat(token)));
    }

    private Void fail(Throwable cause) {
        IllegalStateException failure = new IllegalStateException(device + ": " + cause.getMessage(), cause);
        failed.completeExceptionally(failure);
        welcomed.completeExceptionally(failure);
        return null;
    }
}
