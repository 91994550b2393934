package io.fleetline.testkit;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.LongSupplier;

/**
 * A connection between two peers in one process, on virtual time: whole frames, in order, each taking a while. It can be
 * cut, which both ends hear of, or go silent, which neither does.
 */
public final class FramePipe {
    /** What RFC 6455 section 7.1.5 calls the close code of a connection that broke. */
    public static final int BROKEN = 1006;

    /** Hears what comes out of one end. */
    public interface Receiver {
        /** A frame arrived. */
        void received(byte[] frame);

        /** The connection is over; called once, and nothing after it. */
        void closed(int code, String reason);
    }

    private final VirtualTime time;
    private final LongSupplier delayNanos;
    private final End left = new End();
    private final End right = new End();
    private boolean silent;
    private boolean over;

    /**
     * A pipe.
     *
     * @param delayNanos how long the next frame takes; frames never overtake each other all the same
     */
    public FramePipe(VirtualTime time, LongSupplier delayNanos) {
        this.time = time;
        this.delayNanos = delayNanos;
        left.other = Optional.of(right);
        right.other = Optional.of(left);
    }

    /** One end. */
    public End left() {
        return left;
    }

    /** The other end. */
    public End right() {
        return right;
    }

    /** Breaks the connection: what is under way is lost, and both ends hear of it. */
    public void cut() {
        if (!over) {
            over = true;
            left.end(BROKEN, "");
            right.end(BROKEN, "");
        }
    }

    /** From now on nothing arrives at either end, not even the end. */
    public void goSilent() {
        silent = true;
    }

    /** Whether it is cut or closed. */
    public boolean isOver() {
        return over;
    }

    /** One end of the pipe. */
    public final class End {
        private Optional<End> other = Optional.empty();
        private Optional<Receiver> receiver = Optional.empty();
        private final Queue<byte[]> arrived = new ArrayDeque<>();
        private boolean closed;
        private long lastArrivalNanos;
        private int demanded;
        private Optional<Runnable> closing = Optional.empty();

        private End() {}

        /** Who hears what arrives here. It gets nothing before it {@linkplain #demand demands} it. */
        public void receiver(Receiver hearer) {
            receiver = Optional.of(hearer);
        }

        /** Sends a frame to the other end. */
        public void send(byte[] frame) {
            if (!over && !silent) {
                other.orElseThrow().arriveAt(() -> other.orElseThrow().arrive(frame));
            }
        }

        /** Closes the connection after what was sent before: the other end hears the code, and this one after it. */
        public void close(int code, String reason) {
            if (over || silent) {
                return;
            }
            End peer = other.orElseThrow();
            peer.arriveAt(() -> peer.closing(() -> {
                if (!over) {
                    over = true;
                    peer.end(code, reason);
                    end(code, reason);
                }
            }));
        }

        /** Asks for one more frame. */
        public void demand() {
            demanded++;
            deliver();
        }

        private void arriveAt(Runnable arrival) {
            lastArrivalNanos = Math.max(lastArrivalNanos, time.nanos() + delayNanos.getAsLong());
            time.after(lastArrivalNanos - time.nanos(), arrival);
        }

        private void arrive(byte[] frame) {
            if (!over && !silent) {
                arrived.add(frame);
                deliver();
            }
        }

        // A close frame waits its turn behind the frames before it.
        private void closing(Runnable close) {
            if (!over && !silent) {
                closing = Optional.of(close);
                deliver();
            }
        }

        private void deliver() {
            while (!closed && demanded > 0 && !arrived.isEmpty()) {
                demanded--;
                receiver.orElseThrow().received(arrived.remove());
            }
            if (!closed && arrived.isEmpty() && demanded > 0 && closing.isPresent()) {
                Runnable close = closing.get();
                closing = Optional.empty();
                close.run();
            }
        }

        private void end(int code, String reason) {
            if (!closed) {
                closed = true;
                time.soon(() -> receiver.orElseThrow().closed(code, reason));
            }
        }
    }
}
