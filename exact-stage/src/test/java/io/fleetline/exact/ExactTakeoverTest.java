package io.fleetline.exact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetline.devkafka.DevKafka;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances in processes of their own on a broker in a third: one is killed, comes back, and the other is killed. The
 * one that is left is told to end.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class ExactTakeoverTest {
    private static final int DEVICES = 40;
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What is stated of a machine that does nothing else. */
    private static final Duration STATED = Duration.ofSeconds(15);

    /** For a machine that may be busy. */
    private static final Duration GENEROUS = Duration.ofSeconds(45);

    @TempDir
    private Path directory;

    @Test
    @Tag("interop")
    void whatAKilledInstanceLeavesTheOtherTakesOverAndNothingIsLostOrDoubled() throws Exception {
        takeOverTwice(GENEROUS);
    }

    @Test
    @Tag("long")
    void onAQuietMachineReadersWaitNoLongerThanIsStated() throws Exception {
        takeOverTwice(STATED);
    }

    private void takeOverTwice(Duration longest) throws Exception {
        try (DevKafka kafka = DevKafka.builder().processes(1).start()) {
            String topic = Topics.EVENTS;
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                // The records are of 2023: with a retention Kafka deletes them as soon as it looks, 30 s after its
                // start.
                admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)
                                .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"))))
                        .all()
                        .get();
            }
            try (Instance one = Instance.start(kafka, directory.resolve("one"))) {
                one.awaitReady();
                try (Instance two = Instance.start(kafka, directory.resolve("two"));
                        Fleet fleet = new Fleet(kafka, topic);
                        ExactReader reader = new ExactReader(kafka.bootstrapServers(), topic + Topics.EXACT_SUFFIX)) {
                    two.awaitReady();
                    Arrivals arrivals = new Arrivals();
                    awaitAll(fleet, reader, arrivals);

                    one.kill();
                    arrivals.begin();
                    awaitAll(fleet, reader, arrivals);
                    Duration first = arrivals.longestPause();
                    try (Instance again = Instance.start(kafka, directory.resolve("one"))) {
                        again.awaitReady();
                        awaitAll(fleet, reader, arrivals);
                        two.kill();
                        arrivals.begin();
                        awaitAll(fleet, reader, arrivals);
                        Duration second = arrivals.longestPause();
                        fleet.stop();
                        await().atMost(PATIENCE).untilAsserted(() -> {
                            reader.poll(arrivals);
                            assertThat(reader.poll(arrivals)).hasSize(DEVICES);
                            reader.poll(arrivals)
                                    .forEach((device, numbers) -> assertThat(numbers)
                                            .as(device)
                                            .isEqualTo(LongStream.rangeClosed(1, fleet.written())
                                                    .boxed()
                                                    .toList()));
                        });
                        System.out.printf(
                                "exact stage, one of two instances killed: longest pause of a partition %.1f s, and"
                                        + " with the other one killed %.1f s; %d events of %d devices, each once and in"
                                        + " order%n",
                                first.toMillis() / 1e3, second.toMillis() / 1e3, fleet.written() * DEVICES, DEVICES);
                        assertThat(first).as("longest pause, one killed").isLessThanOrEqualTo(longest);
                        assertThat(second).as("longest pause, the other killed").isLessThanOrEqualTo(longest);
                        assertThat(again.stop()).as("exit code after SIGTERM").isZero();
                    }
                }
            }
        }
    }

    /** Until every device has an event that was written after this was asked. */
    private static void awaitAll(Fleet fleet, ExactReader reader, Arrivals arrivals) {
        long now = fleet.written();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            Map<String, List<Long>> numbers = reader.poll(arrivals);
            return numbers.size() == DEVICES
                    && numbers.values().stream().allMatch(each -> each.get(each.size() - 1) > now);
        });
    }

    /** When records of each partition come. */
    private static final class Arrivals
            implements java.util.function.Consumer<org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]>> {
        private final Map<Integer, Long> lastNanos = new HashMap<>();
        private long longestNanos;

        void begin() {
            longestNanos = 0;
            long now = System.nanoTime();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                lastNanos.put(partition, now);
            }
        }

        @Override
        public void accept(org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]> record) {
            long now = System.nanoTime();
            Long before = lastNanos.put(record.partition(), now);
            longestNanos = Math.max(longestNanos, before == null ? 0 : now - before);
        }

        Duration longestPause() {
            return Duration.ofNanos(longestNanos);
        }
    }

    /** Devices that publish on and on, each event twice. */
    private static final class Fleet implements AutoCloseable {
        private final Producer<byte[], byte[]> producer;
        private final NodeRecords node;
        private final AtomicLong written = new AtomicLong();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread thread;

        Fleet(DevKafka kafka, String topic) {
            producer = new KafkaProducer<>(
                    Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            node = new NodeRecords(topic);
            thread = new Thread(this::publish, "fleet");
            thread.start();
        }

        @SuppressWarnings("UnusedVariable") // what is not stored is missed at the end
        private void publish() {
            while (!stopped.get()) {
                long seq = written.get() + 1;
                for (int d = 0; d < DEVICES; d++) {
                    DeviceId device = new DeviceId("acme", "pump-" + d);
                    Future<RecordMetadata> event = producer.send(node.event(device, seq, Math.max(0, seq - 3)));
                    Future<RecordMetadata> copy = producer.send(node.event(device, seq, Math.max(0, seq - 3)));
                }
                producer.flush();
                written.set(seq);
                java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }

        long written() {
            return written.get();
        }

        void stop() throws InterruptedException {
            stopped.set(true);
            thread.join();
        }

        @Override
        public void close() {
            stopped.set(true);
            producer.close();
        }
    }

    /** The program in a process of its own. */
    private static final class Instance implements AutoCloseable {
        private final Process process;
        private final CountDownLatch ready = new CountDownLatch(1);

        private Instance(Process process) {
            this.process = process;
            Thread listener = new Thread(this::listen, "instance-output");
            listener.setDaemon(true);
            listener.start();
        }

        static Instance start(DevKafka kafka, Path state) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC"));
            if (Runtime.version().feature() >= 24) {
                command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
            }
            command.addAll(List.of(
                    "-cp",
                    System.getProperty("java.class.path"),
                    ExactStageMain.class.getName(),
                    "--until-eof",
                    "bootstrap=" + kafka.bootstrapServers(),
                    "state=" + state));
            return new Instance(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        }

        private void listen() {
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    System.out.println(process.pid() + ": " + line);
                    if (line.startsWith("ready")) {
                        ready.countDown();
                    }
                }
            } catch (IOException e) {
                System.out.println(process.pid() + ": " + e);
            }
        }

        void awaitReady() throws InterruptedException {
            assertThat(ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        /** Tells it to end; returns its exit code. */
        int stop() throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
