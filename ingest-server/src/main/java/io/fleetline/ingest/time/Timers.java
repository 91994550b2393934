package io.fleetline.ingest.time;

/** Wakes whoever asked to be woken. */
public interface Timers {
    /**
     * Runs the task once, after the delay.
     *
     * @param delayNanos how long to wait, in ns; 0 or less means as soon as possible
     * @param task short and without blocking: all timers share one thread
     */
    Timer after(long delayNanos, Runnable task);

    /** One task to come. */
    interface Timer {
        /** A timer that is not set. */
        Timer NONE = () -> {};

        /** Takes the task back, unless it has begun. */
        void cancel();
    }
}
