package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.outbox.Outbox;
import java.util.concurrent.Executor;

/** Sees to it that the outbox gets to the disk when it wants to, off the loop's thread and one time at a time. */
final class Commits {
    private final ConnectionLoop loop;
    private final Executor disk;
    private final Outbox<?> outbox;
    private final ConnectionLoop.Timer timer;
    private boolean running;
    private boolean again;
    private Runnable whenClosed = () -> {};
    private boolean closing;

    Commits(ConnectionLoop loop, Executor disk, Outbox<?> outbox) {
        this.loop = loop;
        this.disk = disk;
        this.outbox = outbox;
        this.timer = loop.timer(this::wanted);
    }

    /** A commit is due. */
    void wanted() {
        if (running || closing) {
            again = true;
            return;
        }
        running = true;
        disk.execute(() -> {
            long startedNanos = loop.time().nanos();
            long next = outbox.commit(startedNanos);
            loop.execute(() -> committed(next == Long.MAX_VALUE ? next : startedNanos + next));
        });
    }

    /** Closes the outbox once no commit runs. */
    void close(Runnable afterwards) {
        whenClosed = afterwards;
        closing = true;
        if (!running) {
            closeOutbox();
        }
    }

    private void committed(long nextNanos) {
        running = false;
        if (closing) {
            closeOutbox();
        } else if (again) {
            again = false;
            wanted();
        } else {
            timer.set(nextNanos);
        }
    }

    private void closeOutbox() {
        timer.set(Long.MAX_VALUE);
        Runnable afterwards = whenClosed;
        disk.execute(() -> {
            outbox.close(loop.time().nanos());
            afterwards.run();
        });
    }
}
