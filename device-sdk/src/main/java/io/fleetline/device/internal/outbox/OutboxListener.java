package io.fleetline.device.internal.outbox;

/** Told by whichever thread caused it, outside the outbox's lock, and often: it only wakes somebody and returns at once. */
public interface OutboxListener {
    /** Something may be sent that could not be sent before, or {@link Outbox#takeDropped} has something. */
    void moreToSend();

    /** {@link Outbox#commit} is due earlier than it said when it last returned. */
    void commitWanted();
}
