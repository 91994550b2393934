package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that an outbox holds, and the rules by which numbers are given, dropped, handed out and settled: the same for every
 * mode. Knows no disk, but for the places that items may have on one. Guarded by the outbox's lock.
 *
 * @param <W> who waits for an item
 */
final class Contents<W> {
    static final List<Lane> LANES = List.of(Lane.values());
    /** Whose events go first when there is no room: the least urgent, and never a more urgent lane than the new event's. */
    private static final List<Lane> EXPENDABLE = List.of(Lane.BACKFILL, Lane.NORMAL, Lane.URGENT);

    private static final long TICK_NANOS = 100_000_000;

    final OutboxSettings settings;
    final Runs runs = new Runs();
    final List<LaneQueue<W>> queues = new ArrayList<>();
    long store;
    StorageState storage = StorageState.MEMORY;
    Places places = Places.NONE;

    private final long openedNanos;
    private final long openedUnixMillis;
    private final Expiries expiries = new Expiries();
    private final @Nullable Channels channels;
    private final long[] handedOut = new long[LANES.size()];
    private final Map<GapReason, Long> droppedByReason = new EnumMap<>(GapReason.class);
    private List<Dropped<W>> dropped = new ArrayList<>();
    /** Whether some gap may have to be written before it is sent. */
    boolean gapsWait;

    /** By lane: what its items cost, wherever their bytes are. */
    private final long[] heldBytes = new long[LANES.size()];

    private long memoryBytes;
    /** Of {@link #memoryBytes}, by lane: of items whose bytes are nowhere else. */
    private final long[] unwrittenBytes = new long[LANES.size()];

    private final long[] unwrittenFrom = new long[LANES.size()];

    Contents(OutboxSettings settings, long nowNanos, long unixMillis) {
        this.settings = settings;
        this.openedNanos = nowNanos;
        this.openedUnixMillis = unixMillis;
        this.channels = settings.overflow() == Overflow.KEEP_NEWEST ? new Channels(LANES.size()) : null;
        for (int lane = 0; lane < LANES.size(); lane++) {
            queues.add(new LaneQueue<>(lane));
        }
    }

    LaneQueue<W> queue(Lane lane) {
        return queues.get(lane.number());
    }

    long eventBytes() {
        return heldBytes[Lane.NORMAL.number()] + heldBytes[Lane.URGENT.number()] + heldBytes[Lane.BACKFILL.number()];
    }

    long outcomeBytes() {
        return heldBytes[Lane.OUTCOMES.number()];
    }

    long memoryBytes() {
        return memoryBytes;
    }

    long unwrittenEventBytes() {
        return unwrittenBytes[Lane.NORMAL.number()]
                + unwrittenBytes[Lane.URGENT.number()]
                + unwrittenBytes[Lane.BACKFILL.number()];
    }

    long unwrittenBytes() {
        return unwrittenEventBytes() + unwrittenBytes[Lane.OUTCOMES.number()];
    }

    boolean hasUnwritten() {
        return unwrittenBytes() > 0;
    }

    long items() {
        long items = 0;
        for (LaneQueue<W> queue : queues) {
            items += queue.items();
        }
        return items;
    }

    long[] acked() {
        long[] acked = new long[LANES.size()];
        for (int lane = 0; lane < acked.length; lane++) {
            acked[lane] = queues.get(lane).acked();
        }
        return acked;
    }

    Map<GapReason, Long> droppedByReason() {
        return Map.copyOf(droppedByReason);
    }

    static long cost(int length) {
        return length + (long) OutboxSettings.ITEM_OVERHEAD_BYTES;
    }

    long unixMillis(long nowNanos) {
        return openedUnixMillis + (nowNanos - openedNanos) / 1_000_000;
    }

    // Appending

    long append(Lane lane, byte[] item, long timeToLiveNanos, @Nullable W waiter, long nowNanos) {
        LaneQueue<W> queue = queue(lane);
        long seq = queue.append(item, waiter, (int) ((nowNanos - openedNanos) / TICK_NANOS));
        memoryBytes += cost(item.length);
        unwrittenBytes[lane.number()] += cost(item.length);
        hold(lane, item.length);
        if (lane != Lane.OUTCOMES) {
            index(lane, seq, item);
            if (timeToLiveNanos > 0) {
                queue.expiry(seq, unixMillis(nowNanos + timeToLiveNanos));
                expireAt(lane, seq, nowNanos + timeToLiveNanos);
            }
        }
        return seq;
    }

    private void hold(Lane lane, int length) {
        heldBytes[lane.number()] += cost(length);
    }

    private void index(Lane lane, long seq, byte[] item) {
        if (channels != null) {
            queue(lane).channel(seq, channels.appended(lane.number(), seq, item));
        }
    }

    private void expireAt(Lane lane, long seq, long deadlineNanos) {
        expiries.add(deadlineNanos, lane.number(), seq);
        expiries.forgetSettled(items(), (ofLane, at) -> queues.get(ofLane).isItem(at));
    }

    /** Whether an event of this cost fits in without dropping any. */
    boolean hasRoom(long bytes) {
        return !isOverAll(bytes) && !isOverMemory(bytes);
    }

    private boolean isOverAll(long bytes) {
        return eventBytes() + bytes > mostBytes();
    }

    private long mostBytes() {
        return storage == StorageState.DISK_UNUSABLE ? settings.memoryBytes() : settings.maxBytes();
    }

    /** What is on disk too could be forgotten here; the rest could not. */
    private boolean isOverMemory(long bytes) {
        return unwrittenEventBytes() + bytes > settings.memoryBytes();
    }

    // Dropping

    /** Whether dropping could make room: nothing may go for an event that then finds none all the same. */
    boolean canMakeRoom(Lane mostUrgent, long bytes) {
        long held = eventBytes();
        long unwritten = unwrittenEventBytes();
        for (Lane lane : expendable(mostUrgent)) {
            held -= heldBytes[lane.number()];
            unwritten -= unwrittenBytes[lane.number()];
        }
        return held + bytes <= mostBytes() && unwritten + bytes <= settings.memoryBytes();
    }

    /** Drops the event that can best be spared for this one; one that is in flight only when there is no other. */
    boolean dropOne(Lane mostUrgent, byte[] forItem) {
        if (!isOverAll(cost(forItem.length))) {
            return dropOldest(mostUrgent, true, true) || dropOldest(mostUrgent, false, true);
        }
        return (channels != null && (dropOvertaken(channels, mostUrgent) || dropSame(channels, mostUrgent, forItem)))
                || dropOldest(mostUrgent, true, false)
                || dropOldest(mostUrgent, false, false);
    }

    private static List<Lane> expendable(Lane mostUrgent) {
        return EXPENDABLE.subList(0, EXPENDABLE.indexOf(mostUrgent) + 1);
    }

    private boolean dropOvertaken(Channels among, Lane mostUrgent) {
        for (Lane lane : expendable(mostUrgent)) {
            long seq = among.overtaken(lane.number(), handedOut[lane.number()], queue(lane));
            if (seq != 0) {
                drop(lane, seq, GapReason.OVERFLOW);
                return true;
            }
        }
        return false;
    }

    private boolean dropSame(Channels among, Lane mostUrgent, byte[] forItem) {
        Channels.Channel channel = among.channelOf(forItem);
        if (channel == null
                || channel.newest() <= handedOut[channel.lane()]
                || !expendable(mostUrgent).contains(LANES.get(channel.lane()))) {
            return false;
        }
        drop(LANES.get(channel.lane()), channel.newest(), GapReason.OVERFLOW);
        return true;
    }

    private boolean dropOldest(Lane mostUrgent, boolean notInFlight, boolean unwritten) {
        for (Lane lane : expendable(mostUrgent)) {
            long above = notInFlight ? handedOut[lane.number()] : 0;
            long seq = unwritten ? nextUnwritten(lane, above + 1) : queue(lane).nextItem(above + 1);
            if (seq != 0) {
                drop(lane, seq, GapReason.OVERFLOW);
                return true;
            }
        }
        return false;
    }

    /** Puts a gap in the place of an item. */
    void drop(Lane lane, long seq, GapReason reason) {
        LaneQueue<W> queue = queue(lane);
        W waiter = queue.waiter(seq);
        boolean waits = storage == StorageState.DURABLE || queue.place(seq) != Places.NOWHERE;
        gapsWait |= waits;
        release(lane, seq);
        queue.drop(seq, reason, runs, waits, places);
        droppedByReason.merge(reason, 1L, Long::sum);
        if (waiter != null) {
            dropped.add(new Dropped<>(waiter, lane, store, runs.owner(lane.number(), seq).name, seq, reason));
        }
    }

    /** An item that is still held is about to go: its bytes are free, and its channel forgets it. */
    private void release(Lane lane, long seq) {
        LaneQueue<W> queue = queue(lane);
        long cost = cost(queue.length(seq));
        heldBytes[lane.number()] -= cost;
        if (queue.bytes(seq) != null) {
            memoryBytes -= cost;
        }
        if (queue.place(seq) <= 0) {
            unwrittenBytes[lane.number()] -= cost;
        }
        Channels.Channel channel = queue.channel(seq);
        if (channels != null && channel != null) {
            channels.gone(channel, lane.number(), seq);
        }
    }

    boolean refuse(Lane lane, long seq) {
        if (seq <= queue(lane).acked() || !queue(lane).isItem(seq)) {
            return false;
        }
        drop(lane, seq, GapReason.REFUSED);
        return true;
    }

    /** Drops what is due and not in flight. Returns how long until the next is due. */
    long expire(long nowNanos) {
        return expiries.expire(nowNanos, (lane, seq) -> {
            if (!queues.get(lane).isItem(seq)) {
                return true;
            }
            if (seq <= handedOut[lane]) {
                return false;
            }
            drop(LANES.get(lane), seq, GapReason.EXPIRED);
            return true;
        });
    }

    List<Dropped<W>> takeDropped() {
        List<Dropped<W>> taken = dropped;
        if (!taken.isEmpty()) {
            dropped = new ArrayList<>();
        }
        return taken;
    }

    boolean hasDropped() {
        return !dropped.isEmpty();
    }

    // Sending

    long beginSession(Lane lane) {
        handedOut[lane.number()] = queue(lane).acked();
        if (channels != null) {
            channels.rewound(lane.number());
        }
        return queue(lane).acked() + 1;
    }

    /** Whether what is at this number may be sent now. */
    boolean maySend(LaneQueue<W> queue, long seq) {
        if (queue.isItem(seq)) {
            return storage != StorageState.DURABLE || places.isForced(queue.place(seq));
        }
        Gap gap = queue.gapAt(seq);
        return gap != null && gap.sendableTo >= seq;
    }

    void handedOut(Lane lane, long upTo) {
        handedOut[lane.number()] = Math.max(handedOut[lane.number()], upTo);
    }

    DeviceFrame.Open opening(Lane lane, Runs.Run run, long next) {
        long acked = queue(lane).acked();
        return new DeviceFrame.Open(
                lane,
                store,
                run.name,
                run.order,
                run.first[lane.number()],
                next,
                acked,
                runs.before(run, lane.number(), acked));
    }

    // Settling

    List<Stored<W>> settle(Lane lane, long upTo) {
        LaneQueue<W> queue = queue(lane);
        List<Stored<W>> stored = new ArrayList<>();
        queue.settle(upTo, places, seq -> {
            OutboxMode kept = kept(queue.place(seq));
            release(lane, seq);
            W waiter = queue.waiter(seq);
            if (waiter != null) {
                stored.add(new Stored<>(waiter, lane, store, runs.owner(lane.number(), seq).name, seq, kept));
            }
        });
        handedOut(lane, upTo);
        runs.forgetSettled(acked());
        return stored;
    }

    /** How an item at this place is kept, which is what a power cut could have cost. */
    private OutboxMode kept(long place) {
        if (storage.keeps() == OutboxMode.MEMORY) {
            return OutboxMode.MEMORY;
        }
        return settings.mode() == OutboxMode.DURABLE && places.isForced(place)
                ? OutboxMode.DURABLE
                : OutboxMode.BUFFERED;
    }

    // What is not on disk, and what need not be in memory

    /** The first item at or above a number whose bytes are in memory alone, 0 if there is none. */
    long nextUnwritten(Lane lane, long from) {
        LaneQueue<W> queue = queue(lane);
        long seq = queue.nextItem(Math.max(from, unwrittenFrom[lane.number()]));
        while (seq != 0 && queue.place(seq) > 0) {
            seq = queue.nextItem(seq + 1);
        }
        return seq;
    }

    /** An item is being written. */
    void written(Lane lane, long seq, long place) {
        LaneQueue<W> queue = queue(lane);
        unwrittenBytes[lane.number()] -= cost(queue.length(seq));
        queue.place(seq, place);
        unwrittenFrom[lane.number()] = seq + 1;
    }

    /** Writing an item failed. */
    void notWritten(Lane lane, long seq) {
        LaneQueue<W> queue = queue(lane);
        unwrittenBytes[lane.number()] += cost(queue.length(seq));
        queue.place(seq, Places.PERHAPS);
        unwrittenFrom[lane.number()] = Math.min(unwrittenFrom[lane.number()], seq);
    }

    /** Forgets the bytes of an item that is on disk, where items take more than half of the memory that they may have. */
    void evict(Lane lane, long seq) {
        LaneQueue<W> queue = queue(lane);
        if (memoryBytes > settings.memoryBytes() / 2 && queue.bytes(seq) != null) {
            memoryBytes -= cost(queue.length(seq));
            queue.evict(seq);
        }
    }

    /** For how long an item has been in memory alone, −1 if there is none. */
    long oldestUnwrittenAgeNanos(long nowNanos) {
        long age = -1;
        for (Lane lane : LANES) {
            long seq = nextUnwritten(lane, 1);
            if (seq != 0) {
                age = Math.max(age, nowNanos - appendedNanos(queue(lane), seq));
            }
        }
        return age;
    }

    private long appendedNanos(LaneQueue<W> queue, long seq) {
        return openedNanos + queue.tick(seq) * TICK_NANOS;
    }

    long oldestAgeNanos(long nowNanos) {
        long age = 0;
        for (LaneQueue<W> queue : queues) {
            long seq = queue.nextItem(1);
            if (seq != 0) {
                age = Math.max(age, nowNanos - appendedNanos(queue, seq));
            }
        }
        return age;
    }

    // Recovery

    /** The tick of a moment before this opening, as far as the device's clock can be trusted. */
    int tickOf(long unixMillis) {
        long ticks = (unixMillis - openedUnixMillis) / 100;
        return (int) Math.max(Integer.MIN_VALUE / 2, Math.min(0, ticks));
    }

    /** Keeps what else a record says of an item that was found on disk. */
    void restored(Lane lane, long seq, byte[] item, long writtenUnixMillis, long expiryUnixMillis) {
        LaneQueue<W> queue = queue(lane);
        if (expiryUnixMillis != 0) {
            // A clock that is behind what it was must not prolong a life.
            long atMost = openedUnixMillis + Math.max(0, expiryUnixMillis - writtenUnixMillis);
            queue.expiry(seq, Math.max(1, Math.min(expiryUnixMillis, atMost)));
        }
        if (channels != null) {
            queue.channel(seq, channels.restored(item));
        }
    }

    /** Takes in an item that a recovery has found and put into its queue for good; items of a lane in their order. */
    void recovered(Lane lane, long seq) {
        LaneQueue<W> queue = queue(lane);
        hold(lane, queue.length(seq));
        long expiry = queue.expiry(seq);
        if (expiry != 0) {
            expireAt(lane, seq, openedNanos + (expiry - openedUnixMillis) * 1_000_000);
        }
        Channels.Channel channel = queue.channel(seq);
        if (channels != null && channel != null) {
            channels.append(channel, lane.number(), seq);
        }
    }

    /** Ends a recovery. */
    void recovered() {
        if (channels != null) {
            channels.recovered();
        }
        Arrays.fill(unwrittenFrom, 0);
        System.arraycopy(acked(), 0, handedOut, 0, handedOut.length);
    }
}
