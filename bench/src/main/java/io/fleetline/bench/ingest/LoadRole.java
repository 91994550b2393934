package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.machine.Clock;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
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
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;
import org.jspecify.annotations.Nullable;

/**
 * Many devices with more events than the node takes, in as little CPU as can be: frames are put together from items that
 * were encoded once.
 *
 * <ul>
 *   <li>{@code connect {url, trust, devices: [{id, secret}], window, items}}: connects all devices, one after the other;
 *       {@code items} per frame, at most {@code window} events in flight each; gives {@code tls}
 *   <li>{@code run {millis}}: gives {@code events} and {@code nanos}, from the first frame sent to the last event
 *       acknowledged, and how many {@code frames} and {@code acks} these were
 *   <li>{@code listen {bootstrap, topic}}: reads what the node writes from now on
 *   <li>{@code pace {millis, framesPerSecond}}: the devices publish in turn, at fixed times; gives {@code events} and
 *       {@code nanos}, and {@code p50} and {@code p99} of the time from when a frame was due until the consumer got each
 *       of its events, in µs
 * </ul>
 */
public final class LoadRole implements Role {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(15);
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(30);
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final int THREADS = 8;
    private static final long SEED = 3;

    private final QueuedThreadPool threads = new QueuedThreadPool(THREADS, THREADS);
    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler("load-scheduler", true);
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final Handshakes handshakes = new Handshakes();
    private final List<LoadConnection> connections = new ArrayList<>();
    private @Nullable WebSocketClient client;
    private int itemsPerFrame = 1;
    private long heartbeats;
    private @Nullable Arrivals arrivals;

    /** For the child process. */
    public LoadRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws Exception {
        return switch (verb) {
            case "connect" -> connect(arguments);
            case "run" -> run(Duration.ofMillis(arguments.path("millis").asLong()));
            case "listen" -> listen(arguments);
            case "pace" -> pace(arguments);
            default -> throw new IllegalArgumentException("the load does not know how to " + verb);
        };
    }

    private Map<String, Object> connect(JsonNode arguments) throws Exception {
        WebSocketClient started = start(trust(Path.of(arguments.path("trust").asText())));
        client = started;
        URI url = URI.create(arguments.path("url").asText());
        itemsPerFrame = arguments.path("items").asInt();
        Random random = new Random(SEED);
        long timeMillis = Clock.now().toEpochMilli();
        for (JsonNode device : arguments.path("devices")) {
            String id = device.path("id").asText();
            LoadConnection connection = new LoadConnection(
                    id,
                    new PublishTemplate(events(itemsPerFrame, timeMillis, random)),
                    random.nextInt() & ProtocolLimits.MAX_NAME,
                    arguments.path("window").asLong(),
                    failed);
            ClientUpgradeRequest request = new ClientUpgradeRequest(url);
            request.setSubProtocols(ProtocolLimits.SUBPROTOCOL);
            String credential = id + ":" + device.path("secret").asText();
            request.setHeader(
                    HttpHeader.AUTHORIZATION.asString(),
                    "Basic " + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8)));
            handshakes.begin(Clock.now());
            started.connect(connection, request).get(CONNECT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            connection.welcomed().get(CONNECT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            connections.add(connection);
        }
        scheduler.schedule(this::heartbeat, HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
        return Map.of("tls", handshakes.toString());
    }

    private Map<String, Object> run(Duration time) throws Exception {
        long before = total(LoadConnection::acknowledged);
        long acksBefore = total(LoadConnection::acks);
        long beganNanos = Clock.nanos();
        connections.forEach(LoadConnection::publish);
        failUnlessQuietFor(time);
        CompletableFuture<?> quiet = CompletableFuture.allOf(
                connections.stream().map(LoadConnection::pause).toArray(CompletableFuture[]::new));
        try {
            CompletableFuture.anyOf(quiet, failed).get(DRAIN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "not everything was acknowledged within " + DRAIN_PATIENCE.toSeconds() + " s of the last frame", e);
        }
        long nanos = Clock.nanos() - beganNanos;
        long events = total(LoadConnection::acknowledged) - before;
        return Map.of(
                "events",
                events,
                "nanos",
                nanos,
                "frames",
                events / itemsPerFrame,
                "acks",
                total(LoadConnection::acks) - acksBefore);
    }

    private Map<String, Object> listen(JsonNode arguments) {
        Map<String, LoadConnection> byDevice =
                connections.stream().collect(Collectors.toMap(LoadConnection::device, each -> each));
        arrivals = new Arrivals(
                arguments.path("bootstrap").asText(), arguments.path("topic").asText(), record -> {
                    LoadConnection connection = byDevice.get(new String(record.key(), StandardCharsets.UTF_8));
                    return connection == null ? -1 : connection.dueNanos(seq(record));
                });
        return Map.of();
    }

    private static long seq(ConsumerRecord<byte[], byte[]> record) throws RecordHeaderException {
        return RecordHeaderCodec.decodePosition(
                        record.headers().lastHeader(RecordHeaders.POSITION).value())
                .seq();
    }

    private Map<String, Object> pace(JsonNode arguments) throws Exception {
        Arrivals listening = arrivals;
        if (listening == null) {
            throw new IllegalStateException("nobody listens");
        }
        listening.begin();
        long beganNanos = Clock.nanos();
        long frames = Pace.keep(
                arguments.path("framesPerSecond").asDouble(),
                Duration.ofMillis(arguments.path("millis").asLong()),
                (k, dueNanos) -> connections.get((int) (k % connections.size())).publishOnce(dueNanos));
        long nanos = Clock.nanos() - beganNanos;
        if (failed.isCompletedExceptionally()) {
            failed.get();
        }
        return listening.end(frames * itemsPerFrame, nanos);
    }

    private void failUnlessQuietFor(Duration time) throws ExecutionException, InterruptedException {
        try {
            failed.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException nothingFailed) {
            // As it should be.
        }
    }

    private long total(ToLongFunction<LoadConnection> count) {
        return connections.stream().mapToLong(count).sum();
    }

    private void heartbeat() {
        heartbeats++;
        connections.forEach(connection -> connection.heartbeat(heartbeats));
        scheduler.schedule(this::heartbeat, HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static List<Item.Event> events(int count, long timeMillis, Random random) {
        List<Item.Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(
                    new Item.Event("readings", timeMillis, Payload.wrap(Bodies.CBOR_X.write(random)), Attributes.NONE));
        }
        return events;
    }

    private WebSocketClient start(KeyStore trust) throws Exception {
        SslContextFactory.Client ssl = new SslContextFactory.Client();
        ssl.setTrustStore(trust);
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setExecutor(threads);
        connector.setScheduler(scheduler);
        connector.setSslContextFactory(ssl);
        HttpClient http = new HttpClient(new HttpClientTransportOverHTTP(connector));
        http.addBean(handshakes);
        http.setMaxConnectionsPerDestination(Integer.MAX_VALUE);
        http.start(); // before the WebSocket client is made, which would otherwise start threads of its own
        WebSocketClient started = new WebSocketClient(http);
        started.setMaxBinaryMessageSize(ProtocolLimits.DEFAULT_MAX_FRAME_BYTES);
        started.setIdleTimeout(Duration.ofHours(1));
        started.start();
        return started;
    }

    private static KeyStore trust(Path certificate) throws GeneralSecurityException, IOException {
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
        if (arrivals != null) {
            arrivals.close();
        }
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
