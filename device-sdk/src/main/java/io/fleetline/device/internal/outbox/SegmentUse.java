package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.SegmentLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How much of each segment of the log is still wanted. Guarded by the outbox's lock. */
final class SegmentUse {
    private static final class Use {
        /** Items and gaps whose record is there. */
        long records;
        /** By lane: up to where the disk must say that all is acknowledged before the segment may go. */
        final long[] settledTo = new long[JournalRecords.LANES];
    }

    private final Map<Long, Use> bySegment = new HashMap<>();

    void add(long place) {
        bySegment.computeIfAbsent(SegmentLog.segmentOf(place), id -> new Use()).records++;
    }

    void remove(long place) {
        Use use = bySegment.get(SegmentLog.segmentOf(place));
        if (use != null) {
            use.records--;
        }
    }

    void settled(int lane, long to, long place) {
        Use use = bySegment.get(SegmentLog.segmentOf(place));
        if (use != null) {
            use.records--;
            use.settledTo[lane] = Math.max(use.settledTo[lane], to);
        }
    }

    long records(long segment) {
        Use use = bySegment.get(segment);
        return use == null ? 0 : use.records;
    }

    /** Those of these segments, but for one, that nobody wants and of which the disk knows that nobody does. */
    List<Long> unused(Set<Long> segments, long except, long[] forcedAcked) {
        List<Long> unused = new ArrayList<>();
        for (long id : segments) {
            if (id != except && isUnused(bySegment.get(id), forcedAcked)) {
                unused.add(id);
            }
        }
        return unused;
    }

    private static boolean isUnused(@Nullable Use use, long[] forcedAcked) {
        if (use == null) {
            return true;
        }
        for (int lane = 0; lane < forcedAcked.length; lane++) {
            if (use.settledTo[lane] > forcedAcked[lane]) {
                return false;
            }
        }
        return use.records == 0;
    }

    void forget(long segment) {
        bySegment.remove(segment);
    }
}
