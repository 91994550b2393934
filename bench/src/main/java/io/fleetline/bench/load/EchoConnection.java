package io.fleetline.bench.load;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.websocket.api.Callback;

/** Sends the frames that a device would send, to a server that sends each of them back. Public because Jetty calls it. */
public final class EchoConnection extends WindowedConnection {
    private final PublishTemplate template;

    /** @param failed completed exceptionally when anything goes otherwise than it should */
    EchoConnection(String name, PublishTemplate template, CompletableFuture<Void> failed) {
        super(name, template.count(), failed);
        this.template = template;
    }

    @Override
    protected byte[] frame(long first, long upTo, long dueNanos) {
        return template.frame(first, upTo);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        callback.succeed();
        synchronized (this) {
            acknowledge(acknowledged() + template.count());
        }
    }
}
