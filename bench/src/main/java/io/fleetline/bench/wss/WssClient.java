package io.fleetline.bench.wss;

import io.fleetline.protocol.ProtocolLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/** Connects many devices from one process, with few threads and one selector. Thread-safe. */
public final class WssClient implements AutoCloseable {
    private static final int THREADS = 8;
    /** For one attempt, from the SYN to the upgrade; a server that has thousands before it takes its time. */
    private static final Duration ATTEMPT = Duration.ofSeconds(30);

    private final QueuedThreadPool threads = new QueuedThreadPool(THREADS, THREADS);
    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler("wss-scheduler", true);
    private final Handshakes handshakes = new Handshakes();
    private final WebSocketClient client;

    private WssClient(Path trust, Resumption resumption, Optional<String> cipher) throws Exception {
        TlsClient tls = new TlsClient(resumption, handshakes);
        cipher.ifPresent(tls::setIncludeCipherSuites);
        tls.setIncludeProtocols("TLSv1.3");
        tls.setTrustStore(trusting(trust));
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setExecutor(threads);
        connector.setScheduler(scheduler);
        connector.setSslContextFactory(tls);
        HttpClient http = new HttpClient(new HttpClientTransportOverHTTP(connector));
        http.addBean(handshakes);
        http.setConnectTimeout(ATTEMPT.toMillis());
        http.setMaxConnectionsPerDestination(Integer.MAX_VALUE);
        http.setMaxRequestsQueuedPerDestination(Integer.MAX_VALUE);
        http.start(); // before the WebSocket client is made, which would otherwise start threads of its own
        client = new WebSocketClient(http);
        client.setMaxBinaryMessageSize(ProtocolLimits.DEFAULT_MAX_FRAME_BYTES);
        client.setIdleTimeout(Duration.ofHours(1));
        client.start();
    }

    /**
     * Gets ready.
     *
     * @param trust the certificate that a server has to show, as PEM
     */
    public static WssClient start(Path trust, Resumption resumption) throws Exception {
        return new WssClient(trust, resumption, Optional.empty());
    }

    /** The same with this cipher suite and no other. */
    public static WssClient start(Path trust, Resumption resumption, String cipher) throws Exception {
        return new WssClient(trust, resumption, Optional.of(cipher));
    }

    /** Connects a device; completes when the server has agreed to the upgrade, and with it to the credential. */
    public CompletableFuture<Session> connect(Session.Listener listener, URI url, Credential device) {
        ClientUpgradeRequest request = new ClientUpgradeRequest(url);
        request.setSubProtocols(ProtocolLimits.SUBPROTOCOL);
        request.setHeader(HttpHeader.AUTHORIZATION.asString(), device.authorization());
        return connect(listener, request);
    }

    /**
     * Connects a client of another server, without a credential.
     *
     * @param subprotocol as the server wants it; may be empty
     */
    public CompletableFuture<Session> connect(Session.Listener listener, URI url, Optional<String> subprotocol) {
        ClientUpgradeRequest request = new ClientUpgradeRequest(url);
        subprotocol.ifPresent(request::setSubProtocols);
        return connect(listener, request);
    }

    private CompletableFuture<Session> connect(Session.Listener listener, ClientUpgradeRequest request) {
        request.setTimeout(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.connect(listener, request);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** How handshakes were made so far. */
    public Handshakes handshakes() {
        return handshakes;
    }

    /** Does something later, on a thread of its own that many tasks share. */
    public void after(Duration delay, Runnable task) {
        scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static KeyStore trusting(Path certificate) throws GeneralSecurityException, IOException {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            trust.setCertificateEntry(
                    "node", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        return trust;
    }

    @Override
    public void close() throws IOException {
        try {
            client.getHttpClient().stop();
            threads.stop();
        } catch (Exception e) {
            throw new IOException("the client could not be stopped", e);
        }
    }
}
