package io.fleetline.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.machine.Clock;
import io.fleetline.protocol.ProtocolLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;
import org.jspecify.annotations.Nullable;

/**
 * The same clients for every server, but for what they say: the same WebSocket and TLS, as many messages of the same size in
 * flight.
 *
 * <ul>
 *   <li>{@code connect {url, trust, dialect, from, devices: [{id, secret}], together}}: connects these, {@code together} at a
 *       time; gives {@code nanos} and {@code tls}
 *   <li>{@code run {millis, connections, inFlight}}: so many of the connections keep so many messages in flight; gives
 *       {@code messages} and {@code nanos}
 * </ul>
 */
public final class PeerLoadRole implements Role {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TLS = "TLSv1.3";
    private static final String CIPHER = "TLS_AES_128_GCM_SHA256";
    private static final int THREADS = 8;
    private static final long SEED = 3;

    private final QueuedThreadPool threads = new QueuedThreadPool(THREADS, THREADS);
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final List<PeerConnection> connections = new ArrayList<>();
    private final Random random = new Random(SEED);
    private @Nullable WebSocketClient client;

    /** For the child process. */
    public PeerLoadRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws Exception {
        return switch (verb) {
            case "connect" -> connect(arguments);
            case "run" -> run(arguments);
            default -> throw new IllegalArgumentException("the load does not know how to " + verb);
        };
    }

    private Map<String, Object> connect(JsonNode arguments) throws Exception {
        WebSocketClient started = client;
        if (started == null) {
            started = start(trust(Path.of(arguments.path("trust").asText())));
            client = started;
        }
        URI url = URI.create(arguments.path("url").asText());
        int together = arguments.path("together").asInt();
        List<CompletableFuture<?>> pending = new ArrayList<>();
        long beganNanos = Clock.nanos();
        for (JsonNode device : arguments.path("devices")) {
            String id = device.path("id").asText();
            PeerConnection connection =
                    new PeerConnection(dialect(arguments.path("dialect").asText(), id), failed);
            ClientUpgradeRequest request = new ClientUpgradeRequest(url);
            switch (arguments.path("dialect").asText()) {
                case "mqtt" -> request.setSubProtocols("mqtt");
                case "fleetline" -> {
                    request.setSubProtocols(ProtocolLimits.SUBPROTOCOL);
                    String credential = id + ":" + device.path("secret").asText();
                    request.setHeader(
                            "Authorization",
                            "Basic " + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8)));
                }
                default -> {
                    // NATS has no name for what it speaks.
                }
            }
            pending.add(started.connect(connection, request).thenCompose(session -> connection.greeted()));
            connections.add(connection);
            if (pending.size() == together) {
                await(pending);
            }
        }
        await(pending);
        return Map.of("nanos", Clock.nanos() - beganNanos, "tls", TLS + " " + CIPHER);
    }

    private static void await(List<CompletableFuture<?>> pending) throws Exception {
        CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        pending.clear();
    }

    private Dialect dialect(String name, String id) {
        byte[] body = Bodies.CBOR_X.write(random);
        return switch (name) {
            case "mqtt" -> new MqttDialect(id, body);
            case "nats" -> new NatsDialect(body);
            default ->
                new FleetlineDialect(
                        body,
                        random.nextInt() & ProtocolLimits.MAX_NAME,
                        Clock.now().toEpochMilli());
        };
    }

    private Map<String, Object> run(JsonNode arguments) throws Exception {
        List<PeerConnection> busy =
                connections.subList(0, arguments.path("connections").asInt());
        int inFlight = arguments.path("inFlight").asInt();
        long before = total(busy, PeerConnection::acknowledged);
        long beganNanos = Clock.nanos();
        busy.forEach(connection -> connection.publish(inFlight));
        waitUnlessFailed(arguments.path("millis").asLong());
        busy.forEach(connection -> connection.publish(0));
        long patienceNanos = Clock.nanos() + PATIENCE.toNanos();
        while (total(busy, PeerConnection::inFlight) > 0) {
            if (Clock.nanos() > patienceNanos) {
                throw new IllegalStateException(
                        "not everything was acknowledged within " + PATIENCE.toSeconds() + " s");
            }
            waitUnlessFailed(1);
        }
        return Map.of(
                "messages", total(busy, PeerConnection::acknowledged) - before, "nanos", Clock.nanos() - beganNanos);
    }

    private void waitUnlessFailed(long millis) throws ExecutionException, InterruptedException {
        try {
            failed.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException nothingFailed) {
            // As it should be.
        }
    }

    private static long total(List<PeerConnection> connections, ToLongFunction<PeerConnection> count) {
        return connections.stream().mapToLong(count).sum();
    }

    private WebSocketClient start(KeyStore trust) throws Exception {
        SslContextFactory.Client ssl = new SslContextFactory.Client();
        ssl.setTrustStore(trust);
        ssl.setIncludeProtocols(TLS);
        ssl.setIncludeCipherSuites(CIPHER);
        ssl.setSessionCachingEnabled(false);
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setExecutor(threads);
        connector.setSslContextFactory(ssl);
        HttpClient http = new HttpClient(new HttpClientTransportOverHTTP(connector));
        http.setMaxConnectionsPerDestination(Integer.MAX_VALUE);
        http.start(); // before the WebSocket client is made, which would otherwise start threads of its own
        WebSocketClient started = new WebSocketClient(http);
        started.setIdleTimeout(Duration.ofHours(1));
        started.start();
        return started;
    }

    private static KeyStore trust(Path certificate) throws GeneralSecurityException, IOException {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            trust.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        return trust;
    }

    @Override
    public void close() throws IOException {
        try {
            if (client != null) {
                client.getHttpClient().stop();
            }
            threads.stop();
        } catch (Exception e) {
            throw new IOException("the load's client could not be stopped", e);
        }
    }
}
