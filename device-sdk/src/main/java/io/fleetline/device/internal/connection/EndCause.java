package io.fleetline.device.internal.connection;

import io.fleetline.protocol.CloseReason;
import java.time.Duration;

/** Why a connection, or the attempt at one, ended; each knows when another attempt makes sense. */
public enum EndCause {
    NO_CREDENTIAL(Retry.LATER),
    UNREACHABLE(Retry.ONCE_SOON),
    LOST(Retry.ONCE_SOON),
    SILENT(Retry.ONCE_SOON),
    NODE_GOING_AWAY(Retry.SOON),
    DRAINED(Retry.AT_ONCE),
    NODE_FAILED(Retry.LATER),
    NODE_BUSY(Retry.LATER, Duration.ofSeconds(5)),
    THROTTLED(Retry.LATER, Duration.ofSeconds(5)),
    REFUSED_FRAME(Retry.LATER),
    BROKEN_PEER(Retry.LATER, Duration.ofSeconds(5)),
    BAD_CREDENTIAL(Retry.ONCE_WITH_NEW_CREDENTIAL),
    CREDENTIAL_EXPIRED(Retry.ONCE_WITH_NEW_CREDENTIAL),
    DISABLED(Retry.MUCH_LATER),
    TIMED_OUT(Retry.LATER),
    TAKEN_OVER(Retry.LATER, Duration.ofSeconds(30)),
    FLOODING(Retry.LATER, Duration.ofSeconds(30)),
    UNTRUSTED_NODE(Retry.MUCH_LATER),
    WRONG_ENDPOINT(Retry.MUCH_LATER),
    CLOSED(Retry.NEVER);

    /** When another attempt makes sense. */
    public enum Retry {
        /** At once, for the moment was chosen already. */
        AT_ONCE,
        /** Within the reconnect window that the node told. */
        SOON,
        /** Once within the reconnect window, then with backoff. */
        ONCE_SOON,
        /** Once at once if there is a new credential, then with backoff. */
        ONCE_WITH_NEW_CREDENTIAL,
        /** With backoff. */
        LATER,
        /** When somebody may have mended it: 5 to 60 minutes. */
        MUCH_LATER,
        /** Not at all. */
        NEVER
    }

    private final Retry retry;
    private final Duration least;

    EndCause(Retry retry) {
        this(retry, Duration.ZERO);
    }

    EndCause(Retry retry, Duration least) {
        this.retry = retry;
        this.least = least;
    }

    /** When another attempt makes sense. */
    public Retry retry() {
        return retry;
    }

    /** The least pause before that. */
    public Duration least() {
        return least;
    }

    /** What a close frame of the node with this code means. */
    static EndCause ofCloseCode(int code) {
        return CloseReason.of(code).map(EndCause::of).orElse(NODE_FAILED);
    }

    private static EndCause of(CloseReason reason) {
        return switch (reason) {
            case NORMAL, GOING_AWAY, RESTART -> NODE_GOING_AWAY;
            case WEBSOCKET_VIOLATION, UNSUPPORTED_DATA, MALFORMED, TOO_BIG, PROTOCOL_VIOLATION -> REFUSED_FRAME;
            case INTERNAL_ERROR -> NODE_FAILED;
            case TRY_AGAIN_LATER -> NODE_BUSY;
            case CREDENTIAL_EXPIRED -> CREDENTIAL_EXPIRED;
            case REVOKED -> DISABLED;
            case TIMED_OUT -> TIMED_OUT;
            case TAKEN_OVER -> TAKEN_OVER;
            case FLOOD -> FLOODING;
        };
    }

    /** What an HTTP answer other than 101 means. */
    static EndCause ofHttpStatus(int status) {
        return switch (status) {
            case 401 -> BAD_CREDENTIAL;
            case 403 -> DISABLED;
            case 429 -> THROTTLED;
            case 503 -> NODE_BUSY;
            default -> status >= 500 ? NODE_FAILED : WRONG_ENDPOINT;
        };
    }
}
