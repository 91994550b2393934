package io.fleetline.ingest.time;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Timers on one thread of their own. */
public final class ThreadTimers implements Timers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadTimers.class);

    private final ScheduledThreadPoolExecutor thread;

    /** Starts the thread. */
    public ThreadTimers(String threadName) {
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, threadName);
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        if (thread.isShutdown()) {
            return Timer.NONE;
        }
        ScheduledFuture<?> future = thread.schedule(guarded(task), delayNanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    /** What a task throws would vanish in its future. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a timer's task failed", e);
            }
        };
    }

    /** No task begins after this. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
