package io.fleetline.ingest.jetty;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each connection meets first where there are trusted proxies. One of these has to begin with a PROXY header, if that is how
 * they say whom they speak for. From anybody else such a header is as wrong as any other bytes that are no TLS; and where the
 * node has no TLS, because its proxies end it, nobody else is let in at all.
 */
final class ProxyGate extends AbstractConnectionFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyGate.class);
    private static final String PROTOCOL = "proxy-gate";
    /** The largest header, which is 16 bytes longer, fits in; the rest of the first read is handed on. */
    private static final int BUFFER_BYTES = 2_048;

    private static final int MAX_HEADER_BYTES = 1_024;

    private final TrustedProxies proxies;
    private final ConnectionFactory forProxies;
    private final ConnectionFactory forOthers;

    /**
     * @param next what comes after it: TLS or HTTP
     * @param onlyProxies whether nobody else is let in
     */
    ProxyGate(ProxyConfig config, ConnectionFactory next, boolean onlyProxies) {
        super(PROTOCOL);
        proxies = TrustedProxies.parse(config.trusted());
        forProxies = config.address() == ProxyConfig.AddressFrom.PROXY_PROTOCOL ? new WithHeader(next) : next;
        forOthers = onlyProxies ? new Closed() : next;
        if (forProxies != next) {
            installBean(forProxies);
        }
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        SocketAddress peer = endPoint.getRemoteSocketAddress();
        return (proxies.trusts(peer) ? forProxies : forOthers).newConnection(connector, endPoint);
    }

    /** The PROXY protocol, which its specification forbids to guess: without the header there is no connection. */
    private static final class WithHeader extends ProxyConnectionFactory {
        WithHeader(ConnectionFactory next) {
            super(next.getProtocol());
            setInputBufferSize(BUFFER_BYTES);
            setMaxProxyHeader(MAX_HEADER_BYTES);
        }

        @Override
        protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer buffer) {
            LOG.info(
                    "closed a connection of the proxy {}: it does not begin with a PROXY header",
                    endPoint.getRemoteSocketAddress());
            endPoint.close();
        }
    }

    /** No way in. */
    private static final class Closed extends AbstractConnectionFactory {
        Closed() {
            super("closed");
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            AbstractConnection connection = new AbstractConnection(endPoint, connector.getExecutor()) {
                @Override
                public void onOpen() {
                    super.onOpen();
                    LOG.info(
                            "closed a connection of {}: without TLS, only trusted proxies are let in",
                            getEndPoint().getRemoteSocketAddress());
                    getEndPoint().close();
                }

                @Override
                public void onFillable() {
                    // Nothing is asked for.
                }
            };
            return configure(connection, connector, endPoint);
        }
    }
}
