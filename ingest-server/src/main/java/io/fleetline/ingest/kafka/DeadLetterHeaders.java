package io.fleetline.ingest.kafka;

/** The headers that a dead letter has beside those that its item would have had as an event; all are text. */
public final class DeadLetterHeaders {
    /** Why it was rejected: the name of a reject code. */
    public static final String CODE = "reject-code";

    /** The same for people. */
    public static final String MESSAGE = "reject-message";

    /** At which byte of the value the fault is, decimal; only where it is in the body. */
    public static final String OFFSET = "reject-offset";

    private DeadLetterHeaders() {}
}
