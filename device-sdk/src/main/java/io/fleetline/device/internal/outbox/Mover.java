package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.SegmentLog;
import io.fleetline.protocol.Lane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds items that are to be written again, because their segment is abandoned or takes more room than what is wanted of
 * it is worth. Used by the one thread that commits.
 *
 * @param <W> who waits for an item
 */
final class Mover<W> {
    /** An item to be written again. */
    static final class Load {
        final Lane lane;
        final long seq;
        final long place;
        /** Null if it is on disk alone and was not read, or cannot be. */
        byte @Nullable [] item;
        /** Where it is about to be as well. The item goes on being read at the old place until this one is forced. */
        long newPlace;

        private final int length;

        private Load(Lane lane, long seq, long place, byte @Nullable [] item, int length) {
            this.lane = lane;
            this.seq = seq;
            this.place = place;
            this.item = item;
            this.length = length;
        }
    }

    private final Contents<W> contents;
    private final SegmentLog log;
    private final ReadBack<W> readBack;
    private final SegmentUse use;
    private final int stepBytes;
    private final int mostSegments;

    /** Guarded by the outbox's lock: the segment that is being emptied, 0 if none is. */
    private long victim;

    private List<Load> loads = new ArrayList<>();

    Mover(Contents<W> contents, SegmentLog log, ReadBack<W> readBack, SegmentUse use, int segmentBytes) {
        this.contents = contents;
        this.log = log;
        this.readBack = readBack;
        this.use = use;
        this.stepBytes = segmentBytes / 4;
        // A quarter more than what is wanted leaves room to find a segment that is mostly not.
        long bytes = contents.settings.maxBytes() / 4 * 5 + contents.settings.outcomeBytes();
        this.mostSegments = (int) (bytes / segmentBytes) + 4;
    }

    /** Under the lock: whether some segment is to be emptied. */
    boolean hasWork() {
        return victim != 0;
    }

    /** Under the lock, after each commit: decides which segment is to be emptied. */
    void decide() {
        victim = 0;
        for (long id : log.abandoned()) {
            if (use.records(id) > 0) {
                victim = id;
                return;
            }
        }
        if (log.segments().size() > mostSegments) {
            for (long id : log.segments()) {
                boolean better = victim == 0 || use.records(id) < use.records(victim);
                if (id != log.headId() && use.records(id) > 0 && better) {
                    victim = id;
                }
            }
        }
    }

    /** Under the lock: takes note of what is wanted of the segment, as much as one commit can move. */
    void choose() {
        loads = new ArrayList<>();
        if (victim != 0) {
            choose(Set.of(victim), stepBytes);
        }
    }

    /** Before anything is written: what may not be on disk, and what is left in segments that hold next to nothing. */
    void chooseAtOpening() {
        loads = new ArrayList<>();
        Map<Long, Long> bytes = new HashMap<>();
        for (LaneQueue<W> queue : contents.queues) {
            for (long seq = queue.nextItem(1); seq != 0; seq = queue.nextItem(seq + 1)) {
                bytes.merge(SegmentLog.segmentOf(queue.place(seq)), Contents.cost(queue.length(seq)), Long::sum);
            }
        }
        Set<Long> small = new HashSet<>();
        long left = stepBytes;
        for (Map.Entry<Long, Long> segment : bytes.entrySet()) {
            if (segment.getValue() <= Math.min(left, stepBytes / 8)) {
                small.add(segment.getKey());
                left -= segment.getValue();
            }
        }
        choose(small, Integer.MAX_VALUE);
    }

    private void choose(Set<Long> segments, int mostBytes) {
        int bytes = 0;
        for (Lane lane : Contents.LANES) {
            LaneQueue<W> queue = contents.queue(lane);
            for (Gap gap : queue.gaps()) {
                if (gap.place > 0 && isChosen(gap.place, segments)) {
                    gap.writtenTo = gap.from - 1;
                }
            }
            for (long seq = queue.nextItem(1); seq != 0 && bytes < mostBytes; seq = queue.nextItem(seq + 1)) {
                long place = queue.place(seq);
                if (place > 0 && isChosen(place, segments)) {
                    loads.add(new Load(lane, seq, place, queue.bytes(seq), queue.length(seq)));
                    bytes += queue.length(seq);
                }
            }
        }
    }

    private boolean isChosen(long place, Set<Long> segments) {
        return segments.contains(SegmentLog.segmentOf(place)) || !log.isForced(place);
    }

    /** Outside the lock: reads what is not in memory. */
    void read() {
        for (Load load : loads) {
            if (load.item == null) {
                load.item = readBack.item(load.place, load.length);
            }
        }
    }

    /** What {@link #choose} noted. */
    List<Load> loads() {
        return loads;
    }

    /** What the records of the loads take at most. */
    int bytes() {
        int bytes = 0;
        for (Load load : loads) {
            bytes += load.length + JournalRecords.ITEM_OVERHEAD_BYTES;
        }
        return bytes;
    }
}
