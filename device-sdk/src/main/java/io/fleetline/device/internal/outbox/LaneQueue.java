package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.GapReason;
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
    /** Small, because a process may hold thousands of outboxes with a few items each. */
    private static final int CHUNK = 32;

    private static final class Chunk {
        final byte[] @Nullable [] items = new byte[CHUNK][];
        final @Nullable Object[] waiters = new Object[CHUNK];
        final int[] lengths = new int[CHUNK];
        final int[] ticks = new int[CHUNK];
        Channels.@Nullable Channel @Nullable [] channels;
        int count;
    }

    private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
    private final TreeMap<Long, Gap> gaps = new TreeMap<>();
    private @Nullable Chunk latest;
    private long latestKey = -1;
    private long acked;
    private long last;
    private long items;

    /** Learns which items a settlement ended. */
    interface Ends<W> {
        /** Called while the item is still held. */
        void ending(long seq, int bytes, @Nullable W waiter);
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

    int gaps() {
        return gaps.size();
    }

    long append(byte[] item, @Nullable W waiter, int tick) {
        long seq = ++last;
        Chunk chunk = chunk(seq);
        if (chunk == null) {
            chunk = new Chunk();
            latest = chunk;
            latestKey = seq / CHUNK;
            chunks.put(latestKey, chunk);
        }
        int i = (int) (seq % CHUNK);
        chunk.items[i] = item;
        chunk.waiters[i] = waiter;
        chunk.lengths[i] = item.length;
        chunk.ticks[i] = tick;
        chunk.count++;
        items++;
        return seq;
    }

    private @Nullable Chunk chunk(long seq) {
        long key = seq / CHUNK;
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
        return chunk == null ? 0 : chunk.lengths[(int) (seq % CHUNK)];
    }

    byte @Nullable [] bytes(long seq) {
        Chunk chunk = chunk(seq);
        return chunk == null ? null : chunk.items[(int) (seq % CHUNK)];
    }

    int tick(long seq) {
        Chunk chunk = chunk(seq);
        return chunk == null ? 0 : chunk.ticks[(int) (seq % CHUNK)];
    }

    /** Keeps the channel of the item at this number. */
    void channel(long seq, Channels.Channel channel) {
        Chunk chunk = chunk(seq);
        if (chunk != null) {
            if (chunk.channels == null) {
                chunk.channels = new Channels.Channel[CHUNK];
            }
            chunk.channels[(int) (seq % CHUNK)] = channel;
        }
    }

    Channels.@Nullable Channel channel(long seq) {
        Chunk chunk = chunk(seq);
        return chunk == null || chunk.channels == null ? null : chunk.channels[(int) (seq % CHUNK)];
    }

    @SuppressWarnings("unchecked") // only append puts anything there
    @Nullable W waiter(long seq) {
        Chunk chunk = chunk(seq);
        return chunk == null ? null : (W) chunk.waiters[(int) (seq % CHUNK)];
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

    /** Puts a gap in the place of the item at this number. */
    void drop(long seq, GapReason reason, Runs runs, int lane) {
        remove(seq);
        Gap left = gapAt(seq - 1);
        Gap right = gapAt(seq + 1);
        Gap gap;
        if (left != null && left.reason == reason && !runs.beginsAt(lane, seq)) {
            gap = left;
            gap.to = seq;
        } else {
            gap = new Gap(seq, seq, reason, seq);
            gaps.put(seq, gap);
        }
        if (right != null && right.reason == reason && !runs.beginsAt(lane, seq + 1)) {
            gap.to = right.to;
            gaps.remove(right.from);
        }
        gap.sendableTo = gap.to;
    }

    private void remove(long seq) {
        Chunk chunk = chunk(seq);
        if (chunk == null) {
            throw new IllegalStateException("no item at number " + seq);
        }
        int i = (int) (seq % CHUNK);
        chunk.items[i] = null;
        chunk.waiters[i] = null;
        chunk.lengths[i] = 0;
        if (chunk.channels != null) {
            chunk.channels[i] = null;
        }
        items--;
        // The chunk that appends go to stays, so that a quiet lane does not make a new one for each item.
        if (--chunk.count == 0 && (last + 1) / CHUNK != latestKey) {
            chunks.remove(latestKey);
            latest = null;
        }
    }

    /** Settles everything up to this number, which is above what is acknowledged and not above the last. */
    void settle(long upTo, Ends<W> ends) {
        for (long seq = nextItem(acked + 1); seq != 0 && seq <= upTo; seq = nextItem(seq + 1)) {
            ends.ending(seq, length(seq), waiter(seq));
            remove(seq);
        }
        while (!gaps.isEmpty() && gaps.firstEntry().getValue().from <= upTo) {
            Gap gap = gaps.pollFirstEntry().getValue();
            if (gap.to > upTo) { // a gap may be acknowledged in its middle: its first numbers were sent as items
                gap.from = upTo + 1;
                gaps.put(gap.from, gap);
            }
        }
        acked = upTo;
    }
}
