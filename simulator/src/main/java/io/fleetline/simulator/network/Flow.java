package io.fleetline.simulator.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** One direction of a connection: what was read, and when it may be written. For the network's thread. */
final class Flow {
    /** What waits here beyond this is left to TCP's windows. */
    private static final int MOST_BYTES = 64 * 1024;

    private static final int PIECE_BYTES = 16 * 1024;

    private record Piece(ByteBuffer bytes, long releaseNanos) {}

    private final SocketChannel from;
    private final SocketChannel to;
    private final Deque<Piece> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private long lastReleaseNanos = Long.MIN_VALUE;
    private long nextReadNanos = Long.MIN_VALUE;
    private boolean ended;

    Flow(SocketChannel from, SocketChannel to) {
        this.from = from;
        this.to = to;
    }

    /** Whether there is room for more, and it is time to read. */
    boolean wantsToRead(long nowNanos) {
        return !ended && waitingBytes < MOST_BYTES && nowNanos >= nextReadNanos;
    }

    /** Whether something may be written now. */
    boolean wantsToWrite(long nowNanos) {
        Piece first = waiting.peek();
        return first != null && nowNanos >= first.releaseNanos;
    }

    /** When to look again, if nothing else happens. */
    long nextNanos(long nowNanos) {
        Piece first = waiting.peek();
        long write = first == null || nowNanos >= first.releaseNanos ? Long.MAX_VALUE : first.releaseNanos;
        long read = ended || nowNanos >= nextReadNanos ? Long.MAX_VALUE : nextReadNanos;
        return Math.min(write, read);
    }

    /** Whether its source has ended and all of it was written. */
    boolean isOver() {
        return ended && waiting.isEmpty();
    }

    /**
     * Reads what is there.
     *
     * @param delayNanos how long it is kept back
     * @param bytesPerSecond how fast it may be read; 0 for as fast as can be
     */
    void read(long nowNanos, long delayNanos, long bytesPerSecond) throws IOException {
        int most = bytesPerSecond == 0 ? PIECE_BYTES : (int) Math.max(1, Math.min(PIECE_BYTES, bytesPerSecond / 4));
        ByteBuffer bytes = ByteBuffer.allocate(most);
        int read = from.read(bytes);
        if (read < 0) {
            ended = true;
            return;
        }
        if (bytesPerSecond > 0) {
            nextReadNanos = nowNanos + read * 1_000_000_000L / bytesPerSecond;
        }
        if (read > 0) {
            // A stream has an order: nothing overtakes.
            lastReleaseNanos = Math.max(lastReleaseNanos, nowNanos + delayNanos);
            waiting.add(new Piece(bytes.flip(), lastReleaseNanos));
            waitingBytes += read;
        }
    }

    /** Writes what may be written. */
    void write(long nowNanos) throws IOException {
        while (wantsToWrite(nowNanos)) {
            Piece first = waiting.element();
            waitingBytes -= to.write(first.bytes);
            if (first.bytes.hasRemaining()) {
                return;
            }
            waiting.remove();
        }
        if (isOver()) {
            to.shutdownOutput();
        }
    }
}
