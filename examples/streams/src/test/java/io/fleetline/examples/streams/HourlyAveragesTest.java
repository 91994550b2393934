package io.fleetline.examples.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.Topics;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.DoubleDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HourlyAveragesTest {
    @TempDir
    private Path directory;

    private long seq;

    @Test
    void anEventCountsForTheHourInWhichItWasMeasured() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
        try (TopologyTestDriver driver = new TopologyTestDriver(HourlyAverages.topology(), settings)) {
            TestInputTopic<String, byte[]> exact =
                    driver.createInputTopic(Topics.EVENTS_EXACT, new StringSerializer(), new ByteArraySerializer());
            exact.pipeInput(reading("2026-03-01T10:05:00Z", "2026-03-01T10:05:00Z", "boiler/temperature", 60));
            exact.pipeInput(reading("2026-03-01T11:05:00Z", "2026-03-01T11:05:00Z", "boiler/temperature", 80));
            // Measured while offline: stored at noon, and of the hour from ten to eleven.
            exact.pipeInput(reading("2026-03-01T10:20:00Z", "2026-03-01T12:00:00Z", "boiler/temperature", 64));
            exact.pipeInput(reading("2026-03-01T10:30:00Z", "2026-03-01T12:00:01Z", "boiler/pressure", 3));

            Map<String, Double> averages = driver.createOutputTopic(
                            HourlyAverages.AVERAGES, new StringDeserializer(), new DoubleDeserializer())
                    .readKeyValuesToMap();
            assertThat(averages)
                    .containsOnly(
                            Map.entry("acme/boiler-1 2026-03-01T10:00:00Z", 62.0),
                            Map.entry("acme/boiler-1 2026-03-01T11:00:00Z", 80.0));
        }
    }

    private TestRecord<String, byte[]> reading(String measured, String stored, String channel, double celsius) {
        seq++;
        RecordPosition position = new RecordPosition(
                Lane.NORMAL,
                1,
                1,
                1,
                1,
                seq,
                seq - 1,
                Instant.parse(measured).toEpochMilli(),
                ClockQuality.SERVER_SYNCHRONISED,
                OptionalLong.empty());
        return new TestRecord<>(
                "acme/boiler-1",
                BodyCodec.encode(Map.of("celsius", celsius)).toByteArray(),
                new RecordHeaders()
                        .add("fl", RecordHeaderCodec.encode(position))
                        .add("channel", channel.getBytes(StandardCharsets.UTF_8)),
                Instant.parse(stored));
    }
}
