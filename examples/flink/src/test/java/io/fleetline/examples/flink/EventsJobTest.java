package io.fleetline.examples.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.Topics;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.testkit.kafka.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The job in Flink's mini cluster, on a real Kafka. */
@Tag("interop")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class EventsJobTest {
    private static final int DEVICES = 5;
    private static final String GROUP = "events-job";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** The last of them, number 40, waits for number 39, which is the next one to be written. */
    private static final int FIRST_PART = 39;

    private static final int EVENTS = 80;

    @Test
    void eachEventComesOnceAndInOrderThoughTheJobFailsAndGoesOnFromACheckpoint() throws Exception {
        try (TestKafka kafka = TestKafka.start();
                Producer<byte[], byte[]> producer = producer(kafka)) {
            kafka.admin()
                    .createTopics(List.of(new NewTopic(Topics.EVENTS, 3, (short) 1)))
                    .all()
                    .get();
            write(producer, 1, FIRST_PART);
            JobClient job = start(kafka.bootstrapServers());
            CompletableFuture<?> result = job.getJobExecutionResult();
            try {
                awaitCheckpointOf(kafka, FIRST_PART, result);
                int delivered = DEVICES * (FIRST_PART - 1);
                assertThat(Kept.SEEN.get())
                        .as("the last ones wait in the filter's state")
                        .hasSize(delivered);

                write(producer, FIRST_PART + 1, EVENTS);
                awaitCheckpointOf(kafka, EVENTS, result);
                assertThat(Kept.RESTORED.get())
                        .as("lines in the checkpoint")
                        .hasValueSatisfying(lines -> assertThat(lines).isGreaterThanOrEqualTo(delivered));
                for (int d = 0; d < DEVICES; d++) {
                    String device = "acme/pump-" + d + " ";
                    assertThat(Kept.SEEN.get().stream().filter(line -> line.startsWith(device)))
                            .containsExactlyElementsOf(LongStream.rangeClosed(1, EVENTS)
                                    .mapToObj(seq -> device + seq)
                                    .toList());
                }
                assertThat(Kept.SEEN.get()).as("no alarm among them").hasSize(DEVICES * EVENTS);
            } finally {
                if (!result.isDone()) {
                    job.cancel().get();
                }
            }
        }
    }

    /** Until a checkpoint holds so many events of each device, each of them twice: the source then tells Kafka so. */
    private static void awaitCheckpointOf(TestKafka kafka, int events, CompletableFuture<?> result) {
        await().atMost(PATIENCE)
                .failFast(() -> {
                    if (result.isDone()) {
                        result.join();
                    }
                })
                .ignoreExceptions() // as long as there is no such group
                .until(() -> committed(kafka) == 2L * DEVICES * events);
    }

    private static long committed(TestKafka kafka) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = kafka.admin()
                .listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
    }

    /** The example's job, but that its sink has what it took in its state, and fails once. */
    private static JobClient start(String bootstrapServers) throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(2, settings);
        environment.enableCheckpointing(200);
        SingleOutputStreamOperator<String> events = environment
                .fromSource(
                        EventsByDevice.source(bootstrapServers)
                                .setGroupId(GROUP)
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "events")
                .keyBy(record -> record.f0)
                .process(OnceInOrder.fromTheBeginning());
        events.union(events.getSideOutput(OnceInOrder.ALARMS))
                .map(new Kept())
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>());
        return environment.executeAsync("events");
    }

    /**
     * Keeps what passes as its state, so that a line counts as often as it went into what the job goes on from. Fails once in
     * the middle of the second part. The mini cluster runs in this JVM.
     */
    private static final class Kept implements MapFunction<String, String>, CheckpointedFunction {
        private static final long serialVersionUID = 1L;
        private static final AtomicBoolean FAILED = new AtomicBoolean();

        /** What has passed, without what passed in vain between the last checkpoint and the failure. */
        static final AtomicReference<List<String>> SEEN = new AtomicReference<>(List.of());

        /** How many lines it found in the checkpoint that it began with. */
        static final AtomicReference<Optional<Integer>> RESTORED = new AtomicReference<>(Optional.empty());

        private transient ListState<String> state;
        private transient List<String> lines;

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("lines", Types.STRING));
            lines = new CopyOnWriteArrayList<>();
            state.get().forEach(lines::add);
            SEEN.set(lines);
            RESTORED.set(context.isRestored() ? Optional.of(lines.size()) : Optional.empty());
        }

        @Override
        public String map(String line) {
            if (line.endsWith(" 60") && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("the failure that this test wants");
            }
            lines.add(line);
            return line;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.update(lines);
        }
    }

    private static Producer<byte[], byte[]> producer(TestKafka kafka) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Every event twice, and every fourth before the one that it follows. */
    private static void write(Producer<byte[], byte[]> producer, long from, long to) throws Exception {
        for (long place = from; place <= to; place++) {
            long seq = place % 4 == 3 ? place + 1 : place % 4 == 0 ? place - 1 : place;
            for (int d = 0; d < DEVICES; d++) {
                producer.send(event("acme/pump-" + d, seq)).get();
                producer.send(event("acme/pump-" + d, seq)).get();
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> event(String device, long seq) {
        RecordPosition position = new RecordPosition(
                Lane.NORMAL,
                1,
                1,
                1,
                1,
                seq,
                Math.max(0, seq - 3),
                1_700_000_000_000L,
                ClockQuality.SERVER_SYNCHRONISED,
                OptionalLong.empty());
        return new ProducerRecord<>(
                Topics.EVENTS,
                null,
                1_700_000_000_000L + seq,
                device.getBytes(StandardCharsets.UTF_8),
                BodyCodec.encode(seq).toByteArray(),
                List.of(new RecordHeader("fl", RecordHeaderCodec.encode(position))));
    }
}
