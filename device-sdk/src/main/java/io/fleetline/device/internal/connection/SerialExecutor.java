package io.fleetline.device.internal.connection;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one client's tasks one at a time and in order, on an executor that runs many at once. */
final class SerialExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    private final Executor executor;

    /** Guarded by itself, as is {@link #running}. */
    private final Queue<Runnable> waiting = new ArrayDeque<>(2);

    private boolean running;

    SerialExecutor(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (waiting) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        try {
            executor.execute(this::runAll);
        } catch (RejectedExecutionException e) {
            LOG.warn("the application's executor takes no more: {}", e.toString());
            synchronized (waiting) {
                waiting.clear();
                running = false;
            }
        }
    }

    private void runAll() {
        while (true) {
            Runnable task;
            synchronized (waiting) {
                task = waiting.poll();
                if (task == null) {
                    running = false;
                    return;
                }
            }
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                say(e);
            }
        }
    }

    private static void say(Throwable failure) {
        try {
            LOG.warn("the application failed in a callback", failure);
        } catch (RuntimeException | Error e) {
            // There may be too little memory left to say so. The tasks that follow run all the same.
        }
    }
}
