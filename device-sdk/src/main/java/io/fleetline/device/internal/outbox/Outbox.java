package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ProtocolLimits;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the node has not acknowledged, in order, per lane: from {@code acked + 1} to the last number given, each number is
 * an item or lies in a gap.
 *
 * <p>Passive: it has no thread and reads no clock. Any thread appends; the connection's thread takes batches and settles
 * them; one thread at a time calls {@link #commit}, which does what has to do with the disk. They meet at one lock, under
 * which nothing is read, written or waited for, but for an appender that waits for room. All times are those of one
 * monotonic clock.
 *
 * <p>The connection's thread, per lane: {@link #beginSession} when it opens the lane after a connect, a rewind or a
 * reject; then {@link #next} from there on, sending {@link Batch#open} first wherever the run differs from the one that it
 * opened last; {@link #settle} for an ack, {@link #refuse} for a reject. Once per connection, at the welcome and before
 * the first {@code next}: {@link #onWelcome}.
 *
 * @param <W> who waits for an item, kept with it and handed back when it ended
 */
public final class Outbox<W> {
    private static final Lane[] LANES = Lane.values();
    /** Whose events go first when there is no room: the least urgent, and never a more urgent lane than the new event's. */
    private static final List<Lane> EXPENDABLE = List.of(Lane.BACKFILL, Lane.NORMAL, Lane.URGENT);

    private static final long TICK_NANOS = 100_000_000;

    private final OutboxSettings settings;
    private final OutboxListener listener;
    private final long openedNanos;
    private final long store;
    private final @Nullable Channels channels;

    private final ReentrantLock lock = new ReentrantLock();
    /** Of {@link #lock}: room was made. */
    private final Condition room = lock.newCondition();

    // All that follows is guarded by lock.
    private final List<LaneQueue<W>> queues = new ArrayList<>();
    private final Runs runs = new Runs();
    private final Expiries expiries = new Expiries();
    private final long[] handedOut = new long[LANES.length];
    private final Map<GapReason, Long> droppedByReason = new EnumMap<>(GapReason.class);
    private List<Dropped<W>> dropped = new ArrayList<>();
    private long eventBytes;
    private long outcomeBytes;
    private long reservedBytes;
    private boolean closed;

    private Outbox(OutboxSettings settings, RandomGenerator random, OutboxListener listener, long nowNanos) {
        this.settings = settings;
        this.listener = listener;
        this.openedNanos = nowNanos;
        this.channels = settings.overflow() == Overflow.KEEP_NEWEST ? new Channels(LANES.length) : null;
        this.store = Integer.toUnsignedLong(random.nextInt());
        for (int lane = 0; lane < LANES.length; lane++) {
            queues.add(new LaneQueue<>());
        }
        runs.begin(new Runs.Run(Integer.toUnsignedLong(random.nextInt()), new long[] {1, 1, 1, 1}));
    }

    /**
     * Opens an outbox, and with it a new run. What an earlier process left on disk is there again.
     *
     * @param random names stores and runs: it must not repeat itself from one process to the next
     * @param unixMillis the time of day, as well as the device knows it
     */
    public static <W> Outbox<W> open(
            OutboxSettings settings, RandomGenerator random, OutboxListener listener, long nowNanos, long unixMillis) {
        if (settings.mode() != OutboxMode.MEMORY) {
            throw new IllegalArgumentException("mode " + settings.mode() + " is not there yet");
        }
        return new Outbox<>(settings, random, listener, nowNanos);
    }

    /**
     * Appends an item. Any thread.
     *
     * @param item the item as it goes on the wire; the array belongs to the outbox from now on
     * @param timeToLiveNanos after this the event is dropped unless it was sent, 0 for never; outcomes never expire
     * @param waitNanos how long to wait for room under {@link Overflow#BLOCK}; 0 to answer at once
     * @param waiter who waits for it: comes back from {@link #settle} or {@link #takeDropped}
     * @return the item's number
     * @throws OutboxFullException if there is no room and the policy makes none; never for an outcome
     * @throws IllegalArgumentException if the item alone is larger than the limit
     * @throws IllegalStateException if the outbox is closed
     */
    public long append(Lane lane, byte[] item, long timeToLiveNanos, long waitNanos, @Nullable W waiter, long nowNanos)
            throws OutboxFullException, InterruptedException {
        long seq;
        lock.lockInterruptibly();
        try {
            if (lane != Lane.OUTCOMES) {
                makeRoom(lane, item, waitNanos);
            }
            checkOpen();
            LaneQueue<W> queue = queue(lane);
            seq = queue.append(item, waiter, (int) ((nowNanos - openedNanos) / TICK_NANOS));
            if (lane == Lane.OUTCOMES) {
                outcomeBytes += cost(item.length);
            } else {
                eventBytes += cost(item.length);
                remember(lane.number(), seq, item, timeToLiveNanos, nowNanos);
            }
        } finally {
            lock.unlock();
        }
        listener.moreToSend();
        return seq;
    }

    private void remember(int lane, long seq, byte[] item, long timeToLiveNanos, long nowNanos) {
        if (channels != null) {
            Channels.Channel channel = channels.appended(lane, seq, item);
            if (channel != null) {
                queues.get(lane).channel(seq, channel);
            }
        }
        if (timeToLiveNanos > 0) {
            expiries.add(nowNanos + timeToLiveNanos, lane, seq);
            expiries.forgetSettled(items(), (ofLane, at) -> queues.get(ofLane).isItem(at));
        }
    }

    private void makeRoom(Lane lane, byte[] item, long waitNanos) throws OutboxFullException, InterruptedException {
        long bytes = cost(item.length);
        if (bytes > settings.maxBytes()) {
            throw new IllegalArgumentException("an event of " + bytes
                    + " bytes is larger than the whole outbox, which has " + settings.maxBytes());
        }
        long left = waitNanos;
        while (eventBytes + bytes > settings.maxBytes()) {
            checkOpen();
            switch (settings.overflow()) {
                case BLOCK -> {
                    if (left <= 0) {
                        throw full(bytes, "none was made in time");
                    }
                    left = room.awaitNanos(left);
                }
                case REFUSE -> throw full(bytes, "the policy is to refuse");
                case DROP_OLDEST, KEEP_NEWEST -> {
                    if (!dropOne(lane, item)) {
                        throw full(bytes, "all that it holds is more urgent than lane " + lane);
                    }
                }
            }
        }
    }

    private OutboxFullException full(long bytes, String why) {
        return new OutboxFullException("no room for an event of " + bytes + " bytes: " + eventBytes + " of "
                + settings.maxBytes() + " are taken, and " + why);
    }

    /** Drops the event that can best be spared; one that is in flight only when there is no other. */
    private boolean dropOne(Lane mostUrgent, byte[] forItem) {
        return (channels != null
                        && (dropOvertaken(channels, mostUrgent) || dropSameChannel(channels, mostUrgent, forItem)))
                || dropOldest(mostUrgent, true)
                || dropOldest(mostUrgent, false);
    }

    private boolean dropOvertaken(Channels among, Lane mostUrgent) {
        for (Lane lane : EXPENDABLE) {
            long seq = among.overtaken(lane.number(), handedOut[lane.number()], queue(lane));
            if (seq != 0) {
                drop(lane, seq, GapReason.OVERFLOW);
                return true;
            }
            if (lane == mostUrgent) {
                return false;
            }
        }
        return false;
    }

    private boolean dropSameChannel(Channels among, Lane mostUrgent, byte[] forItem) {
        Channels.Channel channel = among.channelOf(forItem);
        if (channel == null || channel.newest() <= handedOut[channel.lane()]) {
            return false;
        }
        Lane lane = LANES[channel.lane()];
        if (EXPENDABLE.indexOf(lane) > EXPENDABLE.indexOf(mostUrgent)) {
            return false;
        }
        drop(lane, channel.newest(), GapReason.OVERFLOW);
        return true;
    }

    private boolean dropOldest(Lane mostUrgent, boolean notInFlight) {
        for (Lane lane : EXPENDABLE) {
            long seq = queue(lane).nextItem(notInFlight ? handedOut[lane.number()] + 1 : 1);
            if (seq != 0) {
                drop(lane, seq, GapReason.OVERFLOW);
                return true;
            }
            if (lane == mostUrgent) {
                return false;
            }
        }
        return false;
    }

    private void drop(Lane lane, long seq, GapReason reason) {
        LaneQueue<W> queue = queue(lane);
        W waiter = queue.waiter(seq);
        release(lane, seq, queue.length(seq));
        queue.drop(seq, reason, runs, lane.number());
        droppedByReason.merge(reason, 1L, Long::sum);
        if (waiter != null) {
            dropped.add(new Dropped<>(waiter, lane, store, runs.owner(lane.number(), seq).name, seq, reason));
        }
    }

    /** An item that is still held goes: its bytes are free, and its channel forgets it. */
    private void release(Lane lane, long seq, int length) {
        if (lane == Lane.OUTCOMES) {
            outcomeBytes -= cost(length);
        } else {
            eventBytes -= cost(length);
        }
        Channels.Channel channel = queue(lane).channel(seq);
        if (channels != null && channel != null) {
            channels.gone(channel, lane.number(), seq);
        }
    }

    /**
     * Learns the node's time, at a welcome: the runs that have no order yet get theirs. Nothing of them is handed out
     * before that is on disk.
     */
    public void onWelcome(long nodeUnixMillis, long nowNanos) {
        boolean given;
        lock.lock();
        try {
            given = runs.giveOrders(nodeUnixMillis / 1000);
            if (given) {
                runs.ordersAreSafe();
            }
        } finally {
            lock.unlock();
        }
        if (given) {
            listener.moreToSend();
        }
    }

    /**
     * Begins a lane session: what was handed out before no longer counts as in flight.
     *
     * @return the number to go on from, one past the last that was acknowledged
     */
    public long beginSession(Lane lane) {
        lock.lock();
        try {
            handedOut[lane.number()] = queue(lane).acked();
            if (channels != null) {
                channels.rewound(lane.number());
            }
            return queue(lane).acked() + 1;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The items from a number on that may be sent now, all of one run: nothing that must be on disk first and is not.
     *
     * @param from {@link #beginSession}'s answer, or {@link Batch#next} of the batch before
     * @param maxItems at most this many, at least 1
     * @param maxBytes at most so many encoded bytes, unless the first item alone has more
     */
    public Optional<Batch> next(Lane lane, long from, int maxItems, int maxBytes) {
        lock.lock();
        try {
            LaneQueue<W> queue = queue(lane);
            if (from <= queue.acked() || from > queue.last() + 1) {
                throw new IllegalArgumentException("lane " + lane + " cannot go on from " + from + ": " + queue.acked()
                        + " is acknowledged, " + queue.last() + " the last");
            }
            Runs.Run run = runs.owner(lane.number(), from);
            if (!run.mayBeSent) {
                return Optional.empty();
            }
            long end = Math.min(queue.last(), runs.lastOfRun(lane.number(), from));
            List<QueuedItem> items = new ArrayList<>();
            int bytes = 0;
            long at = from;
            while (at <= end && items.size() < maxItems) {
                QueuedItem item = item(queue, at);
                if (item == null || (!items.isEmpty() && bytes + item.bytes().length > maxBytes)) {
                    break;
                }
                items.add(item);
                bytes += item.bytes().length;
                at = item.to() + 1;
            }
            if (items.isEmpty()) {
                return Optional.empty();
            }
            handedOut[lane.number()] = Math.max(handedOut[lane.number()], at - 1);
            return Optional.of(new Batch(opening(lane, run, from), items, bytes));
        } finally {
            lock.unlock();
        }
    }

    private @Nullable QueuedItem item(LaneQueue<W> queue, long seq) {
        byte[] bytes = queue.bytes(seq);
        if (bytes != null) {
            return new QueuedItem(seq, seq, bytes, false);
        }
        Gap gap = queue.gapAt(seq);
        return gap == null || gap.sendableTo < seq
                ? null
                : new QueuedItem(seq, gap.sendableTo, CborHead.gap(gap.sendableTo, gap.reason), true);
    }

    private DeviceFrame.Open opening(Lane lane, Runs.Run run, long next) {
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

    /**
     * Settles everything of a lane up to a number, as an ack says. One that says nothing new settles nothing.
     *
     * @param upTo not above what was sent, which is the caller's to check
     * @return the items of this process that are stored now, in order
     */
    public List<Stored<W>> settle(Lane lane, long upTo) {
        List<Stored<W>> stored = new ArrayList<>();
        lock.lock();
        try {
            LaneQueue<W> queue = queue(lane);
            if (upTo > queue.last()) {
                throw new IllegalArgumentException(
                        "lane " + lane + " cannot be settled up to " + upTo + ", its last number is " + queue.last());
            }
            if (upTo > queue.acked()) {
                queue.settle(upTo, (seq, bytes, waiter) -> {
                    release(lane, seq, bytes);
                    if (waiter != null) {
                        long run = runs.owner(lane.number(), seq).name;
                        stored.add(new Stored<>(waiter, lane, store, run, seq, settings.mode()));
                    }
                });
                handedOut[lane.number()] = Math.max(handedOut[lane.number()], upTo);
                runs.forgetSettled(acked());
                room.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return stored;
    }

    /**
     * Puts a gap in the place of one item that the node will never store. Nothing happens where there is a gap by now, or
     * where the number is settled.
     */
    public void refuse(Lane lane, long seq) {
        boolean refused;
        lock.lock();
        try {
            refused = seq > queue(lane).acked() && queue(lane).isItem(seq);
            if (refused) {
                drop(lane, seq, GapReason.REFUSED);
                room.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (refused) {
            listener.moreToSend();
        }
    }

    /**
     * Drops the events whose time to live is over and that are not in flight. To be called when the time that it
     * returned has passed, and after {@link #beginSession}.
     *
     * @return how many nanoseconds until the next one is due, {@link Long#MAX_VALUE} if none is
     */
    public long expire(long nowNanos) {
        lock.lock();
        try {
            return expiries.expire(nowNanos, (lane, seq) -> {
                if (seq <= handedOut[lane] && queues.get(lane).isItem(seq)) {
                    return false;
                }
                if (queues.get(lane).isItem(seq)) {
                    drop(LANES[lane], seq, GapReason.EXPIRED);
                    room.signalAll();
                }
                return true;
            });
        } finally {
            lock.unlock();
        }
    }

    /** What became gaps since the last call, of this process and waited for. */
    public List<Dropped<W>> takeDropped() {
        lock.lock();
        try {
            List<Dropped<W>> taken = dropped;
            dropped = taken.isEmpty() ? taken : new ArrayList<>();
            return taken.isEmpty() ? List.of() : taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets room aside for the outcome of a command that is about to be accepted.
     *
     * @return false if outcomes have used up what is theirs: the command is to be ignored
     */
    public boolean reserveOutcome() {
        lock.lock();
        try {
            long bytes = cost(ProtocolLimits.DEFAULT_MAX_ITEM_BYTES);
            boolean free = outcomeBytes + reservedBytes + bytes <= settings.outcomeBytes();
            reservedBytes += free ? bytes : 0;
            return free;
        } finally {
            lock.unlock();
        }
    }

    /** Gives back what {@link #reserveOutcome} set aside, once the outcome is appended or will never be. */
    public void releaseOutcome() {
        lock.lock();
        try {
            reservedBytes -= cost(ProtocolLimits.DEFAULT_MAX_ITEM_BYTES);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does what is due on disk. One thread at a time; it blocks for as long as the disk does.
     *
     * @return how many nanoseconds from {@code nowNanos} on it is next due, {@link Long#MAX_VALUE} if that is not known
     *     before {@link OutboxListener#commitWanted}
     */
    public long commit(long nowNanos) {
        return Long.MAX_VALUE;
    }

    /**
     * Takes nothing more, and puts on disk what is to outlive the process. Those who wait for room get an
     * {@link IllegalStateException}. Not to be called while {@link #commit} runs.
     */
    public void close(long nowNanos) {
        lock.lock();
        try {
            closed = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Those who wait for items that are not settled: after {@link #close}, to be told that nobody will know more. */
    public List<W> takeWaiters() {
        List<W> waiters = new ArrayList<>();
        lock.lock();
        try {
            for (LaneQueue<W> queue : queues) {
                for (long seq = queue.nextItem(1); seq != 0; seq = queue.nextItem(seq + 1)) {
                    W waiter = queue.waiter(seq);
                    if (waiter != null) {
                        waiters.add(waiter);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        return waiters;
    }

    /** What it holds now. */
    public OutboxSnapshot snapshot(long nowNanos) {
        lock.lock();
        try {
            List<Long> lasts = new ArrayList<>();
            List<Long> ackeds = new ArrayList<>();
            long gaps = 0;
            for (LaneQueue<W> queue : queues) {
                lasts.add(queue.last());
                ackeds.add(queue.acked());
                gaps += queue.gaps();
            }
            return new OutboxSnapshot(
                    StorageState.MEMORY,
                    items(),
                    eventBytes + outcomeBytes,
                    eventBytes + outcomeBytes,
                    oldestAgeNanos(nowNanos),
                    gaps,
                    Map.copyOf(droppedByReason),
                    List.copyOf(ackeds),
                    List.copyOf(lasts));
        } finally {
            lock.unlock();
        }
    }

    private long oldestAgeNanos(long nowNanos) {
        long age = 0;
        for (LaneQueue<W> queue : queues) {
            long seq = queue.nextItem(1);
            if (seq != 0) {
                age = Math.max(age, nowNanos - openedNanos - queue.tick(seq) * TICK_NANOS);
            }
        }
        return age;
    }

    private long items() {
        long items = 0;
        for (LaneQueue<W> queue : queues) {
            items += queue.items();
        }
        return items;
    }

    private long[] acked() {
        long[] acked = new long[LANES.length];
        for (int lane = 0; lane < acked.length; lane++) {
            acked[lane] = queues.get(lane).acked();
        }
        return acked;
    }

    private LaneQueue<W> queue(Lane lane) {
        return queues.get(lane.number());
    }

    private static long cost(int length) {
        return length + (long) OutboxSettings.ITEM_OVERHEAD_BYTES;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the outbox is closed");
        }
    }
}
