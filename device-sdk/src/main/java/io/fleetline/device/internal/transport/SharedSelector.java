package io.fleetline.device.internal.transport;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.jspecify.annotations.Nullable;

/**
 * The one selector of a runtime. Jetty gives each client a selector, and each selector a thread, for good: as many devices
 * with certificates of their own would need as many threads.
 */
final class SharedSelector implements AutoCloseable {
    private final Executor executor;
    private final Scheduler scheduler;
    private final Hub hub = new Hub();

    SharedSelector(Executor executor, Scheduler scheduler) {
        this.executor = executor;
        this.scheduler = scheduler;
        hub.setExecutor(executor);
        hub.setScheduler(scheduler);
        hub.setSelectors(1);
        try {
            hub.start();
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the selector", e);
        }
    }

    /** A connector for one transport. */
    ClientConnector newConnector() {
        ClientConnector connector = new ClientConnector() {
            @Override
            protected SelectorManager newSelectorManager() {
                return hub.selectors();
            }
        };
        connector.setExecutor(executor);
        connector.setScheduler(scheduler);
        connector.setByteBufferPool(hub.getByteBufferPool());
        return connector;
    }

    @Override
    public void close() {
        try {
            hub.stop();
        } catch (Exception e) {
            throw new IllegalStateException("cannot stop the selector", e);
        }
    }

    private static final class Hub extends ClientConnector {
        private Optional<SelectorManager> made = Optional.empty();

        SelectorManager selectors() {
            return made.orElseThrow();
        }

        /** Called once, as the hub starts. */
        @Override
        protected SelectorManager newSelectorManager() {
            SelectorManager selectors = super.newSelectorManager();
            made = Optional.of(selectors);
            return selectors;
        }

        /**
         * What a WebSocket has to read or write is done by the selector's own thread: all that follows is to decode a frame and
         * to leave it to the connection loop, which is less than to wake another thread. What comes before, the handshakes of
         * TLS above all, goes to threads of the pool.
         */
        @Override
        protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
            return new SocketChannelEndPoint((SocketChannel) channel, selector, key, getScheduler()) {
                @Override
                public @Nullable Runnable onSelected() {
                    Runnable task = super.onSelected();
                    return task != null && isWebSocket(getConnection())
                            ? Invocable.from(Invocable.InvocationType.NON_BLOCKING, task)
                            : task;
                }
            };
        }

        private static boolean isWebSocket(Connection connection) {
            return connection instanceof SslConnection tls
                    ? isWebSocket(tls.getSslEndPoint().getConnection())
                    : connection instanceof WebSocketConnection;
        }
    }
}
