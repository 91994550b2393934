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

/** One device that has an endless supply of events. Public because Jetty calls it. */
public final class DeviceConnection extends WindowedConnection implements ServerFrame.Handler<Void> {
    private static final Payload CLIENT = BodyCodec.encode(Map.of("name", "fleetline-bench"));

    /** More than the window of any node holds. */
    private static final int FRAMES_REMEMBERED = 4_096;

    private final String device;
    private final PublishTemplate template;
    private final long storeName;
    private final Receipts receipts;
    /** Used by whoever delivers a message, and Jetty delivers one at a time. */
    private final FrameDecoder decoder = new FrameDecoder();

    private final CompletableFuture<Void> welcomed = new CompletableFuture<>();
    /** When each of the last frames was due, by its number modulo the length. */
    private final long[] dueNanos = new long[FRAMES_REMEMBERED]; // guarded by this

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
        super(device, template.count(), failed);
        this.device = device;
        this.template = template;
        this.storeName = storeName;
        this.receipts = receipts;
    }

    /** Completes when the node has greeted and lane 0 is open. */
    CompletableFuture<Void> welcomed() {
        return welcomed;
    }

    @Override
    protected byte[] frame(long first, long upTo, long due) {
        dueNanos[place(first)] = due;
        return template.frame(first, upTo);
    }

    /** Of the frame that this event is in. */
    private int place(long seq) {
        return (int) ((seq - 1) / template.count() % FRAMES_REMEMBERED);
    }

    /** When the frame of this number was due; negative if it was at no time of its own. */
    synchronized long dueNanos(long seq) {
        return dueNanos[place(seq)];
    }

    /** Which device it is. */
    String device() {
        return device;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        super.onWebSocketOpen(opened);
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
    public Void onWelcome(ServerFrame.Welcome welcome) {
        grant(welcome.windowItems());
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
            for (long last = (acknowledged() / count + 1) * count; last <= ack.upTo(); last += count) {
                int place = place(last);
                if (dueNanos[place] != NOT_DUE) {
                    receipts.add(nowNanos - dueNanos[place]);
                }
            }
            acknowledge(ack.upTo());
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
        fail(new IllegalStateException("the node sent " + frame));
        return null;
    }

    /** Heartbeats, for the time between runs: the node cuts a device that it does not hear from. */
    void heartbeat(long token) {
        send(FrameEncoder.encode(new DeviceFrame.Heartbeat(token)));
    }

    @Override
    protected void fail(Throwable cause) {
        super.fail(cause);
        welcomed.completeExceptionally(cause);
    }
}
