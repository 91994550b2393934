package io.fleetline.device;

import java.time.Duration;

/** What happens to an event for which the outbox has no room. */
public sealed interface OverflowPolicy {
    /**
     * {@code publish} waits for room, and throws {@link OutboxFullException} if none came in time.
     *
     * @param timeout the longest wait, more than zero
     */
    record Block(Duration timeout) implements OverflowPolicy {
        /** @throws IllegalArgumentException if the timeout is not more than zero */
        public Block {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("outbox overflow timeout is " + timeout + ", not more than zero");
            }
        }
    }

    /** {@code publish} throws {@link OutboxFullException} at once. */
    record Refuse() implements OverflowPolicy {}

    /**
     * The oldest events make room. Their numbers become a gap that every reader sees, and their receipts end with
     * {@link EventDroppedException}.
     */
    record DropOldest() implements OverflowPolicy {}

    /**
     * An older event of the same channel makes room, so that the latest reading of each channel survives; if the channel
     * has none, the oldest event does. Their numbers become gaps as with {@link DropOldest}.
     */
    record KeepNewest() implements OverflowPolicy {}
}
