package io.fleetline.ingest.jetty;

import io.fleetline.ingest.identity.ClonedIdentities;
import io.fleetline.ingest.identity.FailedAttempts;
import io.fleetline.ingest.identity.Flapping;
import io.fleetline.ingest.identity.Verdict;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.ProtocolLimits;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.io.ArrayByteBufferPool;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of this node that speaks WebSocket: the listener, and the connections that came through it. */
public final class JettyEdge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JettyEdge.class);
    private static final int ACCEPT_QUEUE = 1_024;
    /** A command: its body, its attributes, and what names it. */
    private static final int LARGEST_SENT_BYTES =
            ProtocolLimits.MAX_COMMAND_BODY_BYTES + ProtocolLimits.MAX_ATTRIBUTES_BYTES + 1_024;

    private static final int SLICES = 20;

    private final SessionServices services;
    private final Server server;
    private final HttpConfiguration http = new HttpConfiguration();
    private final ServerConnector connector;
    private final AcceptGate gate;
    private final Optional<CertificateFiles> certificates;
    private final ClonedIdentities clones;
    private final OpenConnections connections = new OpenConnections();

    private volatile ListenerConfig config;

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
        Sources sources = new Sources(config.proxy());
        server.setErrorHandler(new BareErrorHandler(services, sources));
        certificates = config.tls().map(files -> new CertificateFiles(files, config.isLoopback(), services.time()));
        certificates.ifPresent(read -> read.doubts().forEach(LOG::warn));
        connector = connector(server, certificates);
        gate = new AcceptGate(connector, config, services.time(), services.timers());
        connector.addBean(gate);
        connector.addBean(
                new HandshakeTimer(services.timers(), () -> this.config.handshakeTimeout(), gate::handshakeIsOver));
        server.addConnector(connector);
        clones = new ClonedIdentities(services.time());
        FailedAttempts failedAttempts = new FailedAttempts(
                services.time(),
                () -> this.config.badCredentialsPerDevice(),
                () -> this.config.badCredentialsPerSource());
        Handshake handshake = new Handshake(
                services.authenticator(),
                new ClientCertificates(config.proxy()),
                failedAttempts,
                new Flapping(services.time(), () -> this.config.connectsPerDevice()),
                () -> refusal(closedBecause),
                this::crowded);
        UpgradeHandler upgrade = new UpgradeHandler(container(server), handshake, sources, services, this::endpoint);
        server.setHandler(new EnrolHandler(upgrade, services, sources, failedAttempts, closedBecause::get));
    }

    /**
     * Reads and judges the files that the listener needs, without opening it.
     *
     * @return what may keep some devices from connecting, in sentences
     * @throws IllegalArgumentException naming the setting, the file, and what would keep all of them from it
     */
    public static List<String> check(ListenerConfig config, NodeTime time) {
        return config.tls()
                .map(files -> new CertificateFiles(files, config.isLoopback(), time).doubts())
                .orElse(List.of());
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

    private ServerConnector connector(Server owner, Optional<CertificateFiles> files) {
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        http.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory httpFactory = new HttpConnectionFactory(http);
        List<ConnectionFactory> factories = new ArrayList<>(List.of(httpFactory));
        files.ifPresent(pem -> factories.add(0, new SslConnectionFactory(pem.context(), httpFactory.getProtocol())));
        if (config.proxy().trustsSomebody()) {
            factories.add(0, new ProxyGate(config.proxy(), factories.get(0), config.isProxiesOnly()));
        }
        ServerConnector made = new DeviceConnector(owner, factories.toArray(ConnectionFactory[]::new));
        made.setHost(config.host());
        made.setPort(config.port());
        made.setAcceptQueueSize(ACCEPT_QUEUE);
        limitHandshakes(made);
        return made;
    }

    private void limitHandshakes(ServerConnector of) {
        http.setRequestHeaderSize(config.requestHeadBytes());
        http.setIdleTimeout(config.handshakeTimeout().toMillis());
        of.setIdleTimeout(config.handshakeTimeout().toMillis());
    }

    /**
     * Goes by other limits from now on: those of handshakes and addresses at once, those of what waits for a peer for
     * connections to come. Where the node listens, and with which files, stays.
     */
    public void change(ListenerConfig now) {
        config = now;
        limitHandshakes(connector);
        gate.change(now);
    }

    private ServerWebSocketContainer container(Server owner) {
        WebSocketComponents components = WebSocketServerComponents.ensureWebSocketComponents(owner);
        // No permessage-deflate: it costs a quarter of a megabyte per connection, and secrets leak through sizes.
        Set.copyOf(components.getExtensionRegistry().getAvailableExtensionNames())
                .forEach(components.getExtensionRegistry()::unregister);
        ServerWebSocketContainer container = ServerWebSocketContainer.ensure(owner);
        int maxFrameBytes = services.limits().node().maxFrameBytes();
        container.setMaxBinaryMessageSize(maxFrameBytes); // each connection has its own, which is its tenant's
        // Refuses a length as soon as it is declared. What this node sends is measured by it too.
        container.setAutoFragment(false);
        container.setMaxFrameSize(maxFrameBytes(maxFrameBytes));
        container.setMaxTextMessageSize(1);
        container.setIdleTimeout(Duration.ZERO); // the sessions have timers of their own, which know more
        return container;
    }

    /** The limit of what a frame declares, both ways, for a connection that may send so much. */
    static int maxFrameBytes(int received) {
        return Math.max(received, LARGEST_SENT_BYTES);
    }

    private @Nullable String refusal(Supplier<@Nullable String> closedBecause) {
        String closed = closedBecause.get();
        int most = config.maxConnections();
        return closed == null && most > 0 && connections.count() >= most
                ? "all " + most + " connections are taken"
                : closed;
    }

    private @Nullable String crowded(String source) {
        int most = config.connectionsPerSource();
        return most > 0 && connections.count(source) >= most
                ? "all " + most + " connections of one address are taken"
                : null;
    }

    private DeviceEndpoint endpoint(Verdict.Accepted accepted, String source) {
        return new DeviceEndpoint(accepted, source, config, services, this);
    }

    /** A connection is there. Many that shook hands at once may be more than there are places. */
    void opened(DeviceEndpoint endpoint) {
        int fromThere = connections.add(endpoint, endpoint.source());
        int most = config.connectionsPerSource();
        if (most > 0 && fromThere > most) {
            endpoint.deviceSession()
                    .close(CloseReason.TRY_AGAIN_LATER, "all " + most + " connections of one address are taken");
        }
    }

    /**
     * A connection is gone.
     *
     * @param takenOverAlive whether it was taken over by a newer one although its peer was still there
     */
    void ended(DeviceEndpoint endpoint, boolean takenOverAlive) {
        connections.remove(endpoint, endpoint.source());
        if (takenOverAlive && clones.takenOverAlive(endpoint.device())) {
            services.metrics().cloned();
            LOG.warn(
                    "the identity {} is in use at more than one place, one of them {}: its connections take over from"
                            + " each other; give one of them an identity of its own, and rotate this one's credentials",
                    endpoint.device(),
                    endpoint.source());
        }
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
        return connections.count();
    }

    /** How many connections are between accept and upgrade. */
    public int handshakes() {
        return gate.handshakes();
    }

    /** Takes no new connections from now on. */
    public void stopAccepting() {
        connector.close();
    }

    /**
     * Asks all devices to leave, in slices, and those of a slice each at a moment of its own: other nodes get them one after
     * the other, also where devices take no time to choose. Returns at once.
     *
     * @param window how long it may take until the last has left
     */
    public void drain(Duration window, String reason) {
        List<DeviceEndpoint> all = connections.all();
        int slices = Math.max(1, Math.min(SLICES, all.size()));
        // Four fifths of the time: those of the last slice need some of it for their acks.
        Duration each = window.multipliedBy(4).dividedBy(5L * slices);
        for (int slice = 0; slice < slices; slice++) {
            List<DeviceEndpoint> some = all.subList(slice * all.size() / slices, (slice + 1) * all.size() / slices);
            services.timers()
                    .after(
                            each.multipliedBy(slice).toNanos(),
                            () -> some.forEach(
                                    endpoint -> endpoint.deviceSession().drain(each, reason)));
        }
    }

    /** Ends all connections that are left. Returns at once; they are gone when their peers have answered, or soon. */
    public void hangUp() {
        connections.all().forEach(each -> each.deviceSession().close(CloseReason.GOING_AWAY, "the node goes away"));
    }

    /** Cuts what is left, and lets go of the port. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the listener did not stop", e);
        }
    }
}
