package io.fleetline.device.internal.connection;

import io.fleetline.protocol.Lane;

/**
 * How one lane stands on one connection.
 *
 * <pre>
 *            open sent                rewind, reject
 *   CLOSED ────────────► OPEN ──────────────────────► CLOSED, not to be opened before a certain time
 * </pre>
 */
final class LaneSession {
    private final Lane lane;
    private final InFlight inFlight = new InFlight();
    private boolean open;
    private long run;
    private long next;
    private long acked;
    private long openAtNanos;
    private int rewinds;

    LaneSession(Lane lane, long nowNanos) {
        this.lane = lane;
        this.openAtNanos = nowNanos;
    }

    Lane lane() {
        return lane;
    }

    InFlight inFlight() {
        return inFlight;
    }

    boolean isOpen() {
        return open;
    }

    /** Whether the items of this run need an {@code open} before them. */
    boolean needsOpen(long ofRun) {
        return !open || run != ofRun;
    }

    /** The number that comes next, once the lane is open. */
    long next() {
        return next;
    }

    /** Up to where the node has acknowledged, once the lane was open on this connection. */
    long acked() {
        return acked;
    }

    /** From when on the lane may be opened. */
    long openAtNanos() {
        return openAtNanos;
    }

    /** How many rewinds have come since the last ack. */
    int rewinds() {
        return rewinds;
    }

    void opened(long ofRun, long from, long ackedUpTo) {
        if (!open) {
            acked = ackedUpTo;
            next = from;
        }
        open = true;
        run = ofRun;
    }

    void sent(long end, int bytes) {
        inFlight.add(end, bytes);
        next = end + 1;
    }

    void acknowledged(long upTo) {
        acked = upTo;
        rewinds = 0;
        inFlight.settle(upTo);
    }

    void rewound(long openAgainAtNanos) {
        rewinds++;
        closed(openAgainAtNanos);
    }

    void closed(long openAgainAtNanos) {
        open = false;
        openAtNanos = openAgainAtNanos;
        inFlight.clear();
    }
}
