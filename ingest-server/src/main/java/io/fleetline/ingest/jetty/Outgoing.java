package io.fleetline.ingest.jetty;

import io.fleetline.ingest.time.Timers;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * What goes out to one peer: one write at a time, and behind it a short queue. A peer that does not read gets no more than
 * that queue, and not for longer than the write timeout. Acks that wait behind each other become one.
 */
final class Outgoing {
    /** What is written next. */
    private sealed interface Entry permits FrameEntry, PongEntry, CloseEntry {
        int bytes();
    }

    private record FrameEntry(ServerFrame frame, ByteBuffer encoded) implements Entry {
        @Override
        public int bytes() {
            return encoded.remaining();
        }
    }

    private record PongEntry(ByteBuffer payload) implements Entry {
        @Override
        public int bytes() {
            return payload.remaining();
        }
    }

    private record CloseEntry(CloseReason reason, String text) implements Entry {
        @Override
        public int bytes() {
            return 0;
        }
    }

    private final Session session;
    private final ListenerConfig limits;
    private final Timers timers;
    private final Runnable onOverflow;

    /** Guarded by this. */
    private final Deque<Entry> queue = new ArrayDeque<>(2);
    /** Guarded by this. */
    private int queuedBytes;
    /** A write is under way. Guarded by this. */
    private boolean writing;
    /** Nothing more is taken. Guarded by this. */
    private boolean closing;
    /** The write that did not end at once. Guarded by this. */
    private @Nullable Write slow;
    /** The stall timer is set. Guarded by this. */
    private boolean watching;

    /**
     * Nothing has gone out yet.
     *
     * @param onOverflow called when more waits than may; without any lock held
     */
    Outgoing(Session session, ListenerConfig limits, Timers timers, Runnable onOverflow) {
        this.session = session;
        this.limits = limits;
        this.timers = timers;
        this.onOverflow = onOverflow;
    }

    void send(ServerFrame frame) {
        offer(new FrameEntry(frame, ByteBuffer.wrap(FrameEncoder.encode(frame))));
    }

    void pong(ByteBuffer payload) {
        offer(new PongEntry(payload));
    }

    /** The last that goes out, behind what waits. */
    void close(CloseReason reason, String text) {
        CloseEntry last = new CloseEntry(reason, text);
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
            if (writing) {
                queue.addLast(last);
                return;
            }
            writing = true;
        }
        write(last);
    }

    /** The connection is over, and with it what waits. */
    synchronized void end() {
        closing = true;
        queue.clear();
        queuedBytes = 0;
        slow = null;
    }

    private void offer(Entry entry) {
        synchronized (this) {
            if (closing) {
                return;
            }
            if (writing) {
                enqueue(entry);
                if (queue.size() <= limits.outgoingFrames() && queuedBytes <= limits.outgoingBytes()) {
                    return;
                }
                // Nobody reads it, and what is not acknowledged comes again.
                queue.clear();
                queuedBytes = 0;
                entry = null;
            } else {
                writing = true;
            }
        }
        if (entry == null) {
            onOverflow.run();
        } else {
            write(entry);
        }
    }

    private void enqueue(Entry entry) {
        if (isAckOfSameLane(queue.peekLast(), entry)) {
            queuedBytes -= queue.removeLast().bytes();
        }
        queue.addLast(entry);
        queuedBytes += entry.bytes();
    }

    private static boolean isAckOfSameLane(@Nullable Entry earlier, Entry later) {
        return earlier instanceof FrameEntry before
                && later instanceof FrameEntry after
                && before.frame() instanceof ServerFrame.Ack earlierAck
                && after.frame() instanceof ServerFrame.Ack laterAck
                && earlierAck.lane() == laterAck.lane();
    }

    /** Writes until nothing waits, or a write does not end at once; its callback goes on then. */
    private void write(@Nullable Entry first) {
        Entry entry = first;
        while (entry != null) {
            Write write = new Write();
            start(entry, write);
            if (!write.endedAtOnce()) {
                watch(write);
                return;
            }
            entry = next();
        }
    }

    private void start(Entry entry, Callback callback) {
        if (entry instanceof FrameEntry frame) {
            session.sendBinary(frame.encoded(), callback);
        } else if (entry instanceof PongEntry pong) {
            session.sendPong(pong.payload(), callback);
        } else if (entry instanceof CloseEntry last) {
            session.close(last.reason().code(), last.text(), callback);
        }
    }

    private synchronized @Nullable Entry next() {
        Entry next = queue.pollFirst();
        if (next == null) {
            writing = false;
        } else {
            queuedBytes -= next.bytes();
        }
        return next;
    }

    private void watch(Write write) {
        synchronized (this) {
            if (write.isOver()) {
                return;
            }
            slow = write;
            if (watching) {
                return;
            }
            watching = true;
        }
        timers.after(limits.writeTimeout().toNanos(), () -> checkStall(write));
    }

    private void checkStall(Write watched) {
        Write now;
        synchronized (this) {
            watching = false;
            now = slow;
        }
        if (now == null || now.isOver()) {
            return;
        }
        if (now == watched) {
            session.disconnect();
        } else {
            watch(now);
        }
    }

    /** One write; may end on the thread that began it, before that goes on, or later on another. */
    private final class Write implements Callback {
        private static final int BEGUN = 0;
        private static final int LEFT = 1;
        private static final int OVER = 2;

        private final AtomicInteger state = new AtomicInteger(BEGUN);

        boolean endedAtOnce() {
            return !state.compareAndSet(BEGUN, LEFT);
        }

        boolean isOver() {
            return state.get() == OVER;
        }

        @Override
        public void succeed() {
            if (state.getAndSet(OVER) == LEFT) {
                write(next());
            }
        }

        @Override
        public void fail(Throwable cause) {
            end(); // the connection is gone, of which its listener hears
            succeed();
        }
    }
}
