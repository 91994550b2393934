package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.Lane;
import java.util.ArrayList;
import java.util.List;

/** What a commit has put into the log's batch, so that it can be followed up or taken back. */
final class Commit {
    /** A gap, and up to where it was written. */
    record WrittenGap(int lane, Gap gap, long to) {}

    interface ItemAction {
        void on(Lane lane, long seq);
    }

    final boolean newSegment;
    /** Whether it says nothing but up to where all is acknowledged. */
    final boolean cursorOnly;

    final boolean orders;
    final long[] acked;
    final long settledBytes;
    final List<WrittenGap> gaps = new ArrayList<>();
    final List<Mover.Load> moved = new ArrayList<>();
    List<Long> replaced = new ArrayList<>();

    private final long[] firstItem = new long[JournalRecords.LANES];
    private final long[] lastItem = new long[JournalRecords.LANES];

    Commit(boolean newSegment, boolean cursorOnly, boolean orders, long[] acked, long settledBytes) {
        this.newSegment = newSegment;
        this.cursorOnly = cursorOnly;
        this.orders = orders;
        this.acked = acked;
        this.settledBytes = settledBytes;
    }

    void wrote(Lane lane, long seq) {
        if (firstItem[lane.number()] == 0) {
            firstItem[lane.number()] = seq;
        }
        lastItem[lane.number()] = seq;
    }

    /** For each item that was written for the first time and is still one. */
    void forEachItem(Contents<?> contents, ItemAction action) {
        for (Lane lane : CommitCollector.BY_URGENCY) {
            LaneQueue<?> queue = contents.queue(lane);
            long last = lastItem[lane.number()];
            long seq = last == 0 ? 0 : queue.nextItem(firstItem[lane.number()]);
            for (; seq != 0 && seq <= last; seq = queue.nextItem(seq + 1)) {
                action.on(lane, seq);
            }
        }
    }
}
