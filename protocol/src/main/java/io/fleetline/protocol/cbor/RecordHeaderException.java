package io.fleetline.protocol.cbor;

/** A record header that is not of the form that this version reads. */
public final class RecordHeaderException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Kind {
        /** The bytes are not what they should be: the record is a stranger's, or damaged. */
        UNREADABLE,
        /** The header says that it is of another version: written by a newer release, which alone knows what it means. */
        UNKNOWN_VERSION
    }

    private final Kind kind;

    RecordHeaderException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** What is wrong with it. */
    public Kind kind() {
        return kind;
    }
}
