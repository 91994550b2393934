package io.fleetline.bench.load;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * Sends the frames that a device would send, to a server that sends each of them back. Public because Jetty calls it. The
 * role's thread and Jetty's meet at its lock, which guards all that changes.
 */
public final class EchoConnection implements Session.Listener.AutoDemanding, Publisher {
    private final PublishTemplate template;
    private final CompletableFuture<Void> failed;

    private @Nullable Session session;
    private long limit;
    private long sent;
    private long echoed;
    private boolean publishing;
    private CompletableFuture<Void> quiet = CompletableFuture.completedFuture(null);

    /** @param failed completed exceptionally when anything goes otherwise than it should */
    EchoConnection(PublishTemplate template, CompletableFuture<Void> failed) {
        this.template = template;
        this.failed = failed;
    }

    @Override
    public synchronized void publish(long newLimit) {
        limit = newLimit;
        publishing = true;
        quiet = new CompletableFuture<>();
        fill();
    }

    private void fill() {
        Session open = session;
        while (publishing && open != null && (sent - echoed + 1) * template.count() <= limit) {
            sent++;
            open.sendBinary(
                    ByteBuffer.wrap(template.frame(sent * template.count(), echoed * template.count())),
                    Callback.from(() -> {}, this::fail));
        }
    }

    @Override
    public synchronized CompletableFuture<Void> pause() {
        publishing = false;
        completeIfQuiet();
        return quiet;
    }

    private void completeIfQuiet() {
        if (!publishing && sent == echoed) {
            quiet.complete(null);
        }
    }

    @Override
    public synchronized long acknowledged() {
        return echoed * template.count();
    }

    @Override
    public synchronized long acks() {
        return echoed;
    }

    @Override
    public synchronized void onWebSocketOpen(Session opened) {
        session = opened;
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        callback.succeed();
        synchronized (this) {
            echoed++;
            fill();
            completeIfQuiet();
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
    }
}
