package io.fleetline.ingest.jetty;

import io.fleetline.ingest.identity.FailedAttempts;
import io.fleetline.ingest.identity.Flapping;
import io.fleetline.ingest.identity.Verdict;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.ProtocolLimits;
import java.net.URI;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CRL;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.AcceptRateLimit;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/** Everything of this node that speaks WebSocket: the listener, and the connections that came through it. */
public final class JettyEdge implements AutoCloseable {
    private static final int ACCEPT_QUEUE = 1_024;
    /** Beside WebSocket's own: TLS 1.2 only where a device can do no better, and then nothing that is not safe today. */
    private static final String[] TLS_12_CIPHERS = {
        "TLS_AES_.*", "TLS_CHACHA20_.*", "TLS_ECDHE_.*_WITH_AES_.*_GCM_.*", "TLS_ECDHE_.*_WITH_CHACHA20_.*"
    };

    /** A command: its body, its attributes, and what names it. */
    private static final int LARGEST_SENT_BYTES =
            ProtocolLimits.MAX_COMMAND_BODY_BYTES + ProtocolLimits.MAX_ATTRIBUTES_BYTES + 1_024;

    private final ListenerConfig config;
    private final SessionServices services;
    private final Server server;
    private final ServerConnector connector;
    private final Set<DeviceEndpoint> endpoints = ConcurrentHashMap.newKeySet();

    private JettyEdge(ListenerConfig config, SessionServices services, Supplier<@Nullable String> closedBecause) {
        this.config = config;
        this.services = services;
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("fleetline-io");
        threads.setDaemon(true);
        server = new Server(
                threads,
                new ScheduledExecutorScheduler("fleetline-io-timer", true),
                // Buffers on the heap: TLS in Java copies direct ones anyway.
                new ArrayByteBufferPool());
        server.setErrorHandler(new BareErrorHandler());
        connector = connector(server, config);
        HandshakeTimer handshakeTimer = new HandshakeTimer(services.timers(), config.handshakeTimeout());
        connector.addBean(handshakeTimer);
        server.addConnector(connector);
        if (config.acceptsPerSecond() > 0) {
            server.addBean(new AcceptRateLimit(config.acceptsPerSecond(), 1, TimeUnit.SECONDS, connector));
        }
        FailedAttempts failedAttempts =
                new FailedAttempts(services.time(), config.badCredentialsPerDevice(), config.badCredentialsPerSource());
        Handshake handshake = new Handshake(
                services.authenticator(),
                failedAttempts,
                new Flapping(services.time(), config.connectsPerDevice()),
                () -> refusal(closedBecause));
        UpgradeHandler upgrade = new UpgradeHandler(container(server), handshake, services, this::endpoint);
        server.setHandler(new EnrolHandler(upgrade, services, failedAttempts, closedBecause::get));
    }

    /**
     * Opens the listener.
     *
     * @param closedBecause why the node takes no devices now, or null if it does; asked at each handshake
     * @throws IllegalStateException if the port cannot be had
     */
    public static JettyEdge start(
            ListenerConfig config, SessionServices services, Supplier<@Nullable String> closedBecause) {
        JettyEdge edge = new JettyEdge(config, services, closedBecause);
        try {
            edge.server.start();
        } catch (Exception e) {
            throw new IllegalStateException(
                    "cannot listen on " + config.host() + " port " + config.port() + ": " + e.getMessage(), e);
        }
        return edge;
    }

    private static ServerConnector connector(Server server, ListenerConfig config) {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(config.requestHeadBytes());
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setIdleTimeout(config.handshakeTimeout().toMillis());
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        http.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory httpFactory = new HttpConnectionFactory(http);
        List<ConnectionFactory> factories = config.tls()
                .map(tls -> List.<ConnectionFactory>of(
                        new SslConnectionFactory(sslContext(tls), httpFactory.getProtocol()), httpFactory))
                .orElse(List.of(httpFactory));
        ServerConnector connector = new ServerConnector(server, factories.toArray(ConnectionFactory[]::new));
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        connector.setIdleTimeout(config.handshakeTimeout().toMillis());
        return connector;
    }

    private static SslContextFactory.Server sslContext(ListenerConfig.Tls tls) {
        // The key store never leaves memory; its password only has to be one.
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String password = Base64.getEncoder().encodeToString(random);
        SslContextFactory.Server context = new SslContextFactory.Server() {
            @Override
            protected TrustManager[] getTrustManagers(
                    @Nullable KeyStore trusted, @Nullable Collection<? extends CRL> revoked) {
                return new TrustManager[] {new ClientCertificates.JudgedLater()};
            }
        };
        context.setWantClientAuth(true);
        context.setUseCipherSuitesOrder(false); // all are good, and the device knows what its processor does fastest
        context.setKeyStore(PemKeyStore.load(tls, password.toCharArray()));
        context.setKeyStorePassword(password);
        context.setRenegotiationAllowed(false);
        context.setExcludeProtocols();
        if (tls.allowTls12()) {
            context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
            context.setIncludeCipherSuites(TLS_12_CIPHERS);
        } else {
            context.setIncludeProtocols("TLSv1.3");
        }
        return context;
    }

    private ServerWebSocketContainer container(Server owner) {
        WebSocketComponents components = WebSocketServerComponents.ensureWebSocketComponents(owner);
        // No permessage-deflate: it costs a quarter of a megabyte per connection, and secrets leak through sizes.
        Set.copyOf(components.getExtensionRegistry().getAvailableExtensionNames())
                .forEach(components.getExtensionRegistry()::unregister);
        ServerWebSocketContainer container = ServerWebSocketContainer.ensure(owner);
        int maxFrameBytes = services.limits().maxFrameBytes();
        container.setMaxBinaryMessageSize(maxFrameBytes);
        // Refuses a length as soon as it is declared. What this node sends is measured by it too.
        container.setAutoFragment(false);
        container.setMaxFrameSize(Math.max(maxFrameBytes, LARGEST_SENT_BYTES));
        container.setMaxTextMessageSize(1);
        container.setIdleTimeout(Duration.ZERO); // the sessions have timers of their own, which know more
        return container;
    }

    private @Nullable String refusal(Supplier<@Nullable String> closedBecause) {
        String closed = closedBecause.get();
        if (closed == null && config.maxConnections() > 0 && endpoints.size() >= config.maxConnections()) {
            return "all " + config.maxConnections() + " connections are taken";
        }
        return closed;
    }

    private DeviceEndpoint endpoint(Verdict.Accepted accepted, String source) {
        return new DeviceEndpoint(accepted, source, config, services, endpoints);
    }

    /** Where devices connect. */
    public URI url() {
        String scheme = config.tls().isPresent() ? "wss" : "ws";
        String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
        return URI.create(scheme + "://" + host + ":" + connector.getLocalPort() + ProtocolLimits.PATH);
    }

    /** How many connections there are, those without a {@code hello} yet among them. */
    public int connections() {
        return endpoints.size();
    }

    /** Takes no new connections from now on. */
    public void stopAccepting() {
        connector.close();
    }

    /** Asks all devices to leave, each at a moment of its own within the window. */
    public void drain(Duration window, String reason) {
        endpoints.forEach(endpoint -> endpoint.deviceSession().drain(window, reason));
    }

    /** Ends all connections that are left, and lets go of the port. */
    @Override
    public void close() {
        endpoints.forEach(endpoint -> endpoint.deviceSession().close(CloseReason.GOING_AWAY, "the node goes away"));
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the listener did not stop", e);
        }
    }
}
