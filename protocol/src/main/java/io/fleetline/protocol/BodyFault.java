package io.fleetline.protocol;

/**
 * Why a well-formed body is not acceptable as an event, and where.
 *
 * @param kind what is wrong with it
 * @param offset at which byte of the body, from 0
 */
public record BodyFault(Kind kind, int offset) {
    /** What can be wrong with a well-formed body. */
    public enum Kind {
        /** Nested deeper than {@link ProtocolLimits#MAX_BODY_NESTING}. */
        TOO_DEEP,
        /** A text string that is not valid UTF-8. */
        BAD_UTF8,
        /** A map with the same key twice. */
        DUPLICATE_KEY
    }
}
