package io.fleetline.bench.peers;

import io.fleetline.bench.load.WindowedConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** One client of a server, which says what its dialect has it say. Public because Jetty calls it. */
public final class PeerConnection extends WindowedConnection {
    private final Dialect dialect;
    private final List<byte[]> opening;
    private final CompletableFuture<Void> greeted = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile boolean leaving;

    private PeerConnection(String name, Dialect dialect, List<byte[]> opening, CompletableFuture<Void> failed) {
        super(name, 1, failed);
        this.dialect = dialect;
        this.opening = opening;
    }

    /** One that is to publish. */
    static PeerConnection publisher(String name, Dialect dialect, CompletableFuture<Void> failed) {
        return new PeerConnection(name, dialect, dialect.opening(), failed);
    }

    /** One that only wants to be let in: it says the first thing of the opening. */
    static PeerConnection visitor(String name, Dialect dialect, CompletableFuture<Void> failed) {
        return new PeerConnection(name, dialect, dialect.opening().subList(0, 1), failed);
    }

    /** Completes when the server has let this client in. */
    CompletableFuture<Void> greeted() {
        return greeted;
    }

    /** Says goodbye; completes when the connection is over. */
    CompletableFuture<Void> leave() {
        leaving = true;
        close();
        return gone;
    }

    /** A sign of life, where the server wants one. */
    synchronized void heartbeat() {
        if (dialect.greeted()) {
            dialect.heartbeat().ifPresent(this::send);
        }
    }

    @Override
    protected byte[] frame(long first, long upTo, long dueNanos) {
        return dialect.publish();
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        super.onWebSocketOpen(opened);
        opening.forEach(this::send);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        byte[] message = new byte[payload.remaining()];
        payload.get(message);
        callback.succeed();
        taken(message);
    }

    @Override
    public void onWebSocketText(String message) {
        taken(message.getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void taken(byte[] message) {
        try {
            long acks = dialect.take(message);
            if (acks > 0) {
                acknowledge(acknowledged() + acks);
            }
            if (dialect.greeted()) {
                greeted.complete(null);
            }
        } catch (IllegalStateException e) {
            fail(e);
        }
    }

    @Override
    protected void fail(Throwable cause) {
        if (leaving) {
            gone.complete(null);
            return;
        }
        super.fail(cause);
        greeted.completeExceptionally(cause);
        gone.completeExceptionally(cause);
    }
}
