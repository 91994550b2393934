package io.fleetline.ingest.kafka;

import io.fleetline.ingest.telemetry.EventSink;
import io.fleetline.ingest.telemetry.Refusal;
import io.fleetline.ingest.telemetry.Settlement;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.RecordPosition;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The records of one lane session: one producer, one topic, one partition (rule N2). Not thread-safe, as the session is not. */
final class RecordRoute implements EventSink.Route {
    private final Producer<byte[], byte[]> producer;
    private final NodeTime time;
    private final String topic;
    private final String deadLetterTopic;
    private final int partition;
    private final byte[] key;
    private final RecordEncoder encoder;

    RecordRoute(
            Producer<byte[], byte[]> producer,
            NodeTime time,
            String topic,
            String deadLetterTopic,
            int partition,
            byte[] key,
            RecordFormat format) {
        this.producer = producer;
        this.time = time;
        this.topic = topic;
        this.deadLetterTopic = deadLetterTopic;
        this.partition = partition;
        this.key = key;
        this.encoder = new RecordEncoder(format);
    }

    @Override
    public void store(RecordPosition position, Item item, Settlement settlement, long slot) {
        send(topic, encoder.headers(position, item), encoder.value(item), settlement, slot);
    }

    @Override
    public void bury(RecordPosition position, Item item, Refusal refusal, Settlement settlement, long slot) {
        send(deadLetterTopic, encoder.headers(position, item, refusal), encoder.sentValue(item), settlement, slot);
    }

    private void send(String toTopic, List<Header> headers, byte @Nullable [] value, Settlement settlement, long slot) {
        // The node's clock: a device's wrong one must never reach Kafka's retention.
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(toTopic, partition, time.unixMillis(), key, value, headers);
        Answer answer = new Answer(settlement, slot);
        try {
            Future<RecordMetadata> unused = producer.send(record, answer);
        } catch (RuntimeException e) {
            settlement.failed(slot, e);
        }
    }

    /** Passes Kafka's answer on. */
    private record Answer(Settlement settlement, long slot) implements Callback {
        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
            if (exception != null) {
                settlement.failed(slot, exception);
            } else if (metadata == null) {
                settlement.failed(slot, new IllegalStateException("Kafka answered neither with a place nor an error"));
            } else {
                settlement.stored(slot, metadata.partition(), metadata.hasOffset() ? metadata.offset() : -1);
            }
        }
    }
}
