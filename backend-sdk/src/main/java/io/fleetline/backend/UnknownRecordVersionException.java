package io.fleetline.backend;

/**
 * A record was written by a newer release, in a form that this one does not know: reading on without it could lose or
 * double events, so the reader stops before it. Upgrade the reader.
 */
public final class UnknownRecordVersionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a sentence that says where the record lies. */
    public UnknownRecordVersionException(String message) {
        super(message);
    }
}
