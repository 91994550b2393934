package io.fleetline.protocol;

import java.util.Optional;

/** The WebSocket close codes that this protocol uses (RFC 6455 section 7.4, and its private range from 4000). */
public enum CloseReason {
    /** Done. */
    NORMAL(1000),
    /** The node goes away. */
    GOING_AWAY(1001),
    /** The peer broke the rules of WebSocket. */
    WEBSOCKET_VIOLATION(1002),
    /** A text frame, where only binary ones are spoken. */
    UNSUPPORTED_DATA(1003),
    /** Not well-formed CBOR, or nested deeper than {@link ProtocolLimits#MAX_NESTING}. */
    MALFORMED(1007),
    /** A message above the limit. */
    TOO_BIG(1009),
    /** The node failed. */
    INTERNAL_ERROR(1011),
    /** The node restarts. */
    RESTART(1012),
    /** The node cannot serve this connection now. */
    TRY_AGAIN_LATER(1013),
    /** Well-formed, but against the order of frames, the sequence, the limits of a field, or of unknown type. */
    PROTOCOL_VIOLATION(4400),
    /** The credential's time is over. */
    CREDENTIAL_EXPIRED(4401),
    /** The credential was revoked or the device disabled. */
    REVOKED(4403),
    /** No {@code hello} in time, or no sign of life for three heartbeats. */
    TIMED_OUT(4408),
    /** A newer connection of the same device; the reason text is that connection's number. */
    TAKEN_OVER(4409),
    /** Too many heartbeats, opens, reauthentications or pings. */
    FLOOD(4429);

    private final int code;

    CloseReason(int code) {
        this.code = code;
    }

    /** The close code on the wire. */
    public int code() {
        return code;
    }

    /** The reason of this close code; empty for a code that this protocol does not use. */
    public static Optional<CloseReason> of(int code) {
        for (CloseReason reason : values()) {
            if (reason.code == code) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
