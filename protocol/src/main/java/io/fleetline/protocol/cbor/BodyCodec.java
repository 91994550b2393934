package io.fleetline.protocol.cbor;

import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ProtocolLimits;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns Java values into bodies and back, and bodies into JSON and back, for those who want to look into them; on the way
 * from a device to Kafka nobody does.
 *
 * <p>The JSON of a body follows RFC 8949 section 6.1: byte strings become text in base64url without padding; NaN, the
 * infinities, {@code undefined} and simple values become {@code null}; tags are dropped. Integers, those beyond 2^53 and
 * bignums too, become JSON numbers with all their digits: a reader that takes JSON numbers for doubles loses some of them.
 * Keys that are not text become the text of their JSON, but keys that are arrays or maps the base64url of their CBOR. If two
 * keys become the same text that way, the later value stays.
 *
 * <p>Thread-safe.
 */
public final class BodyCodec {
    /**
     * How many bytes of JSON a byte of CBOR may become: a number of half precision and its comma have up to 23 for three, and
     * text of control characters six for one.
     */
    public static final int MAX_JSON_BYTES_PER_BYTE = 8;

    private BodyCodec() {}

    /**
     * Encodes a value.
     *
     * @param value {@code null}, a {@code Boolean}, {@code Byte}, {@code Short}, {@code Integer}, {@code Long},
     *     {@code BigInteger}, {@code Float}, {@code Double}, {@code String}, {@code byte[]}, {@code Instant} (a date and
     *     time text, tag 0), or a {@code Collection} of such values or a {@code Map} of them with {@code String} keys,
     *     nested at most {@value ProtocolLimits#MAX_BODY_NESTING} deep
     * @return the value with definite lengths and shortest heads, floating-point numbers in the shortest form that keeps
     *     them; entries in the order in which their map has them
     * @throws IllegalArgumentException if it is or has anything else; the message says what, and where
     */
    public static Payload encode(@Nullable Object value) {
        return Payload.wrap(new BodyWriter().write(value));
    }

    /**
     * Decodes a body.
     *
     * @return {@code null}, a {@code Boolean}, {@code Long}, {@code BigInteger} (an integer beyond {@code long}),
     *     {@code Double}, {@code String}, {@code byte[]}, {@code List<Object>}, or {@code Map<String, Object>} in the order
     *     of the body; lists and maps can be changed. Tags are dropped but those of bignums, simple values are {@code null}, keys that are
     *     not text become text as above; bytes that are not UTF-8 become U+FFFD
     * @throws IllegalArgumentException if the body is not one well-formed item
     */
    public static @Nullable Object decode(Payload body) {
        return BodyReader.of(body).read();
    }

    /**
     * The JSON of a body, on one line.
     *
     * @throws IllegalArgumentException as {@link #decode} does
     */
    public static String toJson(Payload body) {
        return new String(toJsonBytes(body), StandardCharsets.UTF_8);
    }

    /**
     * The JSON of a body in UTF-8, on one line. The quickest way to it: of most bodies no Java values are made.
     *
     * @return at most {@value #MAX_JSON_BYTES_PER_BYTE} bytes for each byte of the body
     * @throws IllegalArgumentException as {@link #decode} does
     */
    public static byte[] toJsonBytes(Payload body) {
        Optional<byte[]> json = BodyReader.walk(body).isEmpty()
                ? JsonStream.write(body.array(), body.offset(), body.length())
                : Optional.empty();
        return json.orElseGet(() -> JsonText.write(decode(body)).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Encodes what a JSON text says, as {@link #encode} does; numbers with a fraction or an exponent become doubles.
     *
     * @throws IllegalArgumentException if the text is not one JSON value, has a key twice, nests too deeply, or has a number
     *     beyond a double's range
     */
    public static Payload fromJson(String json) {
        return encode(JsonText.read(json));
    }
}
