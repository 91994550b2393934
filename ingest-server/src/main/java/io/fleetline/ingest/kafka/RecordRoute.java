package io.fleetline.ingest.kafka;

import io.fleetline.ingest.telemetry.EventSink;
import io.fleetline.ingest.telemetry.Refusal;
import io.fleetline.ingest.telemetry.Settlement;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** The records of one lane session: one producer, one topic, one partition (rule N2). Not thread-safe, as the session is not. */
final class RecordRoute implements EventSink.Route {
    private final Producer<byte[], byte[]> producer;
    private final NodeTime time;
    private final String topic;
    private final String deadLetterTopic;
    private final int partition;
    private final byte[] key;

    /** Most devices have few channels: the header of the last one is at hand. */
    private String lastChannel = "";

    private Header lastChannelHeader = header(RecordHeaders.CHANNEL, lastChannel);

    RecordRoute(
            Producer<byte[], byte[]> producer,
            NodeTime time,
            String topic,
            String deadLetterTopic,
            int partition,
            byte[] key) {
        this.producer = producer;
        this.time = time;
        this.topic = topic;
        this.deadLetterTopic = deadLetterTopic;
        this.partition = partition;
        this.key = key;
    }

    @Override
    public void store(RecordPosition position, Item item, Settlement settlement, long slot) {
        send(topic, headers(position, item), value(item), settlement, slot);
    }

    @Override
    public void bury(RecordPosition position, Item item, Refusal refusal, Settlement settlement, long slot) {
        List<Header> headers = headers(position, item);
        headers.add(header(DeadLetterHeaders.CODE, refusal.code().name()));
        headers.add(header(DeadLetterHeaders.MESSAGE, refusal.message()));
        if (refusal.offset() >= 0) {
            headers.add(header(DeadLetterHeaders.OFFSET, Integer.toString(refusal.offset())));
        }
        send(deadLetterTopic, headers, value(item), settlement, slot);
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

    private List<Header> headers(RecordPosition position, Item item) {
        List<Header> headers = new ArrayList<>(4);
        headers.add(new RecordHeader(RecordHeaders.POSITION, RecordHeaderCodec.encode(position)));
        if (item instanceof Item.Event event) {
            headers.add(channel(event.channel()));
            Attributes attributes = event.attributes();
            attributes.source().ifPresent(text -> headers.add(header(RecordHeaders.SOURCE, text)));
            attributes.contentType().ifPresent(text -> headers.add(header(RecordHeaders.CONTENT_TYPE, text)));
            attributes.traceparent().ifPresent(text -> headers.add(header(RecordHeaders.TRACEPARENT, text)));
        } else if (item instanceof Item.Outcome outcome) {
            headers.add(header(RecordHeaders.COMMAND_ID, outcome.commandId()));
            headers.add(header(RecordHeaders.STATUS, outcome.status().name()));
        } else {
            headers.add(new RecordHeader(RecordHeaders.GAP, RecordHeaderCodec.encode((Item.Gap) item)));
        }
        return headers;
    }

    private Header channel(String channel) {
        if (!channel.equals(lastChannel)) {
            lastChannel = channel;
            lastChannelHeader = header(RecordHeaders.CHANNEL, channel);
        }
        return lastChannelHeader;
    }

    /** The body's bytes as the device sent them; a body that is not CBOR comes out of its byte string. */
    private static byte @Nullable [] value(Item item) {
        if (item instanceof Item.Event event) {
            Payload body = event.body();
            return event.attributes().contentType().isPresent()
                    ? body.byteStringContent().orElseGet(body::toByteArray)
                    : body.toByteArray();
        }
        return item instanceof Item.Outcome outcome ? outcome.body().toByteArray() : null;
    }

    private static Header header(String name, String text) {
        return new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8));
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
