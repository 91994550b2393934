package io.fleetline.examples.reader;

import io.fleetline.backend.serde.EventSerdes;
import io.fleetline.backend.serde.EventValue;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Prints each event once with an ordinary consumer, from the exact topic: nothing of Fleetline but the serdes. Arguments:
 * Kafka's bootstrap servers.
 */
public final class ReadExactTopic {
    private static final Duration POLL = Duration.ofSeconds(1);

    private ReadExactTopic() {}

    /** Reads until the process is ended. */
    public static void main(String[] args) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                args[0],
                ConsumerConfig.GROUP_ID_CONFIG,
                "read-exact-topic",
                // Without this it would see what a transaction wrote that was then aborted.
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false);
        try (KafkaConsumer<DeviceId, EventValue> consumer = new KafkaConsumer<>(
                settings,
                EventSerdes.device().deserializer(),
                EventSerdes.event().deserializer())) {
            read(consumer, System.out, () -> true);
        }
    }

    static void read(Consumer<DeviceId, EventValue> consumer, Appendable out, BooleanSupplier goesOn) {
        consumer.subscribe(List.of(Topics.EVENTS_EXACT));
        while (goesOn.getAsBoolean()) {
            for (ConsumerRecord<DeviceId, EventValue> record : consumer.poll(POLL)) {
                EventValue event = record.value();
                if (event != null && !event.isGap()) {
                    print(out, record.key() + " " + event.channel() + " " + event.json() + "\n");
                }
            }
            // Behind what was printed: after a crash the last poll is printed again.
            consumer.commitSync();
        }
    }

    private static void print(Appendable out, String line) {
        try {
            out.append(line);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
