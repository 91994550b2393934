package io.fleetline.examples.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.backend.EventReader;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.Topics;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.testkit.kafka.TestKafka;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real Kafka. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class ReadOnceTest {
    @TempDir
    private Path state;

    @Test
    void eachEventIsPrintedOnceAndInOrderAlsoWhenItIsEndedAndStartedAgain() throws Exception {
        try (TestKafka kafka = TestKafka.start();
                Producer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            kafka.admin()
                    .createTopics(List.of(new NewTopic(Topics.EVENTS, 1, (short) 1)))
                    .all()
                    .get();
            write(producer, 1, 1, 3, 2, 5);
            assertThat(printed(kafka, 3)).containsExactly(line(1), line(2), line(3));
            write(producer, 3, 4, 5, 6);
            assertThat(printed(kafka, 3)).containsExactly(line(4), line(5), line(6));
        }
    }

    private static String line(long seq) {
        return "demo/host host/load 2023-11-14T22:13:20Z {\"n\":" + seq + "}";
    }

    /** Runs it and tells it to end after so many lines. */
    private List<String> printed(TestKafka kafka, int lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (EventReader reader = ReadOnce.reader(kafka.bootstrapServers(), state)) {
            ReadOnce.read(
                    reader, new StopsAfter(lines, out, reader), new PrintStream(err, true, StandardCharsets.UTF_8));
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).as("alarms").isEmpty();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static final class StopsAfter extends PrintStream {
        private final EventReader reader;
        private int left;

        StopsAfter(int lines, OutputStream out, EventReader reader) {
            super(out, true, StandardCharsets.UTF_8);
            this.left = lines;
            this.reader = reader;
        }

        @Override
        public void println(String line) {
            super.println(line);
            left--;
            if (left == 0) {
                reader.stop();
            }
        }
    }

    private static void write(Producer<byte[], byte[]> producer, long... numbers) throws Exception {
        for (long seq : numbers) {
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
            producer.send(new ProducerRecord<>(
                            Topics.EVENTS,
                            null,
                            1_700_000_000_000L + seq,
                            "demo/host".getBytes(StandardCharsets.UTF_8),
                            BodyCodec.encode(Map.of("n", seq)).toByteArray(),
                            List.of(
                                    new RecordHeader(RecordHeaders.POSITION, RecordHeaderCodec.encode(position)),
                                    new RecordHeader(
                                            RecordHeaders.CHANNEL, "host/load".getBytes(StandardCharsets.UTF_8)))))
                    .get();
        }
    }
}
