package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.DirectoryDisk;
import io.fleetline.device.internal.log.Disk;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.protocol.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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
    private final OutboxListener listener;
    private final @Nullable Disk disk;

    private final ReentrantLock lock;
    /** Guarded by lock. */
    private final Contents<W> contents;
    /** Guarded by lock. */
    private final Room room;
    /** Guards itself by lock. Missing where nothing is on disk. */
    private final @Nullable Journal<W> journal;

    private Outbox(OutboxOpening<W> opened, ReentrantLock lock, OutboxListener listener) {
        this.contents = opened.contents();
        this.journal = opened.journal();
        this.lock = lock;
        this.room = new Room(contents, lock);
        this.disk = opened.disk();
        this.listener = listener;
    }

    /**
     * Opens an outbox, and with it a new run. What an earlier process left on disk is there again. Where the disk cannot be
     * written to, the outbox goes on in memory and says so in {@link OutboxSnapshot#storage}.
     *
     * @param random names stores and runs: it must not repeat itself from one process to the next
     * @param unixMillis the time of day, as well as the device knows it
     * @throws OutboxInUseException if the directory is open elsewhere; nothing else keeps an outbox from opening
     */
    public static <W> Outbox<W> open(
            OutboxSettings settings, RandomGenerator random, OutboxListener listener, long nowNanos, long unixMillis)
            throws OutboxInUseException {
        Disk disk = settings.directory().map(DirectoryDisk::new).orElse(null);
        LogFormat format = new LogFormat("outbox", (byte) 'O', settings.segmentBytes(), LogFormat.DEFAULT_BLOCK_BYTES);
        return open(settings, disk, format, random, listener, nowNanos, unixMillis);
    }

    /**
     * Opens an outbox on a disk of the caller's, as {@link #open(OutboxSettings, RandomGenerator, OutboxListener, long, long)}
     * does on the directory that the settings name.
     *
     * @param disk where to keep it; not needed in mode MEMORY
     * @param format how the files on it are cut
     * @throws OutboxInUseException if somebody else works on the disk
     */
    public static <W> Outbox<W> open(
            OutboxSettings settings,
            @Nullable Disk disk,
            LogFormat format,
            RandomGenerator random,
            OutboxListener listener,
            long nowNanos,
            long unixMillis)
            throws OutboxInUseException {
        ReentrantLock lock = new ReentrantLock();
        OutboxOpening<W> opening = OutboxOpening.open(settings, disk, format, random, lock, nowNanos, unixMillis);
        return new Outbox<>(opening, lock, listener);
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
        boolean commitWanted;
        boolean moreToSend;
        lock.lockInterruptibly();
        try {
            if (lane != Lane.OUTCOMES) {
                room.make(lane, item, waitNanos);
            }
            room.checkOpen();
            seq = contents.append(lane, item, timeToLiveNanos, waiter, nowNanos);
            commitWanted = isCommitWanted(nowNanos);
            moreToSend = contents.storage != StorageState.DURABLE || contents.hasDropped();
        } finally {
            lock.unlock();
        }
        tell(moreToSend, commitWanted);
        return seq;
    }

    private boolean isCommitWanted(long nowNanos) {
        return journal != null && journal.isWantedEarlier(nowNanos);
    }

    private void tell(boolean moreToSend, boolean commitWanted) {
        if (commitWanted) {
            listener.commitWanted();
        }
        if (moreToSend) {
            listener.moreToSend();
        }
    }

    /**
     * Learns the node's time, at a welcome: the runs that have no order yet get theirs. Nothing of them is handed out
     * before that is on disk.
     */
    public void onWelcome(long nodeUnixMillis, long nowNanos) {
        boolean given;
        boolean commitWanted = false;
        lock.lock();
        try {
            given = contents.runs.giveOrders(nodeUnixMillis / 1000);
            if (journal == null) {
                contents.runs.ordersAreSafe();
            } else if (given) {
                journal.ordersGiven();
                commitWanted = journal.isWantedEarlier(nowNanos);
            }
        } finally {
            lock.unlock();
        }
        tell(given, commitWanted);
    }

    /**
     * Unix time in seconds as a node told it when the newest run with an order got it, or somewhat later; 0 if there is
     * none. It outlives the process where the outbox is on disk.
     */
    public long latestKnownSeconds() {
        lock.lock();
        try {
            return contents.runs.highestOrder();
        } finally {
            lock.unlock();
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
            return contents.beginSession(lane);
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
        while (true) {
            Draft draft;
            lock.lock();
            try {
                draft = Draft.of(contents, lane, from, maxItems, maxBytes);
            } finally {
                lock.unlock();
            }
            if (draft == null) {
                return Optional.empty();
            }
            long unreadable = journal == null ? 0 : draft.read(journal.readBack());
            if (journal == null || unreadable == 0) {
                return Optional.of(draft.batch());
            }
            if (!isLost(journal.readBack(), lane, unreadable, draft.placeOf(unreadable))) {
                return draft.batchBelow(unreadable);
            }
        }
    }

    private boolean isLost(ReadBack<W> disk, Lane lane, long seq, long place) {
        boolean lost;
        lock.lock();
        try {
            lost = disk.lose(lane, seq, place);
        } finally {
            lock.unlock();
        }
        listener.commitWanted();
        return lost;
    }

    /**
     * Settles everything of a lane up to a number, as an ack says. One that says nothing new settles nothing.
     *
     * @param upTo not above what was sent, which is the caller's to check
     * @return the items of this process that are stored now, in order
     */
    public List<Stored<W>> settle(Lane lane, long upTo, long nowNanos) {
        List<Stored<W>> stored;
        boolean commitWanted;
        lock.lock();
        try {
            LaneQueue<W> queue = contents.queue(lane);
            if (upTo > queue.last()) {
                throw new IllegalArgumentException(
                        "lane " + lane + " cannot be settled up to " + upTo + ", its last number is " + queue.last());
            }
            if (upTo <= queue.acked()) {
                return List.of();
            }
            stored = contents.settle(lane, upTo);
            commitWanted = isCommitWanted(nowNanos);
            room.made();
        } finally {
            lock.unlock();
        }
        tell(false, commitWanted);
        return stored;
    }

    /**
     * Puts a gap in the place of one item that the node will never store. Nothing happens where there is a gap by now, or
     * where the number is settled.
     */
    public void refuse(Lane lane, long seq, long nowNanos) {
        boolean refused;
        boolean commitWanted;
        lock.lock();
        try {
            refused = contents.refuse(lane, seq);
            commitWanted = isCommitWanted(nowNanos);
            room.made();
        } finally {
            lock.unlock();
        }
        tell(refused, commitWanted);
    }

    /**
     * Drops the events whose time to live is over and that are not in flight. To be called when the time that it
     * returned has passed, and after {@link #beginSession}.
     *
     * @return how many nanoseconds until the next one is due, {@link Long#MAX_VALUE} if none is
     */
    public long expire(long nowNanos) {
        long delay;
        boolean commitWanted;
        lock.lock();
        try {
            delay = contents.expire(nowNanos);
            commitWanted = isCommitWanted(nowNanos);
            room.made();
        } finally {
            lock.unlock();
        }
        tell(false, commitWanted);
        return delay;
    }

    /**
     * Lets somebody wait for the items of a lane that an earlier process left. Before the first {@link #next}.
     *
     * @param who waits for an item with these bytes; is asked in order
     */
    public void adopt(Lane lane, Function<byte[], Optional<W>> who) {
        LaneQueue<W> queue = contents.queue(lane);
        for (long seq = nextItem(queue, 1); seq != 0; seq = nextItem(queue, seq + 1)) {
            byte[] item = read(queue, seq);
            Optional<W> waiter = item == null ? Optional.empty() : who.apply(item);
            if (waiter.isPresent()) {
                lock.lock();
                try {
                    queue.waiter(seq, waiter.get());
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private long nextItem(LaneQueue<W> queue, long from) {
        lock.lock();
        try {
            return queue.nextItem(from);
        } finally {
            lock.unlock();
        }
    }

    private byte @Nullable [] read(LaneQueue<W> queue, long seq) {
        long place;
        int length;
        lock.lock();
        try {
            byte[] item = queue.bytes(seq);
            if (item != null || journal == null) {
                return item;
            }
            place = queue.place(seq);
            length = queue.length(seq);
        } finally {
            lock.unlock();
        }
        return journal.readBack().item(place, length);
    }

    /** What became gaps since the last call, of this process and waited for. */
    public List<Dropped<W>> takeDropped() {
        lock.lock();
        try {
            return contents.takeDropped();
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
            return room.reserveOutcome();
        } finally {
            lock.unlock();
        }
    }

    /** Gives back what {@link #reserveOutcome} set aside, once the outcome is appended or will never be. */
    public void releaseOutcome() {
        lock.lock();
        try {
            room.releaseOutcome();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does what is due on disk. One thread at a time; it blocks for as long as the disk does, and must not be interrupted
     * meanwhile.
     *
     * @return how many nanoseconds from {@code nowNanos} on it is next due, {@link Long#MAX_VALUE} if that is not known
     *     before {@link OutboxListener#commitWanted}
     */
    public long commit(long nowNanos) {
        if (journal == null) {
            return Long.MAX_VALUE;
        }
        long delay = journal.commit(nowNanos);
        lock.lock();
        try {
            room.made();
        } finally {
            lock.unlock();
        }
        listener.moreToSend();
        return delay;
    }

    /**
     * Takes nothing more, puts on disk what is to outlive the process, and lets go of the directory. Those who wait for
     * room get an {@link IllegalStateException}. To be called once, when nobody commits or takes batches any more.
     */
    public void close(long nowNanos) {
        lock.lock();
        try {
            room.close();
        } finally {
            lock.unlock();
        }
        if (journal != null) {
            journal.close(nowNanos);
        }
        if (disk != null) {
            disk.unlock();
        }
    }

    /** Those who wait for items that are not settled: after {@link #close}, to be told that nobody will know more. */
    public List<W> takeWaiters() {
        List<W> waiters = new ArrayList<>();
        lock.lock();
        try {
            for (LaneQueue<W> queue : contents.queues) {
                for (long seq = queue.nextItem(1); seq != 0; seq = queue.nextItem(seq + 1)) {
                    W waiter = queue.takeWaiter(seq);
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
            for (LaneQueue<W> queue : contents.queues) {
                lasts.add(queue.last());
                ackeds.add(queue.acked());
                gaps += queue.gaps().size();
            }
            return new OutboxSnapshot(
                    contents.store,
                    contents.runs.newest().name,
                    contents.storage,
                    contents.items(),
                    contents.eventBytes() + contents.outcomeBytes(),
                    contents.memoryBytes(),
                    contents.unwrittenBytes(),
                    contents.oldestAgeNanos(nowNanos),
                    gaps,
                    contents.droppedByReason(),
                    List.copyOf(ackeds),
                    List.copyOf(lasts));
        } finally {
            lock.unlock();
        }
    }
}
