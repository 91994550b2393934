package io.fleetline.device.internal.outbox;

/** Says when a commit is due, and whether one will come anyway. Guarded by the outbox's lock. */
final class CommitSchedule {
    /** How long an item may wait in DURABLE for others to be forced with it. */
    static final long GROUP_NANOS = 20_000_000;

    /** So many bytes are forced at once, however little time has passed. */
    private static final int GROUP_BYTES = 64 * 1024;

    /** How long BUFFERED trusts memory: an acknowledgement that takes longer may not come for a while. */
    static final long ACK_NANOS = 2_000_000_000;

    /** BUFFERED forces at most once in this time; a new segment costs two forces and counts twice. */
    static final long PAUSE_NANOS = 1_000_000_000;

    /** How much may be settled on disk before the disk is told, which bounds what a crash makes the device send again. */
    private static final long CURSOR_BYTES = 64 * 1024;

    static final long NEVER = Long.MAX_VALUE;
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final long LONGEST_RETRY_NANOS = 30_000_000_000L;

    private final Contents<?> contents;
    private final Untold untold;
    private final Mover<?> mover;
    private final boolean durable;

    private int failures;
    private long retryNanos;
    private long lastNanos;
    private long pauseNanos;
    /** Whether a commit runs, or will come at {@link #scheduledNanos} anyway. */
    private boolean running;

    private boolean scheduled;
    private long scheduledNanos;

    CommitSchedule(Contents<?> contents, Untold untold, Mover<?> mover, boolean durable, long nowNanos) {
        this.contents = contents;
        this.untold = untold;
        this.mover = mover;
        this.durable = durable;
        this.lastNanos = nowNanos - 2 * PAUSE_NANOS;
    }

    /** Whether a commit has become due earlier than one will come anyway. Says so once. */
    boolean isWantedEarlier(long nowNanos) {
        if (running) {
            return false;
        }
        long delay = dueInNanos(nowNanos);
        if (delay == NEVER || (scheduled && nowNanos + delay - scheduledNanos >= 0)) {
            return false;
        }
        schedule(nowNanos, delay);
        return true;
    }

    /** How many nanoseconds from now on a commit is due, {@link #NEVER} if nothing is to be written. */
    long dueInNanos(long nowNanos) {
        boolean work = contents.gapsWait || untold.orders || untold.settledBytes >= CURSOR_BYTES || mover.hasWork();
        if (contents.storage == StorageState.WRITING_FAILED) {
            return work || contents.hasUnwritten() ? Math.max(0, retryNanos - nowNanos) : NEVER;
        }
        if (untold.orders || failures > 0) {
            return 0;
        }
        return durable ? dueDurable(work, nowNanos) : dueBuffered(work, nowNanos);
    }

    private long dueDurable(boolean work, long nowNanos) {
        if (!work && !contents.hasUnwritten()) {
            return NEVER;
        }
        boolean full = contents.unwrittenEventBytes() >= GROUP_BYTES;
        return full ? 0 : Math.max(0, lastNanos + GROUP_NANOS - nowNanos);
    }

    private long dueBuffered(boolean work, long nowNanos) {
        long age = contents.oldestUnwrittenAgeNanos(nowNanos);
        boolean full = 4 * contents.unwrittenEventBytes() >= 3 * contents.settings.memoryBytes();
        if (!work && !full && age < 0) {
            return NEVER;
        }
        long delay = work || full ? 0 : ACK_NANOS - age;
        return Math.max(0, Math.max(delay, lastNanos + pauseNanos - nowNanos));
    }

    /** Takes note of when the next commit comes. Returns that delay. */
    long schedule(long nowNanos, long delay) {
        scheduled = delay != NEVER;
        scheduledNanos = nowNanos + delay;
        return delay;
    }

    /** A commit begins. */
    void begin(long nowNanos) {
        running = true;
        lastNanos = nowNanos;
    }

    /** It has ended. Returns how many nanoseconds from when it began the next is due. */
    long end(long beganNanos) {
        running = false;
        return schedule(beganNanos, dueInNanos(beganNanos));
    }

    /** Something was forced. */
    void forced(boolean newSegment) {
        pauseNanos = newSegment ? 2 * PAUSE_NANOS : PAUSE_NANOS;
    }

    /** How many attempts in a row have failed. */
    int failures() {
        return failures;
    }

    void failed() {
        failures++;
    }

    /** Writing is tried again after a while, which grows with each failure. */
    void retryLater(long nowNanos) {
        int doublings = Math.min(failures - 2, 5);
        retryNanos = nowNanos + Math.min(RETRY_NANOS << doublings, LONGEST_RETRY_NANOS);
    }

    void recovered() {
        failures = 0;
    }
}
