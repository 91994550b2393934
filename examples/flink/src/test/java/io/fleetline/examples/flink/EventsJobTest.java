package io.fleetline.examples.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.Topics;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.testkit.kafka.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The job in Flink's mini cluster, on a real Kafka. */
@Tag("interop")
final class EventsJobTest {
    private static final int DEVICES = 5;
    private static final long EVENTS = 40;

    @Test
    void eachEventComesOnceAndInOrder() throws Exception {
        try (TestKafka kafka = TestKafka.start()) {
            kafka.admin()
                    .createTopics(List.of(new NewTopic(Topics.EVENTS, 3, (short) 1)))
                    .all()
                    .get();
            write(kafka.bootstrapServers());
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(2);
            environment.enableCheckpointing(200);
            environment
                    .fromSource(
                            EventsByDevice.source(kafka.bootstrapServers())
                                    .setBounded(OffsetsInitializer.latest())
                                    .build(),
                            WatermarkStrategy.noWatermarks(),
                            "events")
                    .keyBy(record -> record.f0)
                    .process(OnceInOrder.fromTheBeginning())
                    .map(new Kept())
                    .sinkTo(new DiscardingSink<>());
            assertThat(environment.execute("events").isJobExecutionResult()).isTrue();
            for (int d = 0; d < DEVICES; d++) {
                String device = "acme/pump-" + d + " ";
                assertThat(Kept.LINES.stream().filter(line -> line.startsWith(device)))
                        .containsExactlyElementsOf(LongStream.rangeClosed(1, EVENTS)
                                .mapToObj(seq -> device + seq)
                                .toList());
            }
        }
    }

    /** Keeps what passes: the mini cluster runs in this JVM. */
    private static final class Kept implements MapFunction<String, String> {
        private static final long serialVersionUID = 1L;
        static final List<String> LINES = new CopyOnWriteArrayList<>();

        @Override
        public String map(String line) {
            LINES.add(line);
            return line;
        }
    }

    /** Every event twice, and every fourth before the one that it follows. */
    private static void write(String bootstrap) throws Exception {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (long seq = 1; seq <= EVENTS; seq++) {
                long first = seq % 4 == 3 ? seq + 1 : seq % 4 == 0 ? seq - 1 : seq;
                for (int d = 0; d < DEVICES; d++) {
                    producer.send(event("acme/pump-" + d, first)).get();
                    producer.send(event("acme/pump-" + d, first)).get();
                }
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
