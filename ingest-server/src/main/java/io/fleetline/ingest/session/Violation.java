package io.fleetline.ingest.session;

import io.fleetline.protocol.CloseReason;

/** A frame that ends the connection. It has no stack trace: peers choose how many of these there are. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;

    Violation(CloseReason reason, String text) {
        super(text, null, false, false);
        this.reason = reason;
    }

    static Violation ofProtocol(String text) {
        return new Violation(CloseReason.PROTOCOL_VIOLATION, text);
    }

    static Violation flood(String text) {
        return new Violation(CloseReason.FLOOD, text);
    }

    CloseReason reason() {
        return reason;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
