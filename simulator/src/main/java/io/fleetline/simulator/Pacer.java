package io.fleetline.simulator;

import io.fleetline.simulator.measure.Latencies;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what is due when it is due, on one thread. What is late is done at once, in the order in which it was due, and never left
 * out: the schedule is the world's, not the simulator's.
 */
final class Pacer {
    /** No further time. */
    static final long NEVER = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(Pacer.class);

    /** Something to be done, perhaps more than once. */
    interface Task {
        /**
         * Does it.
         *
         * @param dueNanos when it was due, in ns since the beginning of the run
         * @return when it is due next, not earlier than before; {@link #NEVER} for not again
         */
        long run(long dueNanos);
    }

    private record Entry(long dueNanos, long number, Task task) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Entry> queue = new PriorityQueue<>();
    private final Latencies lag = new Latencies();
    private final LongSupplier nanoTime;
    private long numbers;
    private volatile boolean ended;
    private volatile @Nullable Thread thread;

    Pacer(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Adds a task, before the run or from within one. */
    void add(long dueNanos, Task task) {
        if (dueNanos != NEVER) {
            queue.add(new Entry(dueNanos, numbers++, task));
        }
    }

    /** How much later than due tasks were begun. */
    Latencies lag() {
        return lag;
    }

    /**
     * Does all that is due until the end.
     *
     * @param beganNanos when the run began, on the clock
     * @param lengthNanos how long it is
     */
    void run(long beganNanos, long lengthNanos) {
        thread = Thread.currentThread();
        while (!ended && !queue.isEmpty()) {
            Entry next = queue.peek();
            if (next.dueNanos >= lengthNanos) {
                return;
            }
            long waitNanos = next.dueNanos - (nanoTime.getAsLong() - beganNanos);
            if (waitNanos > 0) {
                LockSupport.parkNanos(this, waitNanos);
                continue;
            }
            queue.remove();
            lag.record(-waitNanos);
            long again;
            try {
                again = next.task.run(next.dueNanos);
            } catch (RuntimeException e) {
                // One device's trouble must not end all others' schedules.
                LOG.error("a task of the fleet failed and is not done again", e);
                again = NEVER;
            }
            add(again, next.task);
        }
    }

    /** Ends it early; for any thread. */
    void end() {
        ended = true;
        LockSupport.unpark(thread);
    }
}
