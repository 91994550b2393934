package io.fleetline.protocol.cbor;

import io.fleetline.protocol.CloseReason;

/**
 * Bytes that are no frame of this protocol. Bad peers are expected, so that this exception carries no stack trace: the
 * message says which field, what was seen, and what is allowed.
 */
public final class FrameException extends Exception {
    private static final long serialVersionUID = 1L;

    private final CloseReason closeReason;
    private final int offset;

    private final String what;

    private FrameException(CloseReason closeReason, int offset, String what) {
        super(what + ", at byte " + offset, null, false, false);
        this.closeReason = closeReason;
        this.offset = offset;
        this.what = what;
    }

    /** The bytes are not one well-formed CBOR item (RFC 8949 section 5.3), or it nests deeper than is ever read. */
    static FrameException malformed(int offset, String message) {
        return new FrameException(CloseReason.MALFORMED, offset, message);
    }

    /** The bytes are well-formed as far as they were read, and against the rules of this protocol. */
    static FrameException violation(int offset, String message) {
        return new FrameException(CloseReason.PROTOCOL_VIOLATION, offset, message);
    }

    /** The same, found so many bytes further on. */
    FrameException shiftedBy(int bytes) {
        return new FrameException(closeReason, offset + bytes, what);
    }

    /** How to end the connection: {@link CloseReason#MALFORMED} or {@link CloseReason#PROTOCOL_VIOLATION}. */
    public CloseReason closeReason() {
        return closeReason;
    }

    /** At which byte of what was to be read, from 0. */
    public int offset() {
        return offset;
    }
}
