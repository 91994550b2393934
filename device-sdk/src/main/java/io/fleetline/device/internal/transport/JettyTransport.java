package io.fleetline.device.internal.transport;

import io.fleetline.device.internal.connection.EndCause;
import io.fleetline.device.internal.connection.Ending;
import io.fleetline.device.internal.connection.Link;
import io.fleetline.device.internal.connection.Transport;
import io.fleetline.protocol.ProtocolLimits;
import java.io.IOException;
import java.net.URI;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/** Makes WebSocket connections (RFC 6455) with Jetty's client, all with the same idea of whom to trust. */
final class JettyTransport implements Transport, AutoCloseable {
    /** Without an end as far as Jetty is concerned; heartbeats find out who is gone. */
    private static final Duration NO_IDLE_TIMEOUT = Duration.ZERO;

    /** A bound for what the connection's own timeout cuts short; without one a lost SYN would stay for minutes. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(5);

    private final WebSocketClient client;

    /**
     * Starts the client.
     *
     * @param trusted the authorities to trust, in place of those that the JDK trusts
     * @throws IllegalStateException if Jetty cannot be started
     */
    JettyTransport(Executor executor, Scheduler scheduler, Optional<KeyStore> trusted) {
        SslContextFactory.Client tls = new SslContextFactory.Client();
        trusted.ifPresent(tls::setTrustStore);
        tls.setEndpointIdentificationAlgorithm("HTTPS");
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setExecutor(executor);
        connector.setScheduler(scheduler);
        connector.setSslContextFactory(tls);
        connector.setConnectTimeout(CONNECT_TIMEOUT);
        HttpClient http = new HttpClient(new HttpClientTransportOverHTTP(connector));
        http.setFollowRedirects(false);
        http.setHttpCookieStore(new HttpCookieStore.Empty());
        http.setUserAgentField(null);
        http.setMaxConnectionsPerDestination(Integer.MAX_VALUE);
        try {
            // Before the WebSocket client is made: it would give itself a thread pool of its own otherwise.
            http.start();
            client = new WebSocketClient(http);
            client.setMaxBinaryMessageSize(ProtocolLimits.DEFAULT_MAX_FRAME_BYTES);
            client.setMaxTextMessageSize(1);
            // For both directions, and larger than any message: frames that go out are never taken apart. One that
            // comes in
            // is gathered piece by piece up to the limit of messages, whatever length it announces.
            client.setMaxFrameSize(ProtocolLimits.MAX_FRAME_BYTES);
            client.setIdleTimeout(NO_IDLE_TIMEOUT);
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the WebSocket client", e);
        }
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
