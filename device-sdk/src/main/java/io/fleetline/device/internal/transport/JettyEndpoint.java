package io.fleetline.device.internal.transport;

import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** What Jetty calls, public because it looks for methods by reflection; all goes on to the link. */
public final class JettyEndpoint implements Session.Listener {
    private final JettyLink link;

    JettyEndpoint(JettyLink link) {
        this.link = link;
    }

    @Override
    public void onWebSocketOpen(Session session) {
        link.opened(session);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        link.message(payload);
        callback.succeed();
    }

    @Override
    public void onWebSocketText(String message) {
        link.text();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        link.failed(cause);
    }

    @Override
    public void onWebSocketClose(int statusCode, String reason, Callback callback) {
        callback.succeed();
        link.closed(statusCode, reason);
    }
}
