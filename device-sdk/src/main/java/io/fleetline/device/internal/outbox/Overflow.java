package io.fleetline.device.internal.outbox;

/** What {@link Outbox#append} does when there is no room. */
public enum Overflow {
    /** Waits for room, as long as the caller allows. */
    BLOCK,
    /** Throws {@link OutboxFullException} at once. */
    REFUSE,
    /** Turns the oldest events into gaps: of the backfill lane first, then normal, then urgent, none above the new one's. */
    DROP_OLDEST,
    /**
     * Turns events that a newer one of the same channel has overtaken into gaps, and only when there is none of these
     * does as {@link #DROP_OLDEST}.
     */
    KEEP_NEWEST
}
