package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.SegmentLog;
import io.fleetline.protocol.Lane;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses what a commit writes, and puts it into the log's batch. Used by the one thread that commits, under the outbox's
 * lock.
 *
 * @param <W> who waits for an item
 */
final class CommitCollector<W> {
    /** Which lanes are written first. */
    static final List<Lane> BY_URGENCY = List.of(Lane.OUTCOMES, Lane.URGENT, Lane.NORMAL, Lane.BACKFILL);

    /** The most that one commit takes in DURABLE, so that the first of a flood need not wait for the last. */
    private static final int COMMIT_BYTES = 256 * 1024;

    /** Kept free in every segment for a cursor, so that a full disk can always be told what it may forget. */
    private static final int RESERVE_BYTES = 2 * JournalRecords.SMALL_RECORD_BYTES;

    private final Contents<W> contents;
    private final SegmentLog log;
    private final JournalRecords records;
    private final SegmentUse use;
    private final Untold untold;
    private final Mover<W> mover;
    private final ReadBack<W> readBack;
    private final boolean durable;
    private final int segmentBytes;

    CommitCollector(
            Contents<W> contents,
            SegmentLog log,
            SegmentUse use,
            Untold untold,
            Mover<W> mover,
            ReadBack<W> readBack,
            boolean durable,
            int segmentBytes) {
        this.contents = contents;
        this.log = log;
        this.records = new JournalRecords(log);
        this.use = use;
        this.untold = untold;
        this.mover = mover;
        this.readBack = readBack;
        this.durable = durable;
        this.segmentBytes = segmentBytes;
    }

    /** @param cursorOnly to write nothing but up to where all is acknowledged, into the segment that there is */
    Commit collect(boolean cursorOnly, long nowNanos) {
        int small = smallBytes();
        int room = log.room() - RESERVE_BYTES - small;
        boolean newSegment = !cursorOnly && (log.headId() == 0 || room < leastBytes());
        boolean orders = untold.orders && !cursorOnly;
        Commit commit = new Commit(newSegment, cursorOnly, orders, contents.acked(), untold.settledBytes);
        long unixMillis = contents.unixMillis(nowNanos);
        if (newSegment) {
            log.beginSegment(JournalRecords.head(contents.store, contents.runs, commit.acked), unixMillis);
            room = segmentBytes - log.batchBytes() - RESERVE_BYTES - small;
        } else {
            log.beginBatch(unixMillis);
            records.addCursor(commit.acked);
        }
        untold.settledBytes = 0;
        if (!cursorOnly) {
            if (orders && !newSegment) {
                contents.runs.all().forEach(records::addOrder);
            }
            untold.orders = false;
            collectMoved(commit);
            collectGaps(commit);
            collectItems(commit, durable ? Math.min(room, COMMIT_BYTES) : room);
            commit.replaced = untold.replaced;
            untold.replaced = new ArrayList<>();
        }
        return commit;
    }

    /** The most that the records take that every commit has. */
    private int smallBytes() {
        int count = 2 + (untold.orders ? contents.runs.all().size() : 0);
        for (LaneQueue<W> queue : contents.queues) {
            for (Gap gap : queue.gaps()) {
                count += gap.writtenTo < gap.to ? 1 : 0;
            }
        }
        return count * JournalRecords.SMALL_RECORD_BYTES;
    }

    /** What must fit in beside that for a commit to be of use. */
    private int leastBytes() {
        if (!mover.loads().isEmpty()) {
            return mover.bytes();
        }
        for (Lane lane : BY_URGENCY) {
            long seq = contents.nextUnwritten(lane, 1);
            if (seq != 0) {
                return contents.queue(lane).length(seq) + JournalRecords.ITEM_OVERHEAD_BYTES;
            }
        }
        return 0;
    }

    private void collectMoved(Commit commit) {
        for (Mover.Load load : mover.loads()) {
            LaneQueue<W> queue = contents.queue(load.lane);
            if (queue.isItem(load.seq) && queue.place(load.seq) == load.place) {
                byte[] item = load.item;
                if (item != null) {
                    load.newPlace = records.addItem(load.lane.number(), load.seq, queue.expiry(load.seq), item);
                    use.add(load.newPlace);
                    commit.moved.add(load);
                } else {
                    readBack.lose(load.lane, load.seq, load.place);
                }
            }
        }
    }

    private void collectGaps(Commit commit) {
        for (int lane = 0; lane < JournalRecords.LANES; lane++) {
            for (Gap gap : contents.queues.get(lane).gaps()) {
                if (gap.writtenTo < gap.to) {
                    if (gap.place > 0) {
                        untold.replaced.add(gap.place);
                    }
                    gap.place = records.addGap(lane, gap.from, gap.to, gap.reason);
                    gap.writtenTo = gap.to;
                    use.add(gap.place);
                    commit.gaps.add(new Commit.WrittenGap(lane, gap, gap.to));
                }
            }
        }
        contents.gapsWait = false;
    }

    private void collectItems(Commit commit, int budget) {
        int left = budget - (mover.loads().isEmpty() ? 0 : mover.bytes());
        boolean first = mover.loads().isEmpty();
        for (Lane lane : BY_URGENCY) {
            LaneQueue<W> queue = contents.queue(lane);
            for (long seq = contents.nextUnwritten(lane, 1); seq != 0; seq = contents.nextUnwritten(lane, seq + 1)) {
                byte[] item = queue.bytes(seq);
                left -= queue.length(seq) + JournalRecords.ITEM_OVERHEAD_BYTES;
                if (item == null || (left < 0 && !first)) {
                    return;
                }
                first = false;
                long place = records.addItem(lane.number(), seq, queue.expiry(seq), item);
                use.add(place);
                contents.written(lane, seq, place);
                commit.wrote(lane, seq);
            }
        }
    }
}
