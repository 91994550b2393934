package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.outbox.Dropped;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.Stored;
import io.fleetline.protocol.GapReason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Tells publishers what became of their items: settles them in the outbox, and has the application's executor say so. */
final class Reports {
    private final Outbox<Publication> outbox;
    private final Counters counters;
    private final Executor application;

    Reports(Outbox<Publication> outbox, Counters counters, Executor application) {
        this.outbox = outbox;
        this.counters = counters;
        this.application = application;
    }

    /** A node has stored something. */
    void stored(Action.Settle settle, long nowNanos) {
        List<Stored<Publication>> stored = outbox.settle(settle.lane(), settle.upTo(), nowNanos);
        counters.acknowledged(stored.size());
        if (!stored.isEmpty()) {
            application.execute(() -> {
                for (Stored<Publication> one : stored) {
                    one.waiter().stored(one, one.seq() == settle.upTo() ? settle.storedAt() : Optional.empty());
                }
            });
        }
    }

    /** A node has refused something for good. */
    void refused(Action.Refuse refuse, long nowNanos) {
        outbox.refuse(refuse.lane(), refuse.seq(), nowNanos);
        dropped(Optional.of(refuse));
    }

    /** The outbox may have dropped something. */
    void dropped() {
        dropped(Optional.empty());
    }

    private void dropped(Optional<Action.Refuse> refusal) {
        List<Dropped<Publication>> dropped = outbox.takeDropped();
        if (dropped.isEmpty()) {
            return;
        }
        counters.dropped(dropped.size());
        application.execute(() -> {
            for (Dropped<Publication> one : dropped) {
                Optional<Action.Refuse> why = refusal.filter(refuse ->
                        one.reason() == GapReason.REFUSED && refuse.lane() == one.lane() && refuse.seq() == one.seq());
                one.waiter()
                        .dropped(
                                one,
                                why.map(Action.Refuse::code),
                                why.map(Action.Refuse::message).orElse(""));
            }
        });
    }

    /** Nothing more will be known. */
    void abandoned() {
        Queue<Publication> waiting = new ArrayDeque<>(outbox.takeWaiters());
        dropped();
        application.execute(() -> {
            // Let go of one by one: there may be as many as the outbox has items, each with an exception as its end.
            for (Publication one = waiting.poll(); one != null; one = waiting.poll()) {
                one.abandoned();
            }
        });
    }
}
