package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.SegmentLog;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what an outbox holds to its log: has a batch put together under the outbox's lock, writes and forces it outside,
 * and follows up what came of it. One thread at a time commits. What is guarded by the lock says so.
 *
 * @param <W> who waits for an item
 */
final class Journal<W> implements Places {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Contents<W> contents;
    private final SegmentLog log;
    private final ReentrantLock lock;
    private final StorageState wanted;
    private final Mover<W> mover;
    private final ReadBack<W> readBack;
    private final CommitCollector<W> collector;

    // Guarded by lock.
    private final CommitSchedule schedule;
    private final SegmentUse use = new SegmentUse();
    private final Untold untold = new Untold();
    private final long[] forcedAcked = new long[JournalRecords.LANES];
    /** Whether the next commit is to make the disk forget something first, because there is no room on it. */
    private boolean cursorOnly;

    Journal(Contents<W> contents, SegmentLog log, ReentrantLock lock, int segmentBytes, long nowNanos) {
        this.contents = contents;
        this.log = log;
        this.lock = lock;
        this.wanted = contents.storage;
        boolean durable = wanted == StorageState.DURABLE;
        this.readBack = new ReadBack<>(contents, log);
        this.mover = new Mover<>(contents, log, readBack, use, segmentBytes);
        this.collector = new CommitCollector<>(contents, log, use, untold, mover, readBack, durable, segmentBytes);
        this.schedule = new CommitSchedule(contents, untold, mover, durable, nowNanos);
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
            IOException failure = write(collector.collect(cursorOnly, nowNanos), nowNanos);
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
                more = failure == null ? contents.hasUnwritten() : schedule.failures() <= 2;
            } finally {
                lock.unlock();
            }
        }
        log.close();
    }

    /** Reads back what is on disk alone. */
    ReadBack<W> readBack() {
        return readBack;
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
            untold.settledBytes += bytes;
        }
    }

    @Override
    public void replaced(long place) {
        if (place > 0) {
            untold.replaced.add(place);
        }
    }

    /** Orders were given, which have to be on disk before anything is sent. */
    void ordersGiven() {
        untold.orders = true;
    }

    /** Whether a commit has become due earlier than one will come anyway. */
    boolean isWantedEarlier(long nowNanos) {
        return schedule.isWantedEarlier(nowNanos);
    }

    // Committing

    /**
     * Makes one commit if one is due.
     *
     * @return how many nanoseconds from {@code nowNanos} on the next is due, {@link CommitSchedule#NEVER} if nothing is
     *     known of it
     */
    long commit(long nowNanos) {
        lock.lock();
        try {
            long delay = schedule.dueInNanos(nowNanos);
            if (delay > 0) {
                return schedule.schedule(nowNanos, delay);
            }
            schedule.begin(nowNanos);
        } finally {
            lock.unlock();
        }
        write(collectNow(nowNanos), nowNanos);
        lock.lock();
        try {
            return schedule.end(nowNanos);
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
            return collector.collect(cursorOnly, nowNanos);
        } finally {
            lock.unlock();
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
        schedule.forced(commit.newSegment);
        if (commit.cursorOnly) {
            cursorOnly = false;
            return;
        }
        if (commit.orders) {
            contents.runs.ordersAreSafe();
        }
        commit.replaced.forEach(use::remove);
        commit.moved.forEach(this::moved);
        commit.gaps.forEach(written -> written.gap().sendableTo = Math.max(written.gap().sendableTo, written.to()));
        commit.forEachItem(contents, contents::evict);
        if (schedule.failures() > 0) {
            LOG.info("{}: writing works again", log);
            schedule.recovered();
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
            untold.replaced.add(load.newPlace);
        }
    }

    /** What was to be written is as it was before, but for what became of it in the meantime. */
    private void takeBack(Commit commit) {
        untold.settledBytes += commit.settledBytes;
        untold.orders |= commit.orders;
        untold.replaced.addAll(commit.replaced);
        commit.forEachItem(contents, (lane, seq) -> {
            long place = contents.queue(lane).place(seq);
            if (place > 0 && !log.isForced(place)) {
                use.remove(place);
                contents.notWritten(lane, seq);
            }
        });
        for (Commit.WrittenGap written : commit.gaps) {
            Gap gap = written.gap();
            contents.gapsWait = true;
            if (contents.queues.get(written.lane()).gapAt(gap.from) == gap) {
                use.remove(gap.place);
                gap.place = Places.PERHAPS;
                gap.writtenTo = gap.from - 1;
            }
        }
        commit.moved.forEach(load -> use.remove(load.newPlace));
    }

    private void failed(Commit commit, IOException failure, long nowNanos) {
        schedule.failed();
        boolean mayHelp = commit.newSegment && !Arrays.equals(contents.acked(), forcedAcked);
        cursorOnly = !commit.cursorOnly && mayHelp && log.headId() != 0;
        if (schedule.failures() == 1 || cursorOnly) {
            LOG.debug("{}: writing failed, once more", log, failure);
            return;
        }
        if (contents.storage != StorageState.WRITING_FAILED) {
            LOG.warn("{}: writing failed, what is new stays in memory: {}", log, failure.toString());
        }
        contents.storage = StorageState.WRITING_FAILED;
        schedule.retryLater(nowNanos);
    }
}
