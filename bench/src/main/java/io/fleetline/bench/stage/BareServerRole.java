package io.fleetline.bench.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import io.fleetline.protocol.ProtocolLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * What a node cannot be better than as long as it speaks through Jetty: a server of the same Jetty, by its public API, with the
 * same threads, buffers, TLS and limits of sizes. It lets everybody in, keeps nothing, and sends each message back.
 *
 * <ul>
 *   <li>{@code start {store, password}}: with this certificate and key; gives {@code url}
 * </ul>
 */
public final class BareServerRole implements Role {
    private @Nullable Server server;

    /** For the child process. */
    public BareServerRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws Exception {
        if (!verb.equals("start")) {
            throw new IllegalArgumentException("a bare server does not know how to " + verb);
        }
        Server started = new Server(
                new QueuedThreadPool(), new ScheduledExecutorScheduler("bare-timer", true), new ArrayByteBufferPool());
        server = started;
        ServerConnector connector = connector(
                started,
                arguments.path("store").asText(),
                arguments.path("password").asText());
        started.addConnector(connector);
        started.setHandler(WebSocketUpgradeHandler.from(started, container -> {
            container.setIdleTimeout(Duration.ZERO);
            container.setMaxBinaryMessageSize(ProtocolLimits.DEFAULT_MAX_FRAME_BYTES);
            container.addMapping(ProtocolLimits.PATH, (request, response, callback) -> {
                response.setAcceptedSubProtocol(ProtocolLimits.SUBPROTOCOL);
                return new Echo();
            });
        }));
        started.start();
        return Map.of("url", "wss://127.0.0.1:" + connector.getLocalPort() + ProtocolLimits.PATH);
    }

    private static ServerConnector connector(Server owner, String store, String password) {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(store);
        tls.setKeyStorePassword(password);
        tls.setExcludeProtocols();
        tls.setIncludeProtocols("TLSv1.3");
        tls.setUseCipherSuitesOrder(false);
        tls.setRenegotiationAllowed(false);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        http.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory httpFactory = new HttpConnectionFactory(http);
        ServerConnector connector =
                new ServerConnector(owner, new SslConnectionFactory(tls, httpFactory.getProtocol()), httpFactory);
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(1_024);
        connector.setIdleTimeout(Duration.ofMinutes(1).toMillis());
        return connector;
    }

    /** Asks for a message once the one before it is on its way back. Public because Jetty calls it. */
    public static final class Echo implements Session.Listener {
        private @Nullable Session session;

        /** For one connection. */
        Echo() {}

        @Override
        public void onWebSocketOpen(Session opened) {
            session = opened;
            opened.demand();
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
            Session open = session;
            if (open == null) {
                throw new IllegalStateException("a message before the connection is open");
            }
            open.sendBinary(
                    payload,
                    Callback.from(
                            () -> {
                                callback.succeed();
                                open.demand();
                            },
                            callback::fail));
        }

        /** A client that is gone is no error, and a line in the log for each would cost this side more than the other. */
        @Override
        public void onWebSocketError(Throwable cause) {}
    }

    @Override
    public void close() throws IOException {
        try {
            if (server != null) {
                server.stop();
            }
        } catch (Exception e) {
            throw new IOException("the bare server could not be stopped", e);
        }
    }
}
