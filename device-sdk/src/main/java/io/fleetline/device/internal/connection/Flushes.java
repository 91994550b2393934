package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.outbox.Outbox;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Those who wait until all that the outbox had when they came is settled. They come on any thread; the loop looks. */
final class Flushes {
    private record Flush(List<Long> upTo, CompletableFuture<Void> done) {}

    private final Outbox<?> outbox;
    private final ConcurrentLinkedQueue<Flush> waiting = new ConcurrentLinkedQueue<>();

    Flushes(Outbox<?> outbox) {
        this.outbox = outbox;
    }

    /** One more. */
    CompletableFuture<Void> add(long nowNanos) {
        Flush flush = new Flush(outbox.snapshot(nowNanos).last(), new CompletableFuture<>());
        waiting.add(flush);
        return flush.done();
    }

    /** Lets those go whose time has come. */
    void look(long nowNanos) {
        if (waiting.isEmpty()) {
            return;
        }
        List<Long> acked = outbox.snapshot(nowNanos).acked();
        for (Flush flush : waiting) {
            boolean done = true;
            for (int lane = 0; lane < acked.size(); lane++) {
                done &= acked.get(lane) >= flush.upTo().get(lane);
            }
            if (done) {
                waiting.remove(flush);
                flush.done().complete(null);
            }
        }
    }

    /** It will not be known any more. */
    void cancel() {
        waiting.forEach(flush -> flush.done().cancel(false));
    }
}
