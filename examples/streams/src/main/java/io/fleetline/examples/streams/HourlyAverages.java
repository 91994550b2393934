package io.fleetline.examples.streams;

import io.fleetline.backend.serde.EventSerdes;
import io.fleetline.backend.serde.EventValue;
import io.fleetline.backend.streams.EventTimeExtractor;
import io.fleetline.protocol.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;

/**
 * The average temperature of each device and hour, from the exact topic. An event counts for the hour in which it was
 * measured, also if the device was offline then and sent it up to a day later.
 */
public final class HourlyAverages {
    static final String CHANNEL = "boiler/temperature";
    static final String AVERAGES = "boiler.hourly-averages";

    private HourlyAverages() {}

    /** Reads from the Kafka at this address until the process is ended. */
    public static void main(String[] args) {
        Properties settings = new Properties();
        settings.putAll(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                "boiler-hourly-averages",
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                args[0],
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2));
        KafkaStreams streams = new KafkaStreams(topology(), settings);
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }

    static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(
                        Topics.EVENTS_EXACT,
                        Consumed.with(EventSerdes.device(), EventSerdes.event())
                                .withTimestampExtractor(new EventTimeExtractor()))
                .filter((device, event) -> event.channel().equals(CHANNEL))
                .mapValues(HourlyAverages::celsius)
                .groupByKey(Grouped.with(EventSerdes.device(), Serdes.Double()))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofHours(1), Duration.ofDays(1)))
                .aggregate(
                        () -> new Sum(0, 0),
                        (device, celsius, sum) -> sum.plus(celsius),
                        Materialized.with(EventSerdes.device(), new SumSerde()))
                .toStream()
                .map((hour, sum) ->
                        KeyValue.pair(hour.key() + " " + hour.window().startTime(), sum.celsius() / sum.count()))
                .to(AVERAGES, Produced.with(Serdes.String(), Serdes.Double()));
        return builder.build();
    }

    private static double celsius(EventValue event) {
        return event.decodedBody() instanceof Map<?, ?> body && body.get("celsius") instanceof Number number
                ? number.doubleValue()
                : Double.NaN;
    }

    record Sum(double celsius, long count) {
        Sum plus(double more) {
            return Double.isNaN(more) ? this : new Sum(celsius + more, count + 1);
        }
    }

    private static final class SumSerde extends Serdes.WrapperSerde<Sum> implements Serde<Sum> {
        private static final int BYTES = Double.BYTES + Long.BYTES;

        SumSerde() {
            super(
                    (topic, sum) -> ByteBuffer.allocate(BYTES)
                            .putDouble(sum.celsius())
                            .putLong(sum.count())
                            .array(),
                    (topic, bytes) -> {
                        ByteBuffer buffer = ByteBuffer.wrap(bytes);
                        return new Sum(buffer.getDouble(), buffer.getLong());
                    });
        }
    }
}
