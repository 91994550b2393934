package io.fleetline.ingest.telemetry;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where lane sessions that have news wait until a round is taken of each. Kafka's thread only puts them here; the rounds,
 * which write to sockets, run on the executor, one at a time. While one runs, further callbacks come in, and so the busier
 * Kafka is, the more of them go as one ack.
 */
public final class RoundQueue {
    private static final Logger LOG = LoggerFactory.getLogger(RoundQueue.class);

    private final Executor executor;
    private final ConcurrentLinkedQueue<LaneSession> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** A queue whose rounds run on this executor. */
    public RoundQueue(Executor executor) {
        this.executor = executor;
    }

    void add(LaneSession session) {
        waiting.add(session);
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            executor.execute(this::takeRounds);
        }
    }

    private void takeRounds() {
        try {
            LaneSession session = waiting.poll();
            while (session != null) {
                takeRound(session);
                session = waiting.poll();
            }
        } finally {
            scheduled.set(false);
        }
        if (!waiting.isEmpty()) {
            schedule();
        }
    }

    /** One session's trouble must not keep the others waiting. */
    private static void takeRound(LaneSession session) {
        try {
            session.settle();
        } catch (RuntimeException e) {
            LOG.error("settling {} failed", session, e);
        }
    }
}
