package io.fleetline.bench.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.load.Pace;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.wss.Credential;
import io.fleetline.device.Command;
import io.fleetline.device.CommandResult;
import io.fleetline.device.ConnectionState;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.OutboxConfig;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.RecordHeaders;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Devices of the SDK that are sent commands, and the producer that writes these to Kafka: in one process, so that one clock
 * measures both ends.
 *
 * <ul>
 *   <li>{@code connect {url, trust, devices: [{id, secret}], settings, topic}}: connects all devices; commands will be written
 *       to {@code topic} by a producer with these settings
 *   <li>{@code pace {millis, framesPerSecond}}: so many commands a second at fixed times, to the devices in turn; gives
 *       {@code events} and {@code nanos}, and {@code p50} and {@code p99} of the time from when a command was due until its
 *       handler was called, in µs
 * </ul>
 */
public final class CommandRole implements Role {
    private static final TypeReference<Map<String, String>> SETTINGS = new TypeReference<>() {};
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration EXPIRY = Duration.ofMinutes(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double NANOS_PER_MICRO = 1e3;
    private static final String NAME = "set";
    private static final long SEED = 7;

    private final DeviceRuntime runtime = DeviceRuntime.create();
    private final List<DeviceClient> clients = new ArrayList<>();
    private final List<byte[]> keys = new ArrayList<>();
    /** When each command that has not come was due, by its id. */
    private final Map<String, Long> dueNanos = new ConcurrentHashMap<>();

    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private String topic = "";
    private byte[] body = {};
    private long numbers;
    private Histogram latencies = new Histogram(3); // guarded by this

    /** For the child process. */
    public CommandRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) {
        return switch (verb) {
            case "connect" -> connect(arguments);
            case "pace" -> pace(arguments);
            default -> throw new IllegalArgumentException("commanded devices do not know how to " + verb);
        };
    }

    private Map<String, Object> connect(JsonNode arguments) {
        topic = arguments.path("topic").asText();
        body = Bodies.CBOR_X.write(new Random(SEED));
        Map<String, String> settings = new ObjectMapper().convertValue(arguments.path("settings"), SETTINGS);
        KafkaProducer<byte[], byte[]> started =
                new KafkaProducer<>(new HashMap<>(settings), new ByteArraySerializer(), new ByteArraySerializer());
        started.partitionsFor(topic); // so that the first run does not wait for it
        producer = started;
        for (Credential device : Credential.all(arguments.path("devices"))) {
            keys.add(device.id().getBytes(UTF_8));
            clients.add(DeviceClient.builder()
                    .endpoint(URI.create(arguments.path("url").asText()))
                    .identity(DeviceId.parse(device.id()))
                    .secret(device.secret())
                    .trustedCertificates(Path.of(arguments.path("trust").asText()))
                    .outbox(OutboxConfig.memory())
                    .runtime(runtime)
                    .onCommand(NAME, this::handle)
                    .build()
                    .start());
        }
        await(
                "not all devices connected",
                () -> clients.stream().allMatch(client -> client.status().state() == ConnectionState.CONNECTED));
        return Map.of("devices", clients.size());
    }

    private CommandResult handle(Command command) {
        long nowNanos = Clock.nanos();
        Long due = dueNanos.remove(command.id());
        if (due != null) {
            synchronized (this) {
                latencies.recordValue(Math.max(0, nowNanos - due));
            }
        }
        return CommandResult.done();
    }

    private Map<String, Object> pace(JsonNode arguments) {
        KafkaProducer<byte[], byte[]> started = producer;
        if (started == null) {
            throw new IllegalStateException("no device has been connected");
        }
        synchronized (this) {
            latencies = new Histogram(3);
        }
        byte[] expiresAt =
                Long.toString(Clock.now().plus(EXPIRY).toEpochMilli()).getBytes(UTF_8);
        long beganNanos = Clock.nanos();
        long commands = Pace.keep(
                arguments.path("framesPerSecond").asDouble(),
                Duration.ofMillis(arguments.path("millis").asLong()),
                (k, due) -> {
                    String id = "c-" + ++numbers;
                    dueNanos.put(id, due);
                    var unused = started.send(
                            record(keys.get((int) (k % keys.size())), id, expiresAt), (metadata, exception) -> {
                                if (exception != null) {
                                    failure.compareAndSet(null, exception);
                                }
                            });
                });
        long nanos = Clock.nanos() - beganNanos;
        await("not all commands came to their handlers", dueNanos::isEmpty);
        synchronized (this) {
            return Map.of(
                    "events",
                    commands,
                    "nanos",
                    nanos,
                    "p50",
                    latencies.getValueAtPercentile(50) / NANOS_PER_MICRO,
                    "p99",
                    latencies.getValueAtPercentile(99) / NANOS_PER_MICRO);
        }
    }

    private ProducerRecord<byte[], byte[]> record(byte[] key, String id, byte[] expiresAt) {
        List<Header> headers = List.of(
                new RecordHeader(RecordHeaders.COMMAND_ID, id.getBytes(UTF_8)),
                new RecordHeader(RecordHeaders.NAME, NAME.getBytes(UTF_8)),
                new RecordHeader(RecordHeaders.EXPIRES_AT, expiresAt));
        return new ProducerRecord<>(topic, null, key, body, headers);
    }

    private void await(String otherwise, BooleanSupplier condition) {
        long endNanos = Clock.nanos() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            Exception broken = failure.get();
            if (broken != null) {
                throw new IllegalStateException("a command could not be written: " + broken, broken);
            }
            if (Clock.nanos() > endNanos) {
                throw new IllegalStateException(otherwise + " within " + PATIENCE.toSeconds() + " s");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public void close() {
        clients.forEach(DeviceClient::close);
        runtime.close();
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
    }
}
