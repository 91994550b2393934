package io.fleetline.protocol;

import java.util.Optional;

/**
 * What may stand beside a body. Most items have none: {@link #NONE}.
 *
 * @param contentType media type of a body that is not CBOR; the body is then a byte string, passed on as it is
 * @param clockQuality how far the event's time can be trusted
 * @param traceparent W3C Trace Context, passed on as it is
 * @param source which sensor behind the device the event is from
 */
public record Attributes(
        Optional<String> contentType,
        ClockQuality clockQuality,
        Optional<String> traceparent,
        Optional<String> source) {
    /** No attribute given: CBOR, clock synchronised with the server, no trace, the device itself. */
    public static final Attributes NONE =
            new Attributes(Optional.empty(), ClockQuality.SERVER_SYNCHRONISED, Optional.empty(), Optional.empty());

    /** Most bytes of UTF-8 of one attribute: three of them stay below {@link ProtocolLimits#MAX_ATTRIBUTES_BYTES}. */
    public static final int MAX_TEXT_BYTES = 256;

    /**
     * Checks that each text is short and printable.
     *
     * @throws IllegalArgumentException if one is empty, longer than {@value #MAX_TEXT_BYTES} bytes, has a
     *     control character, or half of a surrogate pair
     */
    public Attributes {
        check("content type", contentType);
        check("traceparent", traceparent);
        check("source", source);
    }

    private static void check(String field, Optional<String> text) {
        text.ifPresent(value -> {
            ProtocolLimits.number("bytes of " + field, Names.utf8Bytes(field, value), 1, MAX_TEXT_BYTES);
            if (value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(field + " " + Names.quoted(value) + " has a control character");
            }
        });
    }

    /** A body that is not CBOR stands in a byte string, whose content the node takes out of it. */
    void checkBody(Payload body) {
        if (contentType.isPresent() && !body.isByteString()) {
            throw new IllegalArgumentException("the body with content type " + Names.quoted(contentType.get())
                    + " is not a byte string of definite length");
        }
    }

    /** These attributes with this content type. */
    public Attributes withContentType(String type) {
        return new Attributes(Optional.of(type), clockQuality, traceparent, source);
    }

    /** These attributes with this clock quality. */
    public Attributes withClockQuality(ClockQuality quality) {
        return new Attributes(contentType, quality, traceparent, source);
    }

    /** These attributes with this trace context. */
    public Attributes withTraceparent(String trace) {
        return new Attributes(contentType, clockQuality, Optional.of(trace), source);
    }

    /** These attributes with this source. */
    public Attributes withSource(String sensor) {
        return new Attributes(contentType, clockQuality, traceparent, Optional.of(sensor));
    }
}
