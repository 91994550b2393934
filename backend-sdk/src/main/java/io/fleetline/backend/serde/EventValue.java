package io.fleetline.backend.serde;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the value and the headers of an events record say: an event, a gap, or a stranger's record. Its device is the
 * record's key ({@link EventSerdes#device}), and the time at which a node wrote it is the record's timestamp: Kafka shows
 * neither to a deserializer.
 *
 * <p>Texts, position and body are decoded when they are asked for, each time anew. Immutable, and safe for use by many
 * threads, as long as the bytes under it are left alone.
 */
public final class EventValue {
    private static final String JSON = "application/json";

    private final byte @Nullable [] value;
    private final Header[] headers;

    EventValue(byte @Nullable [] value, Headers headers) {
        this.value = value;
        this.headers = headers.toArray();
    }

    /**
     * Where it stands in its device's stream; empty for a stranger's record, which was not written by a node.
     *
     * @throws IllegalArgumentException if the header cannot be read, or is of a version that this release does not know
     */
    public Optional<RecordPosition> position() {
        byte[] header = bytes(RecordHeaders.POSITION);
        if (header == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(RecordHeaderCodec.decodePosition(header));
        } catch (RecordHeaderException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Its lane; order holds within a lane. {@link Lane#NORMAL} for a stranger's record. */
    public Lane lane() {
        return position().map(RecordPosition::lane).orElse(Lane.NORMAL);
    }

    /** Its number in the stream of device, lane and store; empty for a stranger's record. */
    public Optional<Long> seq() {
        return position().map(RecordPosition::seq);
    }

    /** When it happened, as far as the {@linkplain #clockQuality clock} goes; empty for a gap and a stranger's record. */
    public Optional<Instant> time() {
        return isGap() ? Optional.empty() : position().map(at -> Instant.ofEpochMilli(at.timeMillis()));
    }

    /** How far {@link #time} can be trusted. */
    public ClockQuality clockQuality() {
        return position().map(RecordPosition::clockQuality).orElse(ClockQuality.UNKNOWN);
    }

    /** Whether it says which numbers the device dropped, and carries no event. */
    public boolean isGap() {
        return bytes(RecordHeaders.GAP) != null;
    }

    /**
     * The numbers that the device dropped, if it says that.
     *
     * @throws IllegalArgumentException if the header cannot be read
     */
    public Optional<Item.Gap> gap() {
        byte[] header = bytes(RecordHeaders.GAP);
        try {
            return header == null ? Optional.empty() : Optional.of(RecordHeaderCodec.decodeGap(header));
        } catch (RecordHeaderException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The channel that it was published on; empty for a gap. */
    public String channel() {
        return header(RecordHeaders.CHANNEL).orElse("");
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
        return Optional.ofNullable(bytes(name)).map(text -> new String(text, StandardCharsets.UTF_8));
    }

    /**
     * The body as CBOR, without a copy.
     *
     * @throws IllegalStateException if it is of another {@linkplain #contentType() media type}
     */
    public Payload body() {
        Optional<String> type = contentType();
        if (type.isPresent()) {
            throw new IllegalStateException("the body is " + type.get() + ", not CBOR");
        }
        byte[] bytes = bytes();
        return bytes.length == 0 ? Payload.NULL : Payload.wrap(bytes);
    }

    /** The body's bytes as they lie in Kafka, to be left alone. */
    public byte[] bytes() {
        byte[] bytes = value;
        return bytes == null ? new byte[0] : bytes;
    }

    /**
     * The body as Java values: {@link BodyCodec#decode}.
     *
     * @throws IllegalStateException if it is of another {@linkplain #contentType() media type}
     * @throws IllegalArgumentException if it is not one well-formed CBOR item
     */
    public @Nullable Object decodedBody() {
        return BodyCodec.decode(body());
    }

    /**
     * The body as JSON on one line, by the rules of RFC 8949 section 6.1; a JSON body as it is; one of any other media type
     * as a text in base64url; {@code null} for a gap.
     *
     * @throws IllegalArgumentException if it is not one well-formed CBOR item
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

    byte @Nullable [] value() {
        return value;
    }

    Header[] headers() {
        return headers;
    }

    private byte @Nullable [] bytes(String name) {
        for (int i = headers.length - 1; i >= 0; i--) {
            if (headers[i].key().equals(name)) {
                return headers[i].value();
            }
        }
        return null;
    }

    /** Whether value and headers are the same, byte for byte. */
    @Override
    public boolean equals(Object other) {
        return other instanceof EventValue that
                && Arrays.equals(value, that.value)
                && Arrays.equals(headers, that.headers);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(value) + Arrays.hashCode(headers);
    }

    /** Channel and size, for logs. */
    @Override
    public String toString() {
        return isGap() ? "gap" : channel() + ", " + bytes().length + " bytes";
    }
}
