package io.fleetline.device.internal.outbox;

/** One item as it goes on the wire. */
public final class QueuedItem {
    private final long seq;
    private final long to;
    private final byte[] bytes;
    private final boolean gap;

    QueuedItem(long seq, long to, byte[] bytes, boolean gap) {
        this.seq = seq;
        this.to = to;
        this.bytes = bytes;
        this.gap = gap;
    }

    /** Its number. */
    public long seq() {
        return seq;
    }

    /** The last number that it takes: its own unless it is a gap. */
    public long to() {
        return to;
    }

    /** The encoded item; not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether it is a gap. */
    public boolean isGap() {
        return gap;
    }

    @Override
    public String toString() {
        return gap ? "gap " + seq + " to " + to : "item " + seq + " of " + bytes.length + " bytes";
    }
}
