package io.fleetline.device.internal.transport;

import io.fleetline.device.internal.connection.ConnectionLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** Jetty's timers on the connection loop's, so that they need no thread of their own. What is due runs on Jetty's threads. */
final class LoopScheduler extends AbstractLifeCycle implements Scheduler {
    private final ConnectionLoop loop;
    private final Executor executor;

    LoopScheduler(ConnectionLoop loop, Executor executor) {
        this.loop = loop;
        this.executor = executor;
    }

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit units) {
        AtomicBoolean pending = new AtomicBoolean(true);
        long atNanos = loop.time().nanos() + units.toNanos(delay);
        loop.execute(() -> loop.timer(() -> {
                    if (pending.compareAndSet(true, false)) {
                        executor.execute(task);
                    }
                })
                .set(atNanos));
        return () -> pending.compareAndSet(true, false);
    }
}
