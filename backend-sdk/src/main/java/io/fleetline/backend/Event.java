package io.fleetline.backend;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.BodyCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * An event as it lies in Kafka; on lane {@link Lane#OUTCOMES}, what became of a command. Text and body are decoded when
 * they are asked for, each time anew.
 *
 * <p>Immutable, and safe for use by many threads, as long as the record under it is left alone.
 */
public final class Event implements Delivery {
    private static final String JSON = "application/json";

    private final DeviceId device;
    private final RecordPosition position;
    private final ConsumerRecord<byte[], byte[]> record;

    Event(DeviceId device, RecordPosition position, ConsumerRecord<byte[], byte[]> record) {
        this.device = device;
        this.position = position;
        this.record = record;
    }

    /** Which device published it. */
    public DeviceId device() {
        return device;
    }

    /** Where it stands in its device's stream. */
    public RecordPosition position() {
        return position;
    }

    /** Its lane; order holds within a lane. */
    public Lane lane() {
        return position.lane();
    }

    /** Which life of the device's outbox it is from. */
    public long store() {
        return position.store();
    }

    /** Which opening of that store it was published in. */
    public long run() {
        return position.run();
    }

    /** Its number in the stream (device, lane, store), from 1 on. With device, lane, store and run, it names the event for good. */
    public long seq() {
        return position.seq();
    }

    /** The channel that it was published on; empty for an outcome. */
    public String channel() {
        return header(RecordHeaders.CHANNEL).orElse("");
    }

    /** When it happened, as far as {@link #clockQuality} goes. */
    public Instant time() {
        return Instant.ofEpochMilli(position.timeMillis());
    }

    /** How far {@link #time} can be trusted. */
    public ClockQuality clockQuality() {
        return position.clockQuality();
    }

    /** When a node wrote it to Kafka, by that node's clock. */
    public Instant recordTime() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** The sensor behind the device that it is from, where it names one. */
    public Optional<String> source() {
        return header(RecordHeaders.SOURCE);
    }

    /** The media type of its body, where that is not CBOR. */
    public Optional<String> contentType() {
        return header(RecordHeaders.CONTENT_TYPE);
    }

    /** The W3C Trace Context that it carries, if any. */
    public Optional<String> traceparent() {
        return header(RecordHeaders.TRACEPARENT);
    }

    /** The text of a record header, by the names in {@link RecordHeaders}. */
    public Optional<String> header(String name) {
        return text(record, name);
    }

    /**
     * The body as CBOR, without a copy.
     *
     * @throws IllegalStateException if it is of another {@linkplain #contentType() media type}
     */
    public Payload body() {
        Optional<String> type = contentType();
        if (type.isPresent()) {
            throw new IllegalStateException(
                    "the body of event " + seq() + " of " + device + " is " + type.get() + ", not CBOR");
        }
        byte[] value = record.value();
        return value == null || value.length == 0 ? Payload.NULL : Payload.wrap(value);
    }

    /** The body's bytes as they lie in Kafka, to be left alone: CBOR, or of the {@linkplain #contentType() media type} named. */
    public byte[] bytes() {
        byte[] value = record.value();
        return value == null ? new byte[0] : value;
    }

    /**
     * The body as Java values: {@link BodyCodec#decode}.
     *
     * @throws IllegalStateException if it is of another {@linkplain #contentType() media type}
     * @throws IllegalArgumentException if it is not one well-formed CBOR item, which no node would have let pass
     */
    public @Nullable Object decodedBody() {
        return BodyCodec.decode(body());
    }

    /**
     * The body as JSON on one line, by the rules of RFC 8949 section 6.1; a JSON body as it is. A body of any other media
     * type becomes what a CBOR byte string does: a text in base64url.
     *
     * @throws IllegalArgumentException if it is not one well-formed CBOR item, which no node would have let pass
     */
    public String json() {
        Optional<String> type = contentType();
        if (type.isEmpty()) {
            return BodyCodec.toJson(body());
        }
        return type.get().toLowerCase(Locale.ROOT).startsWith(JSON)
                ? new String(bytes(), StandardCharsets.UTF_8)
                : BodyCodec.toJson(BodyCodec.encode(bytes()));
    }

    @Override
    public String topic() {
        return record.topic();
    }

    @Override
    public int partition() {
        return record.partition();
    }

    @Override
    public long offset() {
        return record.offset();
    }

    /** The device, lane and number, for logs. */
    @Override
    public String toString() {
        return device + " lane " + lane() + " store " + store() + " seq " + seq() + " " + channel();
    }

    static Optional<String> text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }
}
