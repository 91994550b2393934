package io.fleetline.device.fake;

import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** A {@link FakeNode} behind a real socket. */
public final class SocketNode implements AutoCloseable {
    /** What the handshake is answered with in place of 101. */
    public record Refusal(int status, Optional<String> retryAfter, Optional<String> location) {}

    private final Server server;
    private final ServerConnector connector;
    private final boolean secure;
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final List<Optional<X509Certificate>> certificates = new CopyOnWriteArrayList<>();
    private final Set<Long> fullHandshakes = ConcurrentHashMap.newKeySet();
    private volatile Function<String, Optional<Refusal>> doorkeeper = authorization -> Optional.empty();

    /** A node on a free port of the loopback interface; with a certificate it speaks TLS. */
    public SocketNode(FakeNode node, Optional<TestCertificate> certificate) throws Exception {
        this(node, certificate, Optional.empty());
    }

    /** The same, which wants a client certificate of an authority. */
    public SocketNode(FakeNode node, Optional<TestCertificate> certificate, Optional<TestAuthority> clients)
            throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(8);
        threads.setDaemon(true);
        server = new Server(threads);
        secure = certificate.isPresent();
        if (secure) {
            SslContextFactory.Server tls = new SslContextFactory.Server();
            tls.setKeyStore(certificate.get().keyStore("secret".toCharArray()));
            tls.setKeyStorePassword("secret");
            tls.setSniRequired(false);
            clients.ifPresent(authority -> {
                tls.setTrustStore(authority.trustStore());
                tls.setNeedClientAuth(true);
            });
            connector = new ServerConnector(server, tls, new HttpConnectionFactory());
        } else {
            connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory());
        }
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(WebSocketUpgradeHandler.from(server, container -> {
            container.setMaxBinaryMessageSize(ProtocolLimits.MAX_FRAME_BYTES);
            container.setMaxFrameSize(ProtocolLimits.MAX_FRAME_BYTES);
            container.addMapping(ProtocolLimits.PATH, (request, response, callback) -> {
                tls(request)
                        .ifPresent(tls -> fullHandshakes.add(tls.sslSession().getCreationTime()));
                certificates.add(certificate(request));
                authorizations.add(String.valueOf(request.getHeaders().get(HttpHeader.AUTHORIZATION)));
                Optional<Refusal> refusal =
                        doorkeeper.apply(request.getHeaders().get(HttpHeader.AUTHORIZATION));
                if (refusal.isPresent()) {
                    response.setStatus(refusal.get().status());
                    refusal.get()
                            .retryAfter()
                            .ifPresent(value -> response.getHeaders().put(HttpHeader.RETRY_AFTER, value));
                    refusal.get()
                            .location()
                            .ifPresent(value -> response.getHeaders().put(HttpHeader.LOCATION, value));
                    callback.succeeded();
                    return null;
                }
                return accept(node, request, response);
            });
        }));
        server.start();
    }

    private static Optional<X509Certificate> certificate(ServerUpgradeRequest request) {
        return tls(request)
                .map(EndPoint.SslSessionData::peerCertificates)
                .filter(chain -> chain.length > 0)
                .map(chain -> chain[0]);
    }

    private static Optional<EndPoint.SslSessionData> tls(ServerUpgradeRequest request) {
        return Optional.ofNullable(
                request.getConnectionMetaData().getConnection().getEndPoint().getSslSessionData());
    }

    private static Object accept(
            FakeNode node,
            ServerUpgradeRequest request,
            org.eclipse.jetty.websocket.server.ServerUpgradeResponse response) {
        if (request.getSubProtocols().contains(ProtocolLimits.SUBPROTOCOL)) {
            response.setAcceptedSubProtocol(ProtocolLimits.SUBPROTOCOL);
        }
        return new Socket(node);
    }

    /**
     * How many TLS handshakes began a session of their own. A connection that resumes a session (RFC 8446, section 2.2) has
     * one that is as old as the first.
     */
    public int fullHandshakes() {
        return fullHandshakes.size();
    }

    /** Decides who may connect, from the {@code Authorization} header. */
    public void doorkeeper(Function<String, Optional<Refusal>> decides) {
        doorkeeper = decides;
    }

    /** The {@code Authorization} headers that came. */
    public List<String> authorizations() {
        return authorizations;
    }

    /** The certificates that devices showed, if they showed any. */
    public List<Optional<X509Certificate>> certificates() {
        return certificates;
    }

    public URI url() {
        return url("127.0.0.1");
    }

    public URI url(String host) {
        return URI.create(
                (secure ? "wss" : "ws") + "://" + host + ":" + connector.getLocalPort() + ProtocolLimits.PATH);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What Jetty calls. */
    public static final class Socket implements Session.Listener.AutoDemanding, NodePeer {
        private final FakeNode node;
        private final FrameDecoder decoder = new FrameDecoder();
        private Session session;
        private FakeNode.Connection connection;

        Socket(FakeNode node) {
            this.node = node;
        }

        @Override
        public void onWebSocketOpen(Session opened) {
            session = opened;
            connection = node.connect(this);
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
            byte[] frame = new byte[payload.remaining()];
            payload.get(frame);
            callback.succeed();
            try {
                connection.received(decoder.decodeDeviceFrame(frame, 0, frame.length));
            } catch (FrameException e) {
                node.breaches().add(e.getMessage());
            }
        }

        @Override
        public void onWebSocketClose(int statusCode, String reason, Callback callback) {
            connection.ended();
            callback.succeed();
        }

        @Override
        public void onWebSocketError(Throwable cause) {
            connection.ended();
        }

        @Override
        public void send(ServerFrame frame) {
            session.sendBinary(ByteBuffer.wrap(FrameEncoder.encode(frame)), Callback.NOOP);
        }

        @Override
        public void close(int code, String reason) {
            session.close(code, reason, Callback.NOOP);
        }

        @Override
        public void cut() {
            session.disconnect();
        }
    }
}
