package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.outbox.Batch;
import io.fleetline.device.internal.outbox.QueuedItem;
import io.fleetline.protocol.Lane;

/** Counts what happened to one device's connections. Written by the loop alone, read by anyone. */
@SuppressWarnings("NonAtomicVolatileUpdate") // One writer.
public final class Counters {
    private final long[] highestSent = new long[Lane.values().length];
    private volatile long sent;
    private volatile long resent;
    private volatile long framesSent;
    private volatile long bytesSent;
    private volatile long acknowledged;
    private volatile long dropped;
    private volatile long connects;
    private volatile long failures;
    private volatile long inFlightItems;
    private volatile long inFlightBytes;
    private volatile long roundTripNanos = -1;

    void published(Batch batch) {
        int lane = batch.lane().number();
        int again = 0;
        for (QueuedItem item : batch.items()) {
            again += item.seq() <= highestSent[lane] ? 1 : 0;
        }
        highestSent[lane] = Math.max(highestSent[lane], batch.next() - 1);
        resent += again;
        sent += batch.items().size();
    }

    void frameSent(int bytes) {
        framesSent++;
        bytesSent += bytes;
    }

    void acknowledged(int items) {
        acknowledged += items;
    }

    void dropped(int items) {
        dropped += items;
    }

    void connected() {
        connects++;
    }

    void failed() {
        failures++;
    }

    void inFlight(int items, long bytes) {
        inFlightItems = items;
        inFlightBytes = bytes;
    }

    void roundTrip(long nanos) {
        roundTripNanos = nanos;
    }

    /** Items sent, each time that they were. */
    public long sent() {
        return sent;
    }

    /** Items sent again. */
    public long resent() {
        return resent;
    }

    /** Frames sent. */
    public long framesSent() {
        return framesSent;
    }

    /** Bytes of the frames sent. */
    public long bytesSent() {
        return bytesSent;
    }

    /** Items acknowledged. */
    public long acknowledged() {
        return acknowledged;
    }

    /** Items of this process that became gaps. */
    public long dropped() {
        return dropped;
    }

    /** Connections that reached their welcome. */
    public long connects() {
        return connects;
    }

    /** Connections and attempts that ended other than by being closed. */
    public long failures() {
        return failures;
    }

    /** Items in flight. */
    public long inFlightItems() {
        return inFlightItems;
    }

    /** Bytes of the items in flight. */
    public long inFlightBytes() {
        return inFlightBytes;
    }

    /** The latest round trip in ns, negative if none was measured. */
    public long roundTripNanos() {
        return roundTripNanos;
    }
}
