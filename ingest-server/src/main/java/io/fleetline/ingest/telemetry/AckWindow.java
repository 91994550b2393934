package io.fleetline.ingest.telemetry;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which items of one lane session are stored, and up to where without a hole (rules N3 and N4).
 *
 * <pre>
 *          refuse                  dead letter stored, everything before it acknowledged
 *   LIVE ──────────▶ REFUSING ─────────────────────────────────────────────────────────▶ OVER (reject)
 *     │                  │
 *     ├──────────────────┴── a callback failed or is in doubt ──▶ OVER (rewind)
 *     └──────────────────┴── the connection ended, or the lane was opened anew ──▶ OVER (without a word)
 * </pre>
 *
 * Items are admitted by the thread that reads the connection, callbacks come from the sink's thread, and rounds are taken
 * by a third: all state is guarded by this object's lock. Callbacks only mark; what is to be said to the device comes out
 * of {@link #takeRound}, so that marks that move together go as one ack.
 */
public final class AckWindow implements Settlement {
    /** Where a lane session stands. */
    public enum Phase {
        /** Takes items, and acknowledges them. */
        LIVE,
        /** An item was refused: takes no more, and acknowledges what came before it. */
        REFUSING,
        /** Acknowledges nothing more; callbacks only give room back. */
        OVER
    }

    /** What ends a lane session in this round. */
    public enum Ending {
        /** Nothing. */
        NONE,
        /** Storing failed or is in doubt. */
        REWIND,
        /** An item is refused, and everything before it is acknowledged. */
        REJECT
    }

    /**
     * What has happened since the round before.
     *
     * @param ackUpTo up to which number to acknowledge; 0 if nothing new is to be acknowledged
     * @param partition where that number is stored
     * @param offset where that number is stored
     * @param items how many items are newly acknowledged
     * @param admittedNanos when the newest of them was admitted
     * @param freedItems how many items Kafka is done with, well or badly
     * @param freedBytes how many bytes these have
     * @param ending what ends the lane session, told once
     */
    public record Round(
            long ackUpTo,
            int partition,
            long offset,
            int items,
            long admittedNanos,
            int freedItems,
            long freedBytes,
            Ending ending) {}

    /** A slot's offset until its callback. */
    private static final long PENDING = -1;

    private static final long FAILED = -2;
    private static final int SMALLEST = 8;
    /** An empty window that had grown beyond this gives its arrays back: most connections are idle most of the time. */
    private static final int KEPT = 64;

    private final Runnable news;

    private Phase phase = Phase.LIVE;
    private Ending ending = Ending.NONE;
    private @Nullable String trouble;
    private boolean newsTold;
    private long refusedSeq;
    private @Nullable Refusal refusal;
    private boolean buried;

    // The ring: slot n lies at index n & (length - 1). Slots head .. tail − 1 wait for callbacks of themselves or of
    // one
    // before them.
    private long[] lastSeqs = new long[SMALLEST];
    private long[] offsets = new long[SMALLEST];
    private long[] admittedNanos = new long[SMALLEST];
    private int[] bytes = new int[SMALLEST];
    private long head;
    private long tail;

    private int partition = -1;
    private long lastOffset = -1;

    /** Up to here everything is stored. */
    private long storedUpTo;

    private long storedNanos;
    private int storedItems;
    /** Up to here rounds have said so. */
    private long ackedUpTo;

    private int freedItems;
    private long freedBytes;

    /**
     * A window in which nothing is admitted yet.
     *
     * @param acked up to where the device knows its lane to be acknowledged
     * @param news called when there is something for a round, at most once until that round is taken; on the thread of a
     *     callback, without the window's lock
     */
    public AckWindow(long acked, Runnable news) {
        this.storedUpTo = acked;
        this.ackedUpTo = acked;
        this.news = news;
    }

    /**
     * Opens the next item.
     *
     * @param lastSeq the last number that the item takes
     * @param itemBytes how much of the budget it holds
     * @return the item's slot, for its callback; negative if the lane session takes no more
     */
    public synchronized long admit(long lastSeq, int itemBytes, long nowNanos) {
        if (phase != Phase.LIVE) {
            return -1;
        }
        if (tail - head == offsets.length) {
            resize(2 * offsets.length);
        }
        int at = at(tail);
        lastSeqs[at] = lastSeq;
        bytes[at] = itemBytes;
        offsets[at] = PENDING;
        admittedNanos[at] = nowNanos;
        return tail++;
    }

    @Override
    public void stored(long slot, int storedPartition, long offset) {
        boolean tell;
        synchronized (this) {
            if (!isPending(slot)) {
                return;
            }
            free(slot);
            if (partition < 0) {
                partition = storedPartition;
            }
            if (offset < 0) {
                offsets[at(slot)] = FAILED;
                end(Ending.REWIND, "a record was stored without an offset");
            } else {
                offsets[at(slot)] = offset;
                if (storedPartition != partition) {
                    end(Ending.REWIND, "the partition changed from " + partition + " to " + storedPartition);
                }
            }
            advance();
            tell = tellOnce();
        }
        if (tell) {
            news.run();
        }
    }

    @Override
    public void failed(long slot, Exception cause) {
        boolean tell;
        synchronized (this) {
            if (!isPending(slot)) {
                return;
            }
            free(slot);
            offsets[at(slot)] = FAILED;
            end(Ending.REWIND, String.valueOf(cause));
            advance();
            tell = tellOnce();
        }
        if (tell) {
            news.run();
        }
    }

    /**
     * The item that would come next is refused, and is on its way to the dead letters.
     *
     * @return whether the lane session took note; if not, it is over already
     */
    public synchronized boolean refuse(long seq, Refusal why) {
        if (phase != Phase.LIVE) {
            return false;
        }
        phase = Phase.REFUSING;
        refusedSeq = seq;
        refusal = why;
        return true;
    }

    /** Which item was refused; 0 if none was. */
    public synchronized long refusedSeq() {
        return refusedSeq;
    }

    /** Why it was. */
    public synchronized Refusal refusal() {
        return Objects.requireNonNull(refusal, "nothing was refused");
    }

    /** The refused item lies in the dead letters. */
    public void buried() {
        boolean tell;
        synchronized (this) {
            buried = true;
            tell = tellOnce();
        }
        if (tell) {
            news.run();
        }
    }

    /** The refused item could not be put into the dead letters, so the device has to send it again. */
    public void burialFailed(Exception cause) {
        boolean tell;
        synchronized (this) {
            end(Ending.REWIND, "a dead letter: " + cause);
            tell = tellOnce();
        }
        if (tell) {
            news.run();
        }
    }

    /** Ends the lane session without a word to the device. */
    public synchronized void abandon() {
        phase = Phase.OVER;
        ending = Ending.NONE;
    }

    /** What there is to do since the round before. */
    public synchronized Round takeRound() {
        newsTold = false;
        long upTo = 0;
        int items = 0;
        if (phase != Phase.OVER && storedUpTo > ackedUpTo) {
            upTo = storedUpTo;
            ackedUpTo = upTo;
            items = storedItems;
            storedItems = 0;
        }
        if (phase == Phase.REFUSING && buried && head == tail) {
            end(Ending.REJECT, null);
        }
        Round round = new Round(upTo, partition, lastOffset, items, storedNanos, freedItems, freedBytes, ending);
        ending = Ending.NONE;
        freedItems = 0;
        freedBytes = 0;
        return round;
    }

    /** Where the lane session stands. */
    public synchronized Phase phase() {
        return phase;
    }

    /** Up to which number rounds have acknowledged; the device is to go on after it. */
    public synchronized long ackedUpTo() {
        return ackedUpTo;
    }

    /** Why the lane session was rewound, for a log. */
    public synchronized @Nullable String trouble() {
        return trouble;
    }

    /** How many items wait for their callback. */
    public synchronized int pending() {
        int pending = 0;
        for (long slot = head; slot < tail; slot++) {
            if (offsets[at(slot)] == PENDING) {
                pending++;
            }
        }
        return pending;
    }

    private boolean isPending(long slot) {
        return slot >= head && slot < tail && offsets[at(slot)] == PENDING;
    }

    private void free(long slot) {
        freedItems++;
        freedBytes += bytes[at(slot)];
    }

    private void end(Ending how, @Nullable String why) {
        if (phase != Phase.OVER) {
            phase = Phase.OVER;
            ending = how;
            trouble = why;
        }
    }

    /** Moves over what is done. Only in a lane session that is not over does that mean anything to the device. */
    private void advance() {
        while (head < tail && offsets[at(head)] != PENDING) {
            int at = at(head);
            if (phase != Phase.OVER) {
                if (offsets[at] <= lastOffset) {
                    end(Ending.REWIND, "offset " + offsets[at] + " came after offset " + lastOffset);
                } else {
                    lastOffset = offsets[at];
                    storedUpTo = lastSeqs[at];
                    storedNanos = admittedNanos[at];
                    storedItems++;
                }
            }
            head++;
        }
        if (head == tail && offsets.length > KEPT) {
            resize(SMALLEST);
        }
    }

    private boolean tellOnce() {
        boolean tell = !newsTold;
        newsTold = true;
        return tell;
    }

    private int at(long slot) {
        return (int) slot & (offsets.length - 1);
    }

    private void resize(int length) {
        long[] newLastSeqs = new long[length];
        long[] newOffsets = new long[length];
        long[] newAdmittedNanos = new long[length];
        int[] newBytes = new int[length];
        Arrays.fill(newOffsets, PENDING);
        for (long slot = head; slot < tail; slot++) {
            int to = (int) slot & (length - 1);
            newLastSeqs[to] = lastSeqs[at(slot)];
            newOffsets[to] = offsets[at(slot)];
            newAdmittedNanos[to] = admittedNanos[at(slot)];
            newBytes[to] = bytes[at(slot)];
        }
        lastSeqs = newLastSeqs;
        offsets = newOffsets;
        admittedNanos = newAdmittedNanos;
        bytes = newBytes;
    }
}
