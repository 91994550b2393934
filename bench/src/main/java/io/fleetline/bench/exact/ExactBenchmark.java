package io.fleetline.bench.exact;

import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Samples;
import io.fleetline.devkafka.DevKafka;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.Topics;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What the exact stage costs: CPU for each event that it catches up with, and what it adds to Kafka. */
public final class ExactBenchmark implements Benchmark {
    private static final int DEVICES = 1_000;
    private static final int PARTITIONS = 4;
    private static final long SEED = 7;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** For {@code Benchmarks}. */
    public ExactBenchmark() {}

    @Override
    public String name() {
        return "exact";
    }

    @Override
    public String summary() {
        return "the exact stage: CPU per event, events/s, and bytes in Kafka per event";
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        int warmUp = effort == Effort.QUICK ? 50_000 : 500_000;
        int measured = effort == Effort.QUICK ? 100_000 : 1_000_000;
        try (Workspace workspace = Workspace.create();
                DevKafka kafka = DevKafka.builder()
                        .processes(1)
                        .jvmOptions("-Xmx1g", "-XX:TieredStopAtLevel=4")
                        .start();
                Admin admin =
                        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(Topics.EVENTS, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            Events events = new Events();
            try (StageProcess stage = StageProcess.start(kafka.bootstrapServers(), workspace.directory())) {
                events.write(kafka.bootstrapServers(), warmUp);
                await(admin, warmUp);
                progress.say("warmed up with " + warmUp + " events");
                Map<String, Long> bytesBefore = bytes(admin);
                stage.pause();
                events.write(kafka.bootstrapServers(), measured);
                Duration cpuBefore = Procfs.ofThisMachine().ofProcess(stage.pid());
                long beganNanos = Clock.nanos();
                stage.resume();
                await(admin, warmUp + (long) measured);
                double seconds = (Clock.nanos() - beganNanos) / 1e9;
                Duration cpu = Procfs.ofThisMachine().ofProcess(stage.pid()).minus(cpuBefore);
                Map<String, Long> bytesAfter = bytes(admin);
                progress.say("caught up with " + measured + " events in " + Numbers.text(seconds) + " s");
                return measurement(warmUp, measured, seconds, cpu, bytesBefore, bytesAfter);
            }
        }
    }

    private static Measurement measurement(
            int warmUp, int measured, double seconds, Duration cpu, Map<String, Long> before, Map<String, Long> after) {
        double raw = grown(before, after, "events") / measured;
        double exact = grown(before, after, "exact") / measured;
        double changelogs = grown(before, after, "changelogs") / measured;
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "events",
                measured + " of " + DEVICES + " devices in turn, some 100 B each; " + warmUp
                        + " before them to warm up");
        parameters.put(
                "kafka", "one broker on the same machine, one replica, no compression, " + PARTITIONS + " partitions");
        parameters.put(
                "stage",
                "one instance, 2 threads, C2, serial GC, 512 MiB; it was stopped while the events were written");
        return new Measurement(
                parameters,
                List.of(),
                List.of(
                        absolute("cpu", "CPU of the exact stage", "µs/event", cpu.toNanos() / 1e3 / measured),
                        absolute("rate", "events caught up with", "1/s", measured / seconds),
                        absolute("raw", "events topic", "B/event", raw),
                        absolute("exact", "exact topic, transaction markers included", "B/event", exact),
                        absolute("changelogs", "changelogs of the state", "B/event", changelogs),
                        absolute(
                                "added",
                                "(exact topic + changelogs) ÷ events topic",
                                "ratio",
                                (exact + changelogs) / raw)),
                List.of(
                        "Changelogs are compacted later; what is counted here is what was written.",
                        "Catching up is the stage's best case: with few events, each transaction of 100 ms has its own fixed cost."));
    }

    private static Figure absolute(String id, String what, String unit, double value) {
        return Figure.absolute(id, what, unit, Samples.of(value), Optional.empty());
    }

    private static double grown(Map<String, Long> before, Map<String, Long> after, String what) {
        return after.getOrDefault(what, 0L) - before.getOrDefault(what, 0L);
    }

    /** Sizes of the logs of all partitions, by what they are for. */
    private static Map<String, Long> bytes(Admin admin) throws Exception {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (Map<String, LogDirDescription> broker :
                admin.describeLogDirs(List.of(1)).allDescriptions().get().values()) {
            broker.values()
                    .forEach(folder -> folder.replicaInfos().forEach((partition, info) -> {
                        String topic = partition.topic();
                        String what = topic.equals(Topics.EVENTS)
                                ? "events"
                                : topic.equals(Topics.EVENTS_EXACT)
                                        ? "exact"
                                        : topic.endsWith("-changelog") ? "changelogs" : "others";
                        sizes.merge(what, info.size(), Long::sum);
                    }));
        }
        return sizes;
    }

    private static void await(Admin admin, long events) throws Exception {
        long beganNanos = Clock.nanos();
        while (true) {
            long read = 0;
            for (OffsetAndMetadata position : admin.listConsumerGroupOffsets(StageProcess.APPLICATION)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .values()) {
                read += position.offset();
            }
            if (read >= events) {
                return;
            }
            if (Clock.nanos() - beganNanos > PATIENCE.toNanos()) {
                throw new IllegalStateException("the exact stage read " + read + " of " + events + " events within "
                        + PATIENCE.toMinutes() + " min");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Writes what nodes would, one event of each device after the other. */
    private static final class Events {
        private final Random random = new Random(SEED);
        private long written;

        void write(String bootstrap, int count) throws Exception {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of(
                            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            bootstrap,
                            ProducerConfig.LINGER_MS_CONFIG,
                            5,
                            ProducerConfig.BATCH_SIZE_CONFIG,
                            128 * 1024),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                Optional<Future<RecordMetadata>> last = Optional.empty();
                for (int i = 0; i < count; i++) {
                    last = Optional.of(producer.send(event(written++)));
                }
                producer.flush();
                if (last.isPresent()) {
                    var unused = last.get().get();
                }
            }
        }

        private ProducerRecord<byte[], byte[]> event(long number) {
            long device = number % DEVICES;
            long seq = number / DEVICES + 1;
            long nowMillis = Clock.now().toEpochMilli();
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    Topics.EVENTS,
                    null,
                    nowMillis,
                    ("acme/device-" + device).getBytes(StandardCharsets.UTF_8),
                    Bodies.MAPS.write(random));
            record.headers()
                    .add(
                            RecordHeaders.POSITION,
                            RecordHeaderCodec.encode(new RecordPosition(
                                    Lane.NORMAL,
                                    device,
                                    device,
                                    1_700_000_000L,
                                    1,
                                    seq,
                                    Math.max(0, seq - 3),
                                    nowMillis,
                                    ClockQuality.SERVER_SYNCHRONISED,
                                    OptionalLong.empty())))
                    .add(RecordHeaders.CHANNEL, "plant/temperature".getBytes(StandardCharsets.UTF_8));
            return record;
        }
    }
}
