package io.fleetline.ingest.jetty;

import io.fleetline.ingest.identity.FailedAttempts;
import io.fleetline.ingest.identity.Flapping;
import io.fleetline.ingest.identity.Verdict;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.ProtocolLimits;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.AcceptRateLimit;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/** Everything of this node that speaks WebSocket: the listener, and the connections that came through it. */
public final class JettyEdge implements AutoCloseable {
    private static final int ACCEPT_QUEUE = 1_024;
    /** A command: its body, its attributes, and what names it. */
    private static final int LARGEST_SENT_BYTES =
            ProtocolLimits.MAX_COMMAND_BODY_BYTES + ProtocolLimits.MAX_ATTRIBUTES_BYTES + 1_024;

    private final ListenerConfig config;
    private final SessionServices services;
    private final Server server;
    private final ServerConnector connector;
    private final Optional<CertificateFiles> certificates;
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
        certificates = config.tls().map(CertificateFiles::new);
        connector = connector(server, config, certificates);
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

    private static ServerConnector connector(
            Server server, ListenerConfig config, Optional<CertificateFiles> certificates) {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(config.requestHeadBytes());
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setIdleTimeout(config.handshakeTimeout().toMillis());
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        http.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory httpFactory = new HttpConnectionFactory(http);
        List<ConnectionFactory> factories = certificates
                .map(files -> List.<ConnectionFactory>of(
                        new SslConnectionFactory(files.context(), httpFactory.getProtocol()), httpFactory))
                .orElse(List.of(httpFactory));
        ServerConnector connector = new ServerConnector(server, factories.toArray(ConnectionFactory[]::new));
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        connector.setIdleTimeout(config.handshakeTimeout().toMillis());
        return connector;
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

    /**
     * Reads the certificate and its key again if they have changed on disk; connections that there are stay as they are. What
     * cannot be used is logged, and the one before it stays.
     */
    public void reloadCertificates() {
        certificates.ifPresent(CertificateFiles::reloadIfChanged);
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
