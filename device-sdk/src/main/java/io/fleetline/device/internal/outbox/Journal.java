package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.SegmentLog;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what an outbox holds to its log: decides when, puts a batch together under the outbox's lock, and writes and
 * forces it outside. One thread at a time commits. What is guarded by the lock says so.
 *
 * @param <W> who waits for an item
 */
final class Journal<W> implements Places {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /** How long an item may wait in DURABLE for others to be forced with it. */
    static final long GROUP_NANOS = 20_000_000;

    /** So many bytes are forced at once, however little time has passed. */
    private static final int GROUP_BYTES = 64 * 1024;

    /** The most that one commit takes in DURABLE, so that the first of a flood need not wait for the last. */
    private static final int COMMIT_BYTES = 256 * 1024;

    /** How long BUFFERED trusts memory: an acknowledgement that takes longer may not come for a while. */
    static final long ACK_NANOS = 2_000_000_000;

    /** BUFFERED forces at most once in this time; a new segment costs two forces and counts twice. */
    static final long PAUSE_NANOS = 1_000_000_000;

    /** How much may be settled on disk before the disk is told, which bounds what a crash makes the device send again. */
    private static final long CURSOR_BYTES = 64 * 1024;

    /** Kept free in every segment for a cursor, so that a full disk can always be told what it may forget. */
    private static final int RESERVE_BYTES = 2 * JournalRecords.SMALL_RECORD_BYTES;

    static final long NEVER = Long.MAX_VALUE;
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final long LONGEST_RETRY_NANOS = 30_000_000_000L;

    /** Which lanes are written first. */
    private static final List<Lane> BY_URGENCY = List.of(Lane.OUTCOMES, Lane.URGENT, Lane.NORMAL, Lane.BACKFILL);

    private final Contents<W> contents;
    private final SegmentLog log;
    private final JournalRecords records;
    private final ReentrantLock lock;
    private final StorageState wanted;
    private final int segmentBytes;
    private final Mover<W> mover;

    // Guarded by lock.
    private final SegmentUse use = new SegmentUse();
    private final long[] forcedAcked = new long[JournalRecords.LANES];
    private List<Long> replaced = new ArrayList<>();
    private long settledBytes;
    private boolean ordersWait;
    private boolean cursorOnly;
    private int failures;
    private long retryNanos;
    private long lastNanos;
    private long pauseNanos;
    /** Whether {@link #commit} runs, or will be called at {@link #scheduledNanos} anyway. */
    private boolean running;

    private boolean scheduled;
    private long scheduledNanos;

    Journal(Contents<W> contents, SegmentLog log, ReentrantLock lock, int segmentBytes, long nowNanos) {
        this.contents = contents;
        this.log = log;
        this.records = new JournalRecords(log);
        this.lock = lock;
        this.wanted = contents.storage;
        this.segmentBytes = segmentBytes;
        this.mover = new Mover<>(contents, log, use, segmentBytes);
        this.lastNanos = nowNanos - 2 * PAUSE_NANOS;
    }

    /** Writes what the opening has changed, before anything else happens. */
    void begin(long nowNanos) throws IOException {
        for (LaneQueue<W> queue : contents.queues) {
            for (long seq = queue.nextItem(1); seq != 0; seq = queue.nextItem(seq + 1)) {
                use.add(queue.place(seq));
            }
            queue.gaps().stream().filter(gap -> gap.place > 0).forEach(gap -> use.add(gap.place));
        }
        contents.places = this;
        for (int attempt = 1; ; attempt++) {
            mover.chooseAtOpening();
            mover.read();
            IOException failure = write(collect(nowNanos), nowNanos);
            if (failure == null) {
                contents.runs.ordersAreSafe();
                return;
            }
            if (attempt == 2) { // the first may have met a file that is broken, the second makes a new one
                throw failure;
            }
        }
    }

    /** Writes all that is to outlive the process, as far as the disk takes it. Closes the log. */
    void close(long nowNanos) {
        boolean more = true;
        while (more) {
            IOException failure = write(collectNow(nowNanos), nowNanos);
            lock.lock();
            try {
                more = failure == null ? contents.hasUnwritten() : failures <= 2;
            } finally {
                lock.unlock();
            }
        }
        log.close();
    }

    // What happens under the lock, and what the contents ask and tell.

    @Override
    public boolean isForced(long place) {
        return place > 0 && log.isForced(place);
    }

    @Override
    public void settled(int lane, long to, long place, int bytes) {
        if (place > 0) {
            use.settled(lane, to, place);
            settledBytes += bytes;
        }
    }

    @Override
    public void replaced(long place) {
        if (place > 0) {
            replaced.add(place);
        }
    }

    /** Orders were given, which have to be on disk before anything is sent. */
    void ordersGiven() {
        ordersWait = true;
    }

    /** Whether a commit has become due earlier than one will come anyway. */
    boolean isWantedEarlier(long nowNanos) {
        if (running) {
            return false;
        }
        long delay = dueInNanos(nowNanos);
        if (delay == NEVER || (scheduled && nowNanos + delay - scheduledNanos >= 0)) {
            return false;
        }
        scheduled = true;
        scheduledNanos = nowNanos + delay;
        return true;
    }

    private long dueInNanos(long nowNanos) {
        boolean work = contents.gapsWait || ordersWait || settledBytes >= CURSOR_BYTES || mover.hasWork();
        if (contents.storage == StorageState.WRITING_FAILED) {
            return work || contents.hasUnwritten() ? Math.max(0, retryNanos - nowNanos) : NEVER;
        }
        if (ordersWait || failures > 0) {
            return 0;
        }
        if (wanted == StorageState.DURABLE) {
            if (!work && !contents.hasUnwritten()) {
                return NEVER;
            }
            boolean full = contents.unwrittenEventBytes() >= GROUP_BYTES;
            return full ? 0 : Math.max(0, lastNanos + GROUP_NANOS - nowNanos);
        }
        long age = contents.oldestUnwrittenAgeNanos(nowNanos);
        boolean full = 4 * contents.unwrittenEventBytes() >= 3 * contents.settings.memoryBytes();
        if (!work && !full && age < 0) {
            return NEVER;
        }
        long delay = work || full ? 0 : ACK_NANOS - age;
        return Math.max(0, Math.max(delay, lastNanos + pauseNanos - nowNanos));
    }

    /**
     * The item at this place cannot be read back. It is lost, unless it has moved meanwhile, or nothing can be written
     * either: then the disk may be away as a whole, and the gap could not be sent anyway.
     *
     * @return whether something else is to be sent in its place by now
     */
    boolean lose(Lane lane, long seq, long place) {
        LaneQueue<W> queue = contents.queue(lane);
        if (!queue.isItem(seq) || queue.place(seq) != place) {
            return true;
        }
        if (contents.storage == StorageState.WRITING_FAILED) {
            return false;
        }
        LOG.warn("{}: item {} of lane {} cannot be read back", log, seq, lane);
        contents.drop(lane, seq, GapReason.STORAGE_DAMAGED);
        return true;
    }

    /** Outside the lock: reads an item back. Null if that is not possible. */
    byte @Nullable [] read(long place, int length) {
        return Mover.item(log, place, length);
    }

    // Committing

    /**
     * Makes one commit if one is due.
     *
     * @return how many nanoseconds from {@code nowNanos} on the next is due, {@link #NEVER} if nothing is known of it
     */
    long commit(long nowNanos) {
        lock.lock();
        try {
            long delay = dueInNanos(nowNanos);
            if (delay > 0) {
                return schedule(nowNanos, delay);
            }
            running = true;
            lastNanos = nowNanos;
        } finally {
            lock.unlock();
        }
        write(collectNow(nowNanos), nowNanos);
        lock.lock();
        try {
            running = false;
            return schedule(nowNanos, dueInNanos(nowNanos));
        } finally {
            lock.unlock();
        }
    }

    private Commit collectNow(long nowNanos) {
        lock.lock();
        try {
            mover.choose();
        } finally {
            lock.unlock();
        }
        mover.read();
        lock.lock();
        try {
            return collect(nowNanos);
        } finally {
            lock.unlock();
        }
    }

    private long schedule(long nowNanos, long delay) {
        scheduled = delay != NEVER;
        scheduledNanos = nowNanos + delay;
        return delay;
    }

    /** What a commit has put into the log's batch, so that it can be taken back. */
    private static final class Commit {
        final boolean newSegment;
        final boolean cursorOnly;
        final boolean orders;
        final long[] acked;
        final long[] firstItem = new long[JournalRecords.LANES];
        final long[] lastItem = new long[JournalRecords.LANES];
        final List<WrittenGap> gaps = new ArrayList<>();
        final List<Mover.Load> moved = new ArrayList<>();
        final long settledBytes;
        List<Long> replaced = new ArrayList<>();

        Commit(boolean newSegment, boolean cursorOnly, boolean orders, long[] acked, long settledBytes) {
            this.newSegment = newSegment;
            this.cursorOnly = cursorOnly;
            this.orders = orders;
            this.acked = acked;
            this.settledBytes = settledBytes;
        }
    }

    /** A gap, and up to where it was written. */
    private record WrittenGap(int lane, Gap gap, long to) {}

    private Commit collect(long nowNanos) {
        int small = smallBytes();
        int room = log.room() - RESERVE_BYTES - small;
        boolean newSegment = !cursorOnly && (log.headId() == 0 || room < leastBytes());
        Commit commit = new Commit(newSegment, cursorOnly, ordersWait && !cursorOnly, contents.acked(), settledBytes);
        long unixMillis = contents.unixMillis(nowNanos);
        if (newSegment) {
            log.beginSegment(JournalRecords.head(contents.store, contents.runs, commit.acked), unixMillis);
            room = segmentBytes - log.batchBytes() - RESERVE_BYTES - small;
        } else {
            log.beginBatch(unixMillis);
            records.addCursor(commit.acked);
        }
        settledBytes = 0;
        if (!cursorOnly) {
            if (commit.orders && !newSegment) {
                contents.runs.all().forEach(records::addOrder);
            }
            ordersWait = false;
            collectMoved(commit);
            collectGaps(commit);
            collectItems(commit, wanted == StorageState.DURABLE ? Math.min(room, COMMIT_BYTES) : room);
            commit.replaced = replaced;
            replaced = new ArrayList<>();
        }
        return commit;
    }

    /** The most that the records take that every commit has. */
    private int smallBytes() {
        int count = 2 + (ordersWait ? contents.runs.all().size() : 0);
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
                    lose(load.lane, load.seq, load.place);
                }
            }
        }
    }

    private void collectGaps(Commit commit) {
        for (int lane = 0; lane < JournalRecords.LANES; lane++) {
            for (Gap gap : contents.queues.get(lane).gaps()) {
                if (gap.writtenTo < gap.to) {
                    replaced(gap.place);
                    gap.place = records.addGap(lane, gap.from, gap.to, gap.reason);
                    gap.writtenTo = gap.to;
                    use.add(gap.place);
                    commit.gaps.add(new WrittenGap(lane, gap, gap.to));
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
                if (commit.firstItem[lane.number()] == 0) {
                    commit.firstItem[lane.number()] = seq;
                }
                commit.lastItem[lane.number()] = seq;
            }
        }
    }

    /** Writes what was collected. Returns what went wrong, if something did. */
    private @Nullable IOException write(Commit commit, long nowNanos) {
        IOException failure = null;
        try {
            log.commit();
        } catch (IOException e) {
            failure = e;
        }
        List<Long> unused = List.of();
        lock.lock();
        try {
            if (failure == null) {
                done(commit);
                unused = use.unused(log.segments(), log.headId(), forcedAcked);
                unused.forEach(use::forget);
            } else {
                takeBack(commit);
                failed(commit, failure, nowNanos);
            }
            mover.decide();
        } finally {
            lock.unlock();
        }
        unused.forEach(log::recycle);
        log.prepare();
        return failure;
    }

    private void done(Commit commit) {
        System.arraycopy(commit.acked, 0, forcedAcked, 0, forcedAcked.length);
        pauseNanos = commit.newSegment ? 2 * PAUSE_NANOS : PAUSE_NANOS;
        if (commit.cursorOnly) {
            cursorOnly = false;
            return;
        }
        if (commit.orders) {
            contents.runs.ordersAreSafe();
        }
        commit.replaced.forEach(use::remove);
        commit.moved.forEach(this::moved);
        commit.gaps.forEach(written -> written.gap.sendableTo = Math.max(written.gap.sendableTo, written.to));
        forEachItem(commit, contents::evict);
        if (failures > 0) {
            LOG.info("{}: writing works again", log);
            failures = 0;
            contents.storage = wanted;
        }
    }

    private void moved(Mover.Load load) {
        LaneQueue<W> queue = contents.queue(load.lane);
        if (queue.isItem(load.seq)) {
            use.remove(load.place);
            queue.place(load.seq, load.newPlace);
        } else if (load.seq <= queue.acked()) { // settled meanwhile, at its old place
            use.settled(load.lane.number(), load.seq, load.newPlace);
        } else {
            replaced.add(load.newPlace);
        }
    }

    /** What was to be written is as it was before, but for what became of it in the meantime. */
    private void takeBack(Commit commit) {
        settledBytes += commit.settledBytes;
        ordersWait |= commit.orders;
        replaced.addAll(commit.replaced);
        forEachItem(commit, (lane, seq) -> {
            long place = contents.queue(lane).place(seq);
            if (place > 0 && !log.isForced(place)) {
                use.remove(place);
                contents.notWritten(lane, seq);
            }
        });
        for (WrittenGap written : commit.gaps) {
            Gap gap = written.gap;
            contents.gapsWait = true;
            if (contents.queues.get(written.lane).gapAt(gap.from) == gap) {
                use.remove(gap.place);
                gap.place = Places.PERHAPS;
                gap.writtenTo = gap.from - 1;
            }
        }
        commit.moved.forEach(load -> use.remove(load.newPlace));
    }

    private void failed(Commit commit, IOException failure, long nowNanos) {
        failures++;
        boolean mayHelp = commit.newSegment && !Arrays.equals(contents.acked(), forcedAcked);
        cursorOnly = !commit.cursorOnly && mayHelp && log.headId() != 0;
        if (failures == 1 || cursorOnly) {
            LOG.debug("{}: writing failed, once more", log, failure);
            return;
        }
        if (contents.storage != StorageState.WRITING_FAILED) {
            LOG.warn("{}: writing failed, what is new stays in memory: {}", log, failure.toString());
        }
        contents.storage = StorageState.WRITING_FAILED;
        int doublings = Math.min(failures - 2, 5);
        retryNanos = nowNanos + Math.min(RETRY_NANOS << doublings, LONGEST_RETRY_NANOS);
    }

    private interface ItemAction {
        void on(Lane lane, long seq);
    }

    private void forEachItem(Commit commit, ItemAction action) {
        for (Lane lane : BY_URGENCY) {
            LaneQueue<W> queue = contents.queue(lane);
            long last = commit.lastItem[lane.number()];
            long seq = last == 0 ? 0 : queue.nextItem(commit.firstItem[lane.number()]);
            for (; seq != 0 && seq <= last; seq = queue.nextItem(seq + 1)) {
                action.on(lane, seq);
            }
        }
    }
}
