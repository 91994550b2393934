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
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
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
        SocketChannelEndPoint endPoint = new ReadInPlace(channel, selector, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    private static final class ReadInPlace extends SocketChannelEndPoint {
        /** There is one for the connection before the upgrade and one after it, or one of TLS for all. */
        private OnReadable last = new OnReadable(Callback.NOOP);

        ReadInPlace(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
            super(channel, selector, key, scheduler);
        }

        @Override
        public void fillInterested(Callback callback) {
            super.fillInterested(marked(callback));
        }

        @Override
        public boolean tryFillInterested(Callback callback) {
            return super.tryFillInterested(marked(callback));
        }

        private Callback marked(Callback callback) {
            OnReadable marked = last;
            if (marked.getCallback() != callback) {
                marked = new OnReadable(callback);
                last = marked;
            }
            return marked;
        }

        private boolean isWebSocket() {
            Connection connection = getConnection();
            if (connection instanceof SslConnection tls) {
                connection = tls.getSslEndPoint().getConnection();
            }
            return connection instanceof WebSocketConnection;
        }

        private final class OnReadable extends Callback.Nested {
            OnReadable(Callback callback) {
                super(callback);
            }

            @Override
            public InvocationType getInvocationType() {
                return isWebSocket() ? InvocationType.NON_BLOCKING : super.getInvocationType();
            }
        }
    }
}
