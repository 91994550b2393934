package io.fleetline.bench.ingest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.load.Pace;
import io.fleetline.bench.load.RecordArrivals;
import io.fleetline.bench.machine.Clock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A bare {@link KafkaProducer} that writes the very records that the node writes: the floor that the node is measured
 * against. It does nothing per record but what any producer must: hand it over and take its callback.
 *
 * <ul>
 *   <li>{@code start {settings, from, count, topic}}: reads records of the topic {@code from}, to write them to
 *       {@code topic} over and over; gives the {@code headers} of the first and the mean {@code recordBytes} of key, value
 *       and headers
 *   <li>{@code look {bootstrap, from, count}}: reads records only, and gives the same
 *   <li>{@code run {millis}}: gives {@code events} and {@code nanos}, from the first record handed over to the last one
 *       acknowledged
 *   <li>{@code listen {}}: reads what it writes from now on
 *   <li>{@code pace {millis, framesPerSecond, items}}: at fixed times hands over as many records as a frame has events, of one
 *       device at a time; gives {@code events} and {@code nanos}, and {@code p50} and {@code p99} of the time from when they
 *       were due until the consumer got each, in µs
 * </ul>
 */
public final class ProducerRole implements Role {
    private static final TypeReference<Map<String, String>> SETTINGS = new TypeReference<>() {};
    private static final Duration READ_PATIENCE = Duration.ofSeconds(20);
    /** As short a name as the header that it replaces. */
    private static final String DUE = "fl";

    private static final int RECORDS_BETWEEN_LOOKS_AT_THE_CLOCK = 64;

    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private List<ConsumerRecord<byte[], byte[]>> records = List.of();
    private String topic = "";
    private String bootstrap = "";
    private @Nullable RecordArrivals arrivals;

    /** For the child process. */
    public ProducerRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) {
        return switch (verb) {
            case "start" ->
                start(
                        new ObjectMapper().convertValue(arguments.path("settings"), SETTINGS),
                        arguments.path("from").asText(),
                        arguments.path("count").asInt(),
                        arguments.path("topic").asText());
            case "look" -> {
                bootstrap = arguments.path("bootstrap").asText();
                records = read(
                        bootstrap,
                        arguments.path("from").asText(),
                        arguments.path("count").asInt());
                yield seen();
            }
            case "listen" -> listen();
            case "pace" -> pace(arguments);
            case "run" -> run(Duration.ofMillis(arguments.path("millis").asLong()));
            default -> throw new IllegalArgumentException("a producer does not know how to " + verb);
        };
    }

    private Map<String, Object> start(Map<String, String> settings, String from, int count, String to) {
        bootstrap = settings.getOrDefault("bootstrap.servers", "");
        records = read(bootstrap, from, count);
        topic = to;
        KafkaProducer<byte[], byte[]> started =
                new KafkaProducer<>(new HashMap<>(settings), new ByteArraySerializer(), new ByteArraySerializer());
        started.partitionsFor(to); // so that the first run does not wait for it
        producer = started;
        return seen();
    }

    private Map<String, Object> seen() {
        List<String> headers = new ArrayList<>();
        for (Header header : records.get(0).headers()) {
            headers.add(header.key() + " " + header.value().length + " B");
        }
        return Map.of(
                "headers",
                headers,
                "recordBytes",
                records.stream().mapToInt(ProducerRole::bytes).average().orElseThrow());
    }

    private Map<String, Object> run(Duration time) {
        KafkaProducer<byte[], byte[]> started = producer;
        if (started == null) {
            throw new IllegalStateException("the producer has not been started");
        }
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Callback callback = (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        };
        long beganNanos = Clock.nanos();
        long endNanos = beganNanos + time.toNanos();
        long events = 0;
        int next = 0;
        while (events % RECORDS_BETWEEN_LOOKS_AT_THE_CLOCK != 0 || Clock.nanos() < endNanos) {
            ConsumerRecord<byte[], byte[]> record = records.get(next);
            Future<RecordMetadata> unused = started.send(
                    new ProducerRecord<>(topic, null, record.key(), record.value(), record.headers()), callback);
            events++;
            next = next + 1 == records.size() ? 0 : next + 1;
        }
        started.flush();
        long nanos = Clock.nanos() - beganNanos;
        if (failure.get() != null) {
            throw new IllegalStateException("a record was not acknowledged: " + failure.get());
        }
        return Map.of("events", events, "nanos", nanos);
    }

    private Map<String, Object> listen() {
        arrivals = new RecordArrivals(bootstrap, topic, record -> {
            byte[] marked = record.headers().lastHeader(DUE).value();
            return ByteBuffer.wrap(marked).getLong();
        });
        return Map.of();
    }

    /** In place of the first header stands one of the same size, with the time at which the record was due. */
    private Map<String, Object> pace(JsonNode arguments) {
        KafkaProducer<byte[], byte[]> started = producer;
        RecordArrivals listening = arrivals;
        if (started == null || listening == null) {
            throw new IllegalStateException("the producer has not been started, or nobody listens");
        }
        Map<String, List<ConsumerRecord<byte[], byte[]>>> byDevice = records.stream()
                .collect(Collectors.groupingBy(record -> new String(record.key(), StandardCharsets.UTF_8)));
        List<List<ConsumerRecord<byte[], byte[]>>> devices = List.copyOf(byDevice.values());
        int items = arguments.path("items").asInt();
        listening.begin();
        long beganNanos = Clock.nanos();
        long frames = Pace.keep(
                arguments.path("framesPerSecond").asDouble(),
                Duration.ofMillis(arguments.path("millis").asLong()),
                (k, dueNanos) -> {
                    List<ConsumerRecord<byte[], byte[]>> device = devices.get((int) (k % devices.size()));
                    for (int i = 0; i < items; i++) {
                        var unused = started.send(due(device.get(i % device.size()), dueNanos));
                    }
                });
        return listening.end(frames * items, Clock.nanos() - beganNanos);
    }

    private ProducerRecord<byte[], byte[]> due(ConsumerRecord<byte[], byte[]> record, long dueNanos) {
        List<Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            if (headers.isEmpty()) {
                byte[] mark = new byte[Math.max(Long.BYTES, header.value().length)];
                ByteBuffer.wrap(mark).putLong(dueNanos);
                headers.add(new RecordHeader(DUE, mark));
            } else {
                headers.add(header);
            }
        }
        return new ProducerRecord<>(topic, null, record.key(), record.value(), headers);
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String bootstrap, String from, int count) {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        // The broker keeps little: the beginning may move away between asking for it and reading.
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(from).stream()
                    .map(info -> new TopicPartition(from, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long endNanos = Clock.nanos() + READ_PATIENCE.toNanos();
            while (read.size() < count && Clock.nanos() < endNanos) {
                consumer.poll(Duration.ofMillis(200)).forEach(read::add);
            }
        }
        if (read.size() < count) {
            throw new IllegalStateException("only " + read.size() + " of " + count + " records could be read from "
                    + from + " within " + READ_PATIENCE.toSeconds() + " s");
        }
        return List.copyOf(read.subList(0, count));
    }

    private static int bytes(ConsumerRecord<byte[], byte[]> record) {
        int bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            bytes += header.key().length() + header.value().length;
        }
        return bytes;
    }

    @Override
    public void close() {
        if (arrivals != null) {
            arrivals.close();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
    }
}
