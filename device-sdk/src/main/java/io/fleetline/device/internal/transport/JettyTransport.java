package io.fleetline.device.internal.transport;

import io.fleetline.device.internal.connection.EndCause;
import io.fleetline.device.internal.connection.Ending;
import io.fleetline.device.internal.connection.Link;
import io.fleetline.device.internal.connection.Transport;
import io.fleetline.protocol.ProtocolLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.client.Authentication;
import org.eclipse.jetty.client.BasicAuthentication;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes WebSocket connections (RFC 6455) with Jetty's client, all with the same settings. */
final class JettyTransport implements Transport, AutoCloseable {
    /** Without an end as far as Jetty is concerned; heartbeats find out who is gone. */
    private static final Duration NO_IDLE_TIMEOUT = Duration.ZERO;

    /** A bound for what the connection's own timeout cuts short; without one a lost SYN would stay for minutes. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(JettyTransport.class);

    private final WebSocketClient client;
    private final SslContextFactory.Client tls = new SslContextFactory.Client();
    private final TlsFiles files;
    private final TimeFloor floor;

    /**
     * Starts the client.
     *
     * @throws IllegalArgumentException if a file cannot be read or is not what it should be
     * @throws IllegalStateException if Jetty cannot be started
     */
    JettyTransport(SharedSelector selector, TransportSettings settings, TimeFloor floor) {
        this.floor = floor;
        files = new TlsFiles(settings, floor);
        files.readIfChanged().ifPresent(tls::setSslContext);
        tls.setEndpointIdentificationAlgorithm("HTTPS");
        CipherOrder.ofThisMachine().ifPresent(tls::setCipherComparator);
        ClientConnector connector = selector.newConnector();
        connector.setSslContextFactory(tls);
        connector.setConnectTimeout(CONNECT_TIMEOUT);
        HttpClient http = new HttpClient(new HttpClientTransportOverHTTP(connector));
        http.setFollowRedirects(false);
        http.setHttpCookieStore(new HttpCookieStore.Empty());
        http.setUserAgentField(null);
        http.setMaxConnectionsPerDestination(Integer.MAX_VALUE);
        settings.proxy().ifPresent(proxy -> goThrough(proxy, http));
        try {
            // Before the WebSocket client is made: it would give itself a thread pool of its own otherwise.
            http.start();
            client = new WebSocketClient(http);
            client.setMaxBinaryMessageSize(ProtocolLimits.DEFAULT_MAX_FRAME_BYTES);
            client.setMaxTextMessageSize(1);
            // For both directions, and larger than any message: frames that go out are never taken apart. One that
            // comes
            // in is gathered piece by piece up to the limit of messages, whatever length it announces.
            client.setMaxFrameSize(ProtocolLimits.MAX_FRAME_BYTES);
            client.setIdleTimeout(NO_IDLE_TIMEOUT);
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the WebSocket client", e);
        }
    }

    private static void goThrough(TransportSettings.Proxy proxy, HttpClient http) {
        HttpProxy tunnels = new HttpProxy(proxy.host(), proxy.port());
        http.getProxyConfiguration().addProxy(tunnels);
        proxy.login().ifPresent(login -> {
            http.getAuthenticationStore()
                    .addAuthentication(new BasicAuthentication(
                            tunnels.getURI(), Authentication.ANY_REALM, login.user(), login.password()));
            http.getAuthenticationStore()
                    .addAuthenticationResult(new BasicAuthentication.BasicResult(
                            tunnels.getURI(),
                            HttpHeader.PROXY_AUTHORIZATION,
                            login.user(),
                            login.password(),
                            StandardCharsets.UTF_8));
        });
    }

    @Override
    public void refresh() {
        Optional<SSLContext> changed = files.readIfChanged();
        if (changed.isPresent()) {
            LOG.info("read keys and certificates again, for their files have changed");
            try {
                tls.reload(factory -> factory.setSslContext(changed.get()));
            } catch (Exception e) {
                throw new IllegalStateException("cannot use the keys and certificates that were read again", e);
            }
        }
    }

    @Override
    public void nodeTime(long unixMillis) {
        floor.seen(unixMillis);
    }

    @Override
    public Link dial(URI endpoint, Optional<String> authorization, Link.Listener listener) {
        ClientUpgradeRequest request = new ClientUpgradeRequest(endpoint);
        request.setSubProtocols(ProtocolLimits.SUBPROTOCOL);
        authorization.ifPresent(value -> request.setHeader(HttpHeader.AUTHORIZATION.asString(), value));
        JettyLink link = new JettyLink(listener);
        try {
            link.dialled(client.connect(new JettyEndpoint(link), request, link));
        } catch (IOException | RuntimeException e) {
            link.end(Ending.of(EndCause.UNREACHABLE, "cannot dial " + endpoint + ": " + e));
        }
        return link;
    }

    @Override
    public void close() {
        try {
            client.stop();
            client.getHttpClient().stop();
        } catch (Exception e) {
            throw new IllegalStateException("cannot stop the WebSocket client", e);
        }
    }
}
