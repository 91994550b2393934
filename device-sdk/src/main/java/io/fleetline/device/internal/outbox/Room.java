package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ProtocolLimits;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sees to it that an outbox does not hold more than it may: makes room, lets appenders wait for it, and sets some aside for
 * outcomes. Guarded by the outbox's lock.
 */
final class Room {
    private final Contents<?> contents;
    private final OutboxSettings settings;
    /** Of the lock: room was made, or the outbox is closed. */
    private final Condition made;

    private long reservedBytes;
    private boolean closed;

    Room(Contents<?> contents, ReentrantLock lock) {
        this.contents = contents;
        this.settings = contents.settings;
        this.made = lock.newCondition();
    }

    /** Tells those who wait that there may be room now. */
    void made() {
        made.signalAll();
    }

    /** There will be no more. */
    void close() {
        closed = true;
        made.signalAll();
    }

    /** @throws IllegalStateException if the outbox is closed */
    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the outbox is closed");
        }
    }

    /** Makes room for an event, or waits until somebody does, as the policy says. */
    void make(Lane lane, byte[] item, long waitNanos) throws OutboxFullException, InterruptedException {
        long bytes = Contents.cost(item.length);
        if (bytes > settings.memoryBytes()) {
            throw new IllegalArgumentException("an event of " + bytes + " bytes is larger than the "
                    + settings.memoryBytes() + " that the outbox may have in memory");
        }
        long left = waitNanos;
        while (!contents.hasRoom(bytes)) {
            checkOpen();
            switch (settings.overflow()) {
                case BLOCK -> {
                    if (left <= 0) {
                        throw full(bytes, "none was made in time");
                    }
                    left = made.awaitNanos(left);
                }
                case REFUSE -> throw full(bytes, "the policy is to refuse");
                case DROP_OLDEST, KEEP_NEWEST -> {
                    if (!contents.canMakeRoom(lane, bytes) || !contents.dropOne(lane, item)) {
                        throw full(bytes, "what it holds beside that is more urgent than lane " + lane);
                    }
                }
            }
        }
    }

    private OutboxFullException full(long bytes, String why) {
        return new OutboxFullException("no room for an event of " + bytes + " bytes: " + contents.eventBytes() + " of "
                + settings.maxBytes() + " are taken, " + contents.unwrittenEventBytes() + " of "
                + settings.memoryBytes() + " in memory alone, and " + why);
    }

    boolean reserveOutcome() {
        long bytes = Contents.cost(ProtocolLimits.DEFAULT_MAX_ITEM_BYTES);
        boolean free = contents.outcomeBytes() + reservedBytes + bytes <= settings.outcomeBytes();
        reservedBytes += free ? bytes : 0;
        return free;
    }

    void releaseOutcome() {
        reservedBytes -= Contents.cost(ProtocolLimits.DEFAULT_MAX_ITEM_BYTES);
    }
}
