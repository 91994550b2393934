package io.fleetline.bench.load;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * A connection with an endless supply of frames: while it is told to publish, it keeps the window full. Public because Jetty
 * calls it. The role's thread and Jetty's meet at its lock, which guards all that changes.
 */
public abstract class WindowedConnection implements Session.Listener.AutoDemanding, Publisher {
    /** That a frame was due at no time of its own. */
    protected static final long NOT_DUE = -1;

    /** RFC 6455, section 7.4.1. */
    private static final int NORMAL_CLOSURE = 1_000;

    private final String name;
    private final int count;
    private final CompletableFuture<Void> failed;

    private @Nullable Session session;
    /** What the server grants. */
    private long window = Long.MAX_VALUE;
    /** What is wanted of it. */
    private long limit;

    private long next = 1;
    private long acked;
    private long acks;
    private boolean publishing;
    private CompletableFuture<Void> quiet = CompletableFuture.completedFuture(null);

    /**
     * A connection that is not open yet.
     *
     * @param name for messages
     * @param count how many events a frame has
     * @param failed completed exceptionally when anything goes otherwise than it should
     */
    protected WindowedConnection(String name, int count, CompletableFuture<Void> failed) {
        this.name = name;
        this.count = count;
        this.failed = failed;
    }

    /**
     * Makes the next frame; called with the lock held.
     *
     * @param first the number of its first event
     * @param upTo what is acknowledged
     * @param dueNanos when it was due, or {@link #NOT_DUE}
     */
    protected abstract byte[] frame(long first, long upTo, long dueNanos);

    @Override
    public final synchronized void publish(long newLimit) {
        limit = Math.min(newLimit, window);
        publishing = true;
        quiet = new CompletableFuture<>();
        fillWindow();
    }

    @Override
    public final synchronized CompletableFuture<Void> pause() {
        publishing = false;
        completeIfQuiet();
        return quiet;
    }

    @Override
    public final synchronized long acknowledged() {
        return acked;
    }

    @Override
    public final synchronized long acks() {
        return acks;
    }

    /** What the server grants: so many events unacknowledged. */
    protected final synchronized void grant(long items) {
        window = items;
    }

    /** How many events are not acknowledged yet. */
    public final synchronized long inFlight() {
        return next - 1 - acked;
    }

    /** Everything up to this event is acknowledged. */
    protected final synchronized void acknowledge(long upTo) {
        acked = upTo;
        acks++;
        fillWindow();
        completeIfQuiet();
    }

    private void fillWindow() {
        while (publishing && inFlight() + count <= limit) {
            sendNext(NOT_DUE);
        }
    }

    private void sendNext(long dueNanos) {
        send(frame(next, acked, dueNanos));
        next += count;
    }

    /** Publishes one frame, which was due then. */
    final synchronized void publishOnce(long dueNanos) {
        if (inFlight() + count > window) {
            fail(new IllegalStateException("the node does not keep up: " + inFlight() + " events are in flight"));
            return;
        }
        sendNext(dueNanos);
    }

    private void completeIfQuiet() {
        if (!publishing && inFlight() == 0) {
            quiet.complete(null);
        }
    }

    /** Sends a frame that is none of the supply. */
    protected final synchronized void send(byte[] frame) {
        if (session != null) {
            session.sendBinary(ByteBuffer.wrap(frame), Callback.from(() -> {}, this::fail));
        }
    }

    /** Begins to close the connection as one does that is done; {@link #fail} is told when it is over. */
    protected final synchronized void close() {
        if (session != null) {
            session.close(NORMAL_CLOSURE, "", Callback.from(() -> {}, this::fail));
        }
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        synchronized (this) {
            session = opened;
        }
    }

    @Override
    public final void onWebSocketError(Throwable cause) {
        fail(cause);
    }

    @Override
    public final void onWebSocketClose(int statusCode, String reason, Callback callback) {
        callback.succeed();
        fail(new IllegalStateException("the server closed with " + statusCode + " (" + reason + ")"));
    }

    /** Something went otherwise than it should. */
    protected void fail(Throwable cause) {
        failed.completeExceptionally(new IllegalStateException(name + ": " + cause.getMessage(), cause));
    }
}
