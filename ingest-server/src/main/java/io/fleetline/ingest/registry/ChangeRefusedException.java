package io.fleetline.ingest.registry;

/** A change that cannot be made to what the registry holds now. It has no stack trace: it is an answer. */
public final class ChangeRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** There is no such device, tenant or credential. */
        MISSING,
        /** There is one already. */
        EXISTS,
        /** What is asked for is against a limit or rule. */
        INVALID
    }

    private final Reason reason;

    /** With a sentence for whoever asked. */
    public ChangeRefusedException(Reason reason, String sentence) {
        super(sentence, null, false, false);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
