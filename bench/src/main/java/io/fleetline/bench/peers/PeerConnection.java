package io.fleetline.bench.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * One client: while it is told to publish, it keeps so many messages in flight. Public because Jetty calls it. The role's thread
 * and Jetty's meet at its lock.
 */
public final class PeerConnection implements Session.Listener.AutoDemanding {
    private final Dialect dialect;
    private final CompletableFuture<Void> greeted = new CompletableFuture<>();
    private final CompletableFuture<Void> failed;
    private @Nullable Session session;
    private long inFlight;
    private long most;
    private long acknowledged;

    PeerConnection(Dialect dialect, CompletableFuture<Void> failed) {
        this.dialect = dialect;
        this.failed = failed;
    }

    CompletableFuture<Void> greeted() {
        return greeted;
    }

    /** Keeps so many messages in flight from now on; 0: none more. */
    synchronized void publish(int messages) {
        most = messages;
        fill();
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    synchronized long inFlight() {
        return inFlight;
    }

    private void fill() {
        while (inFlight < most) {
            inFlight++;
            send(dialect.publish());
        }
    }

    private void send(byte[] message) {
        if (session != null) {
            session.sendBinary(ByteBuffer.wrap(message), Callback.from(() -> {}, this::fail));
        }
    }

    @Override
    public synchronized void onWebSocketOpen(Session opened) {
        session = opened;
        dialect.opening().forEach(this::send);
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
            acknowledged += acks;
            inFlight -= acks;
            fill();
            if (dialect.greeted()) {
                greeted.complete(null);
            }
        } catch (IllegalStateException e) {
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
        fail(new IllegalStateException("the server closed with " + statusCode + " (" + reason + ")"));
    }

    private void fail(Throwable cause) {
        failed.completeExceptionally(cause);
        greeted.completeExceptionally(cause);
    }
}
