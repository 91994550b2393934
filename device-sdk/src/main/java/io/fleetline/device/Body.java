package io.fleetline.device;

import io.fleetline.protocol.Payload;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.BodyWalk;
import io.fleetline.protocol.cbor.FrameException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What an event, a command or a command's result says: one CBOR value (RFC 8949), or any content with its media type.
 * Immutable.
 */
public final class Body {
    /** A body without content: CBOR's null. */
    public static final Body EMPTY = new Body(Payload.NULL, Optional.empty());

    private final Payload payload;
    private final Optional<String> contentType;

    Body(Payload payload, Optional<String> contentType) {
        this.payload = payload;
        this.contentType = contentType;
    }

    /**
     * A body of maps with text keys, lists, texts, numbers, booleans, byte arrays and {@link java.time.Instant}s (written
     * as text). A {@code Body} is returned as it is.
     *
     * @throws IllegalArgumentException naming the class and the path of a value that is none of these, or of a map or
     *     list that nests deeper than 16
     */
    public static Body of(Object value) {
        return value instanceof Body body ? body : new Body(BodyCodec.encode(value), Optional.empty());
    }

    /**
     * A body that the application writes piece by piece.
     *
     * @throws IllegalArgumentException if the map nests deeper than 16 or has the same key twice
     * @throws IllegalStateException if what was written is not one whole value
     */
    public static Body write(Consumer<BodyWriter> script) {
        BodyWriter writer = new BodyWriter();
        script.accept(writer);
        return new Body(checked(writer.finish()), Optional.empty());
    }

    /**
     * A body of bytes that are CBOR already; they reach readers as they are.
     *
     * @param cbor one CBOR value; copied
     * @throws IllegalArgumentException if the bytes are not well-formed, nest deeper than 16, have text that is not
     *     UTF-8, or a map with the same key twice; the message says where
     */
    public static Body cbor(byte[] cbor) {
        return new Body(checked(cbor.clone()), Optional.empty());
    }

    /**
     * A body of the CBOR form of a JSON text.
     *
     * @throws IllegalArgumentException if the text is not JSON, or not acceptable as in {@link #cbor}
     */
    public static Body json(String json) {
        return new Body(BodyCodec.fromJson(json), Optional.empty());
    }

    /**
     * A body of any content, passed on as it is, such as an image.
     *
     * @param contentType its media type (RFC 9110 section 8.3.1), 1 to 256 characters
     * @param content the bytes; copied
     */
    public static Body content(String contentType, byte[] content) {
        return new Body(BodyCodec.encode(content), Optional.of(contentType));
    }

    /** The media type of content that is not CBOR. */
    public Optional<String> contentType() {
        return contentType;
    }

    /** How many bytes the body takes on the wire. */
    public int length() {
        return payload.length();
    }

    /**
     * The body as Java values: {@code Map<String, Object>}, {@code List<Object>}, {@code String}, {@code Long},
     * {@code BigInteger}, {@code Double}, {@code Boolean} or {@code byte[]}. Empty if the body is CBOR's null; nulls
     * within maps and lists are Java's.
     */
    public Optional<Object> value() {
        return Optional.ofNullable(BodyCodec.decode(payload));
    }

    /**
     * The body as a map; an empty one if it is {@link #EMPTY}.
     *
     * @throws IllegalStateException if it is neither a map nor empty
     */
    @SuppressWarnings("unchecked") // The keys of a decoded map are texts.
    public Map<String, Object> asMap() {
        Object value = value().orElse(Map.of());
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalStateException(
                "the body is no map but " + value.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    }

    /** The body as JSON (RFC 8949 section 6.1). */
    public String toJson() {
        return BodyCodec.toJson(payload);
    }

    /** The CBOR bytes, copied. */
    public byte[] toCbor() {
        return payload.toByteArray();
    }

    private static Payload checked(byte[] cbor) {
        BodyWalk walk = new BodyWalk();
        int end;
        try {
            end = walk.walk(cbor, 0, cbor.length);
        } catch (FrameException e) {
            throw new IllegalArgumentException("not well-formed CBOR: " + e.getMessage());
        }
        if (end != cbor.length) {
            throw new IllegalArgumentException(
                    "a body is one CBOR value, but " + (cbor.length - end) + " bytes follow it");
        }
        walk.fault().ifPresent(fault -> {
            throw new IllegalArgumentException(
                    "no node accepts this body: " + fault.kind() + " at byte " + fault.offset());
        });
        return Payload.wrap(cbor);
    }

    Payload payload() {
        return payload;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Body that && payload.equals(that.payload) && contentType.equals(that.contentType);
    }

    @Override
    public int hashCode() {
        return payload.hashCode();
    }

    @Override
    public String toString() {
        return contentType.map(type -> type + ", ").orElse("") + payload;
    }
}
