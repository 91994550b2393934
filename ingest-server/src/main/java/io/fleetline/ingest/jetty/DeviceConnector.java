package io.fleetline.ingest.jetty;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.websocket.core.WebSocketConnection;

/**
 * A listener whose WebSocket connections are read by the thread that found them readable. Jetty takes it that who reads a
 * WebSocket may block, and wakes another thread for its selector before each message; here nobody blocks who handles one,
 * and the switch would cost more than the message. What comes before the upgrade, TLS handshakes above all, stays with
 * threads of the pool.
 */
final class DeviceConnector extends ServerConnector {
    /** One acceptor, and a selector for each core, since these do the work now. */
    DeviceConnector(Server server, ConnectionFactory... factories) {
        super(server, 1, Runtime.getRuntime().availableProcessors(), factories);
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        SocketChannelEndPoint endPoint = new SocketChannelEndPoint(channel, selector, key, getScheduler()) {
            @Override
            public Runnable onSelected() {
                Runnable task = super.onSelected();
                return task != null && isWebSocket(getConnection())
                        ? Invocable.from(InvocationType.NON_BLOCKING, task)
                        : task;
            }
        };
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    private static boolean isWebSocket(Connection connection) {
        return connection instanceof SslConnection tls
                ? isWebSocket(tls.getSslEndPoint().getConnection())
                : connection instanceof WebSocketConnection;
    }
}
