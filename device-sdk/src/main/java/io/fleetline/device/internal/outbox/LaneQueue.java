package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.GapReason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one lane that are not settled: each is an item or lies in a gap. Items lie in chunks of arrays rather
 * than in an object each, because a backlog may have hundreds of thousands of them. Guarded by the outbox's lock.
 *
 * @param <W> who waits for an item
 */
final class LaneQueue<W> {
    private final int lane;
    private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
    private final TreeMap<Long, Gap> gaps = new TreeMap<>();
    private @Nullable Chunk latest;
    private long latestKey = -1;
    private long acked;
    private long last;
    private long items;

    LaneQueue(int lane) {
        this.lane = lane;
    }

    /** Learns which items a settlement ends. */
    interface Ends {
        /** Called while the item is still held. */
        void ending(long seq);
    }

    long acked() {
        return acked;
    }

    long last() {
        return last;
    }

    long items() {
        return items;
    }

    Collection<Gap> gaps() {
        return gaps.values();
    }

    long append(byte[] item, @Nullable W waiter, int tick) {
        long seq = ++last;
        Chunk chunk = put(seq, item.length, tick);
        chunk.items[Chunk.index(seq)] = item;
        chunk.waiter(Chunk.index(seq), waiter);
        return seq;
    }

    private Chunk put(long seq, int length, int tick) {
        Chunk chunk = chunk(seq);
        if (chunk == null) {
            chunk = new Chunk();
            latest = chunk;
            chunks.put(latestKey, chunk);
        }
        int i = Chunk.index(seq);
        if (chunk.lengths[i] == 0) {
            chunk.count++;
            items++;
        }
        chunk.lengths[i] = length;
        chunk.ticks[i] = tick;
        return chunk;
    }

    private @Nullable Chunk chunk(long seq) {
        long key = seq / Chunk.NUMBERS;
        if (key != latestKey) {
            latest = chunks.get(key);
            latestKey = key;
        }
        return latest;
    }

    boolean isItem(long seq) {
        return length(seq) > 0;
    }

    /** The encoded bytes of the item at this number, 0 if there is none. */
    int length(long seq) {
        Chunk chunk = chunk(seq);
        return chunk == null ? 0 : chunk.lengths[Chunk.index(seq)];
    }

    /** The item's bytes, null if they are on disk alone. */
    byte @Nullable [] bytes(long seq) {
        return held(seq).items[Chunk.index(seq)];
    }

    /** Forgets the bytes of an item that is on disk. */
    void evict(long seq) {
        held(seq).items[Chunk.index(seq)] = null;
    }

    int tick(long seq) {
        return held(seq).ticks[Chunk.index(seq)];
    }

    long place(long seq) {
        return held(seq).place(Chunk.index(seq));
    }

    void place(long seq, long place) {
        held(seq).place(Chunk.index(seq), place);
    }

    long expiry(long seq) {
        return held(seq).expiry(Chunk.index(seq));
    }

    void expiry(long seq, long unixMillis) {
        held(seq).expiry(Chunk.index(seq), unixMillis);
    }

    Channels.@Nullable Channel channel(long seq) {
        return held(seq).channel(Chunk.index(seq));
    }

    void channel(long seq, Channels.@Nullable Channel channel) {
        held(seq).channel(Chunk.index(seq), channel);
    }

    @SuppressWarnings("unchecked") // only append puts anything there
    @Nullable W waiter(long seq) {
        return (W) held(seq).waiter(Chunk.index(seq));
    }

    /** Who waits for the item, and from now on no longer does. */
    @Nullable W takeWaiter(long seq) {
        W waiter = waiter(seq);
        held(seq).waiter(Chunk.index(seq), null);
        return waiter;
    }

    void waiter(long seq, W waiter) {
        held(seq).waiter(Chunk.index(seq), waiter);
    }

    private Chunk held(long seq) {
        Chunk chunk = chunk(seq);
        if (chunk == null) {
            throw new IllegalStateException("lane " + lane + " has no item at number " + seq);
        }
        return chunk;
    }

    @Nullable Gap gapAt(long seq) {
        Map.Entry<Long, Gap> entry = gaps.floorEntry(seq);
        return entry != null && entry.getValue().to >= seq ? entry.getValue() : null;
    }

    /** The first item at or above this number, 0 if there is none. */
    long nextItem(long seq) {
        long at = Math.max(seq, acked + 1);
        while (at <= last) {
            if (isItem(at)) {
                return at;
            }
            Gap gap = gapAt(at);
            at = gap == null ? at + 1 : gap.to + 1;
        }
        return 0;
    }

    /**
     * Puts a gap in the place of the item at this number, one with its neighbours where they are of the same run and
     * reason.
     *
     * @param waits whether it must be on disk before it is sent
     */
    void drop(long seq, GapReason reason, Runs runs, boolean waits, Places places) {
        places.replaced(place(seq));
        remove(seq);
        Gap gap = gapAt(seq - 1);
        if (gap == null || gap.reason != reason || runs.beginsAt(lane, seq)) {
            gap = new Gap(seq, seq, reason);
            gaps.put(seq, gap);
        }
        boolean sendable = gap.sendableTo == seq - 1 && !waits;
        gap.to = seq;
        gap.sendableTo = sendable ? seq : gap.sendableTo;
        Gap right = gapAt(seq + 1);
        if (right != null && right.reason == reason && !runs.beginsAt(lane, seq + 1)) {
            gap.to = right.to;
            gap.sendableTo = sendable ? right.sendableTo : gap.sendableTo;
            gaps.remove(right.from);
            places.replaced(right.place);
        }
    }

    private void remove(long seq) {
        Chunk chunk = held(seq);
        chunk.clear(Chunk.index(seq));
        items--;
        // The chunk that appends go to stays, so that a quiet lane does not make a new one for each item.
        if (chunk.count == 0 && (last + 1) / Chunk.NUMBERS != latestKey) {
            chunks.remove(latestKey);
            latest = null;
        }
    }

    /** Settles everything up to this number, which is above what is acknowledged. */
    void settle(long upTo, Places places, Ends ends) {
        for (long seq = nextItem(acked + 1); seq != 0 && seq <= upTo; seq = nextItem(seq + 1)) {
            ends.ending(seq);
            places.settled(lane, seq, place(seq), length(seq));
            remove(seq);
        }
        while (!gaps.isEmpty() && gaps.firstEntry().getValue().from <= upTo) {
            Gap gap = gaps.pollFirstEntry().getValue();
            if (gap.to > upTo) { // a gap may be acknowledged in its middle: its first numbers were sent as items
                gap.from = upTo + 1;
                gaps.put(gap.from, gap);
            } else {
                places.settled(lane, gap.to, gap.place, 0);
            }
        }
        acked = upTo;
        last = Math.max(last, upTo);
    }

    // What recovery needs, which finds items in any order and more than once.

    /** Puts back an item that was found on disk, unless its number is settled or dropped. Returns whether it did. */
    boolean restore(long seq, int length, int tick, long place) {
        if (seq <= acked || gapAt(seq) != null) {
            return false;
        }
        put(seq, length, tick).place(Chunk.index(seq), place);
        last = Math.max(last, seq);
        return true;
    }

    /** Takes the numbers of a later run from an earlier one. */
    void begin(long first) {
        clear(first, Long.MAX_VALUE);
        last = Math.max(acked, first - 1);
    }

    /** Makes these numbers gaps, one for each run, instead of whatever was there. */
    void cover(long from, long to, GapReason reason, Runs runs, long place) {
        long at = Math.max(from, acked + 1);
        if (at > to) {
            return;
        }
        clear(at, to);
        last = Math.max(last, to);
        while (at <= to) {
            Gap gap = new Gap(at, Math.min(to, runs.lastOfRun(lane, at)), reason);
            if (place != Places.NOWHERE) {
                gap.sendableTo = gap.to;
                gap.writtenTo = gap.to;
                gap.place = place;
            }
            gaps.put(at, gap);
            at = gap.to + 1;
        }
    }

    private void clear(long from, long to) {
        for (Long key : new ArrayList<>(chunks.subMap(from / Chunk.NUMBERS, true, to / Chunk.NUMBERS, true)
                .keySet())) {
            long first = Math.max(from, key * Chunk.NUMBERS);
            long end = Math.min(to, key * Chunk.NUMBERS + Chunk.NUMBERS - 1);
            for (long seq = first; seq <= end; seq++) {
                if (isItem(seq)) {
                    remove(seq);
                }
            }
        }
        Gap left = gapAt(from);
        List<Gap> inside = new ArrayList<>(gaps.subMap(from, true, to, true).values());
        if (left != null && left.from < from) {
            inside.add(left);
        }
        for (Gap gap : inside) {
            gaps.remove(gap.from);
            keep(gap, gap.from, from - 1);
            if (gap.to > to) {
                keep(gap, to + 1, gap.to);
            }
        }
    }

    /** Puts back a part of a gap that sticks out of what takes its place. */
    private void keep(Gap gap, long from, long to) {
        if (from <= to) {
            Gap part = new Gap(from, to, gap.reason);
            part.sendableTo = to;
            part.writtenTo = to;
            part.place = gap.place;
            gaps.put(from, part);
        }
    }

    /** Up to where a hole reaches that begins here; below {@code from} if there is none. */
    long holeTo(long from) {
        if (isItem(from) || gapAt(from) != null) {
            return from - 1;
        }
        long next = nextItemOrLast(from);
        Map.Entry<Long, Gap> gap = gaps.ceilingEntry(from);
        return gap == null ? next : Math.min(next, gap.getKey() - 1);
    }

    private long nextItemOrLast(long from) {
        for (Map.Entry<Long, Chunk> entry :
                chunks.tailMap(from / Chunk.NUMBERS, true).entrySet()) {
            for (int i = 0; i < Chunk.NUMBERS; i++) {
                long seq = entry.getKey() * Chunk.NUMBERS + i;
                if (seq >= from && entry.getValue().lengths[i] > 0) {
                    return seq - 1;
                }
            }
        }
        return last;
    }
}
