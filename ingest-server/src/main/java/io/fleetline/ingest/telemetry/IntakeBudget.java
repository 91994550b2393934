package io.fleetline.ingest.telemetry;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many bytes the whole node may have on their way to Kafka. Whoever finds no room waits in line, and gets its share as
 * room comes back: the line is what turns a slow Kafka into sockets that are not read. Thread-safe.
 */
public final class IntakeBudget {
    /** Waits in line for room. */
    public interface Waiter {
        /** The bytes that were asked for are taken in the waiter's name. Called without any lock held. */
        void roomTaken();
    }

    /** What a record costs beside its item's bytes: key, headers, and the objects that wait for Kafka's answer. */
    private static final int RECORD_OVERHEAD_BYTES = 256;

    private final Object lock = new Object();
    private final long limitBytes;

    /** Who waits for how many bytes, in order of arrival. Guarded by {@link #lock}. */
    private final Map<Waiter, Long> line = new LinkedHashMap<>();
    /** Guarded by {@link #lock}. */
    private long usedBytes;

    /** A budget of this many bytes. */
    public IntakeBudget(long limitBytes) {
        if (limitBytes < 1) {
            throw new IllegalArgumentException("an intake budget of " + limitBytes + " bytes lets nothing in");
        }
        this.limitBytes = limitBytes;
    }

    /** What so many items of so many bytes cost. */
    public static long cost(int items, long bytes) {
        return bytes + (long) items * RECORD_OVERHEAD_BYTES;
    }

    /**
     * Takes bytes if nobody waits and there is room; a claim above the whole budget is let in when nothing else is under
     * way. Otherwise the waiter stands in line.
     *
     * @return whether they are taken now
     */
    public boolean take(long bytes, Waiter waiter) {
        synchronized (lock) {
            if (line.isEmpty() && fits(bytes)) {
                usedBytes += bytes;
                return true;
            }
            line.put(waiter, bytes);
            return false;
        }
    }

    /**
     * Leaves the line.
     *
     * @return whether the waiter stood in it; if not, what it asked for is taken or was never asked for
     */
    public boolean leaveLine(Waiter waiter) {
        synchronized (lock) {
            return line.remove(waiter) != null;
        }
    }

    /** Gives bytes back, and lets in whoever fits now, first come first served. */
    public void giveBack(long bytes) {
        if (bytes == 0) {
            return;
        }
        List<Waiter> letIn = List.of();
        synchronized (lock) {
            usedBytes -= bytes;
            if (usedBytes < 0) {
                throw new IllegalStateException(-usedBytes + " bytes more were given back than taken");
            }
            if (!line.isEmpty()) {
                letIn = letIn();
            }
        }
        letIn.forEach(Waiter::roomTaken);
    }

    private List<Waiter> letIn() {
        List<Waiter> letIn = new ArrayList<>();
        Iterator<Map.Entry<Waiter, Long>> waiting = line.entrySet().iterator();
        while (waiting.hasNext()) {
            Map.Entry<Waiter, Long> first = waiting.next();
            if (!fits(first.getValue())) {
                break;
            }
            usedBytes += first.getValue();
            letIn.add(first.getKey());
            waiting.remove();
        }
        return letIn;
    }

    private boolean fits(long bytes) {
        return usedBytes == 0 || usedBytes + bytes <= limitBytes;
    }

    /** How many bytes are taken. */
    public long usedBytes() {
        synchronized (lock) {
            return usedBytes;
        }
    }

    /** How many wait in line. */
    public int waiting() {
        synchronized (lock) {
            return line.size();
        }
    }

    /** Of how many bytes the budget is. */
    public long limitBytes() {
        return limitBytes;
    }
}
