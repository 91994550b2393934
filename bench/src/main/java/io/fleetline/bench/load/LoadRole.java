package io.fleetline.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.wss.Credential;
import io.fleetline.bench.wss.Resumption;
import io.fleetline.bench.wss.WssClient;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;

/**
 * Many devices with more events than the node takes, in as little CPU as can be: frames are put together from items that
 * were encoded once.
 *
 * <ul>
 *   <li>{@code connect {url, trust, devices: [{id, secret}], items, echo}}: connects all devices, one after the other;
 *       {@code items} per frame; with {@code echo} to a server that sends each frame back; gives {@code tls}
 *   <li>{@code run {millis, window}}: at most {@code window} events in flight for each device; gives {@code events} and
 *       {@code nanos}, from the first frame sent to the last event acknowledged, and how many {@code frames} and
 *       {@code acks} these were
 *   <li>{@code listen {bootstrap, topic}}: reads what the node writes from now on
 *   <li>{@code pace {millis, framesPerSecond}}: the devices publish in turn, at fixed times; gives {@code events} and
 *       {@code nanos}, and {@code p50} and {@code p99} of the time from when a frame was due until the consumer got each
 *       of its events, in µs
 *   <li>{@code begin {framesPerSecond}}: the same from now on, until {@code end {}}; meanwhile {@code look {}} gives the number
 *       of {@code frames} acknowledged since the last look, and {@code p50}, {@code p99} and {@code max} of the time from when
 *       each was due until its ack, in µs
 * </ul>
 */
public final class LoadRole implements Role {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(30);
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(30);
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final long SEED = 3;

    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final Receipts receipts = new Receipts();
    /** All, and those of them that are devices. */
    private final List<Publisher> publishers = new ArrayList<>();

    private final List<DeviceConnection> devices = new ArrayList<>();
    private @Nullable WssClient client;
    private int itemsPerFrame = 1;
    private long heartbeats;
    private @Nullable RecordArrivals arrivals;
    private @Nullable SteadyLoad steady;

    /** For the child process. */
    public LoadRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws Exception {
        return switch (verb) {
            case "connect" -> connect(arguments);
            case "run" ->
                run(
                        Duration.ofMillis(arguments.path("millis").asLong()),
                        arguments.path("window").asLong());
            case "listen" -> listen(arguments);
            case "pace" -> pace(arguments);
            case "begin" -> {
                steady = SteadyLoad.start(
                        devices, arguments.path("framesPerSecond").asDouble());
                yield Map.of();
            }
            case "look" -> {
                failIfFailed();
                yield receipts.look();
            }
            case "end" -> {
                if (steady != null) {
                    steady.stop();
                }
                yield Map.of();
            }
            default -> throw new IllegalArgumentException("the load does not know how to " + verb);
        };
    }

    private Map<String, Object> connect(JsonNode arguments) throws Exception {
        WssClient started = WssClient.start(Path.of(arguments.path("trust").asText()), Resumption.ALWAYS);
        client = started;
        URI url = URI.create(arguments.path("url").asText());
        boolean echo = arguments.path("echo").asBoolean();
        itemsPerFrame = arguments.path("items").asInt();
        Random random = new Random(SEED);
        long timeMillis = Clock.now().toEpochMilli();
        for (Credential device : Credential.all(arguments.path("devices"))) {
            PublishTemplate template = new PublishTemplate(events(itemsPerFrame, timeMillis, random));
            long storeName = random.nextInt() & ProtocolLimits.MAX_NAME;
            if (echo) {
                EchoConnection connection = new EchoConnection(device.id(), template, failed);
                await(started.connect(connection, url, device));
                publishers.add(connection);
            } else {
                DeviceConnection connection = new DeviceConnection(device.id(), template, storeName, receipts, failed);
                await(started.connect(connection, url, device));
                await(connection.welcomed());
                publishers.add(connection);
                devices.add(connection);
            }
        }
        started.after(HEARTBEAT, this::heartbeat);
        return Map.of("tls", started.handshakes().toString());
    }

    private static void await(CompletableFuture<?> done) throws Exception {
        done.get(CONNECT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Map<String, Object> run(Duration time, long window) throws Exception {
        long before = total(Publisher::acknowledged);
        long acksBefore = total(Publisher::acks);
        long beganNanos = Clock.nanos();
        publishers.forEach(each -> each.publish(window));
        failUnlessQuietFor(time);
        CompletableFuture<?> quiet = CompletableFuture.allOf(
                publishers.stream().map(Publisher::pause).toArray(CompletableFuture[]::new));
        try {
            CompletableFuture.anyOf(quiet, failed).get(DRAIN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "not everything was acknowledged within " + DRAIN_PATIENCE.toSeconds() + " s of the last frame", e);
        }
        long nanos = Clock.nanos() - beganNanos;
        long events = total(Publisher::acknowledged) - before;
        return Map.of(
                "events",
                events,
                "nanos",
                nanos,
                "frames",
                events / itemsPerFrame,
                "acks",
                total(Publisher::acks) - acksBefore);
    }

    private Map<String, Object> listen(JsonNode arguments) {
        Map<String, DeviceConnection> byDevice =
                devices.stream().collect(Collectors.toMap(DeviceConnection::device, each -> each));
        arrivals = new RecordArrivals(
                arguments.path("bootstrap").asText(), arguments.path("topic").asText(), record -> {
                    DeviceConnection connection = byDevice.get(new String(record.key(), StandardCharsets.UTF_8));
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
        RecordArrivals listening = arrivals;
        if (listening == null) {
            throw new IllegalStateException("nobody listens");
        }
        listening.begin();
        long beganNanos = Clock.nanos();
        long frames = Pace.keep(
                arguments.path("framesPerSecond").asDouble(),
                Duration.ofMillis(arguments.path("millis").asLong()),
                (k, dueNanos) -> devices.get((int) (k % devices.size())).publishOnce(dueNanos));
        long nanos = Clock.nanos() - beganNanos;
        failIfFailed();
        return listening.end(frames * itemsPerFrame, nanos);
    }

    private void failIfFailed() throws ExecutionException, InterruptedException {
        if (failed.isCompletedExceptionally()) {
            failed.get();
        }
    }

    private void failUnlessQuietFor(Duration time) throws ExecutionException, InterruptedException {
        try {
            failed.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException nothingFailed) {
            // As it should be.
        }
    }

    private long total(ToLongFunction<Publisher> count) {
        return publishers.stream().mapToLong(count).sum();
    }

    private void heartbeat() {
        heartbeats++;
        devices.forEach(device -> device.heartbeat(heartbeats));
        if (client != null) {
            client.after(HEARTBEAT, this::heartbeat);
        }
    }

    private static List<Item.Event> events(int count, long timeMillis, Random random) {
        List<Item.Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(
                    new Item.Event("readings", timeMillis, Payload.wrap(Bodies.CBOR_X.write(random)), Attributes.NONE));
        }
        return events;
    }

    @Override
    public void close() throws IOException {
        if (arrivals != null) {
            arrivals.close();
        }
        if (client != null) {
            client.close();
        }
    }
}
