package io.fleetline.bench.connection;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * A device that connects and says hello, or a client of a bare server that connects, and has nothing to say after that.
 * Public because Jetty calls it.
 */
public final class IdleConnection implements Session.Listener.AutoDemanding {
    private static final Payload CLIENT = BodyCodec.encode(Map.of("name", "fleetline-bench"));
    private static final byte[] HELLO = FrameEncoder.encode(new DeviceFrame.Hello(0, CLIENT));
    private static final byte[] HEARTBEAT = FrameEncoder.encode(new DeviceFrame.Heartbeat(1));
    private static final int NORMAL_CLOSURE = 1_000;

    private final boolean device;
    private final CompletableFuture<IdleConnection> there = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile @Nullable Session session;
    private volatile boolean leaving;

    /** @param device whether it says hello, and waits for the welcome */
    IdleConnection(boolean device) {
        this.device = device;
    }

    /** Completes when the connection is of use: with the welcome, and without one when it is open. */
    CompletableFuture<IdleConnection> there() {
        return there;
    }

    /** Completes when the connection is over; exceptionally if it was not this side that wanted it. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    /** Says goodbye. */
    void leave() {
        leaving = true;
        Session open = session;
        if (open != null) {
            open.close(NORMAL_CLOSURE, "", Callback.from(() -> {}, this::fail));
        }
    }

    /** A sign of life. */
    void heartbeat() {
        send(HEARTBEAT);
    }

    private void send(byte[] frame) {
        Session open = session;
        if (open != null) {
            open.sendBinary(ByteBuffer.wrap(frame), Callback.from(() -> {}, this::fail));
        }
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        if (device) {
            send(HELLO);
        } else {
            there.complete(this);
        }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        callback.succeed();
        there.complete(this); // the first frame of a node is its welcome; after it only answers to heartbeats come
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        fail(cause);
    }

    @Override
    public void onWebSocketClose(int statusCode, String reason, Callback callback) {
        callback.succeed();
        if (leaving) {
            gone.complete(null);
        } else {
            fail(new IllegalStateException("the server closed with " + statusCode + " (" + reason + ")"));
        }
    }

    /** Ends both futures, unless they are complete. */
    void fail(Throwable cause) {
        there.completeExceptionally(cause);
        gone.completeExceptionally(cause);
    }
}
