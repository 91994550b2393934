package io.fleetline.device.internal.connection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the connections of all clients of a runtime: a mailbox and timers. Everything behind it is
 * single-threaded and needs no locks.
 *
 * <p>It can be driven without a thread, on any clock, by calling {@link #runOnce} by hand.
 */
public final class ConnectionLoop implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLoop.class);
    private static final long NEVER = Long.MAX_VALUE;

    private final Time time;
    private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::atNanos));
    private final List<Alarm> dueNow = new ArrayList<>();
    private volatile @Nullable Thread thread;
    private volatile boolean parked;
    private volatile boolean stopped;

    /** When to look at a timer; it may have been set to later since. */
    private record Alarm(long atNanos, Timer timer) {}

    /** Something to be done at a time that often changes, mostly to later. Used by the loop's thread only. */
    public final class Timer {
        private final Runnable task;
        private long dueNanos = NEVER;
        private long alarmNanos = NEVER;

        private Timer(Runnable task) {
            this.task = task;
        }

        /** Sets the time, {@link Long#MAX_VALUE} for never. */
        public void set(long nanos) {
            dueNanos = nanos;
            // An alarm that is too early costs a look; one more for each change to later would pile up.
            if (nanos < alarmNanos) {
                alarmNanos = nanos;
                alarms.add(new Alarm(nanos, this));
            }
        }

        private void look(Alarm alarm, long nowNanos) {
            if (alarm.atNanos() != alarmNanos) {
                return;
            }
            alarmNanos = NEVER;
            if (nowNanos >= dueNanos) {
                dueNanos = NEVER;
                runSafely(task);
            } else {
                set(dueNanos);
            }
        }
    }

    public ConnectionLoop(Time time) {
        this.time = time;
    }

    /** The clocks of everything that this loop owns. */
    public Time time() {
        return time;
    }

    /** A timer that is not set. */
    public Timer timer(Runnable task) {
        return new Timer(task);
    }

    /** Has the loop do something, after what it was given before. Any thread. */
    @Override
    public void execute(Runnable task) {
        mailbox.add(task);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Does everything that is due.
     *
     * @return when something is due next, {@link Long#MAX_VALUE} if nothing is
     */
    public long runOnce() {
        for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
            runSafely(task);
        }
        long now = time.nanos();
        for (Alarm due = alarms.peek(); due != null && due.atNanos() <= now; due = alarms.peek()) {
            dueNow.add(alarms.remove());
        }
        // What these set for now is looked at the next time, after the mailbox.
        for (Alarm due : dueNow) {
            due.timer().look(due, now);
        }
        dueNow.clear();
        Alarm next = alarms.peek();
        return !mailbox.isEmpty() ? time.nanos() : next == null ? NEVER : next.atNanos();
    }

    /** Runs on the calling thread until it is stopped. */
    public void run() {
        thread = Thread.currentThread();
        while (!stopped) {
            long wakeNanos = runOnce();
            parked = true;
            // Looked at again after the flag went up: whoever adds later sees it and unparks.
            if (mailbox.isEmpty() && !stopped) {
                park(wakeNanos);
            }
            parked = false;
        }
        runOnce();
    }

    /** Ends {@link #run} after what is in the mailbox. Any thread. */
    public void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    private void park(long wakeNanos) {
        if (wakeNanos == NEVER) {
            LockSupport.park(this);
        } else {
            long wait = wakeNanos - time.nanos();
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            }
        }
        // Nobody who interrupts this thread can mean to; were the flag left up, it would never park again.
        if (Thread.interrupted()) {
            LOG.debug("interrupted, going on");
        }
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // One client's trouble must not end the connections of all others.
            LOG.error("a task of the connection loop failed", e);
        }
    }
}
