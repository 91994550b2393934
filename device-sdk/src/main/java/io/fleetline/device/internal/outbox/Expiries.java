package io.fleetline.device.internal.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Which items stop being worth anything, and when. Guarded by the outbox's lock. */
final class Expiries {
    private record Expiry(long deadlineNanos, int lane, long seq) {}

    private final PriorityQueue<Expiry> byDeadline =
            new PriorityQueue<>((a, b) -> Long.signum(a.deadlineNanos() - b.deadlineNanos()));

    /** Decides about an item whose time is over. */
    interface Due {
        /** Returns whether it is dealt with; otherwise it is asked about again. */
        boolean expire(int lane, long seq);
    }

    /** Whether an item is still there. */
    interface Held {
        boolean isHeld(int lane, long seq);
    }

    void add(long deadlineNanos, int lane, long seq) {
        byDeadline.add(new Expiry(deadlineNanos, lane, seq));
    }

    /** Forgets what was settled before its time was over, once that makes up more than half. */
    void forgetSettled(long items, Held held) {
        if (byDeadline.size() > 64 && byDeadline.size() > 2 * items) {
            byDeadline.removeIf(expiry -> !held.isHeld(expiry.lane(), expiry.seq()));
        }
    }

    /** Hands out what is due. Returns how long until the next one is, {@link Long#MAX_VALUE} if there is none. */
    long expire(long nowNanos, Due due) {
        List<Expiry> later = new ArrayList<>();
        Expiry next = byDeadline.peek();
        while (next != null && next.deadlineNanos() - nowNanos <= 0) {
            byDeadline.poll();
            if (!due.expire(next.lane(), next.seq())) {
                later.add(next);
            }
            next = byDeadline.peek();
        }
        byDeadline.addAll(later);
        return next == null ? Long.MAX_VALUE : next.deadlineNanos() - nowNanos;
    }
}
