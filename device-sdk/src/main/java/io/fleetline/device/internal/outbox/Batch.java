package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Lane;
import java.util.List;

/**
 * Consecutive items of one lane and one run that may be sent now.
 *
 * @param open the frame that opens the lane at the first of these items, to be sent before them when it begins a lane
 *     session or its run differs from that of the items sent before
 * @param items at least one
 * @param bytes the sum of their encoded bytes
 */
public record Batch(DeviceFrame.Open open, List<QueuedItem> items, int bytes) {
    /** The most that a publish frame has beside its items' bytes. */
    public static final int ENVELOPE_BYTES = 1 + 1 + 1 + 9 + 9 + 5;

    /** The lane of all items. */
    public Lane lane() {
        return open.lane();
    }

    /** The first item's number. */
    public long from() {
        return open.next();
    }

    /** One past the last number that the items take. */
    public long next() {
        return items.get(items.size() - 1).to() + 1;
    }

    /** The publish frame that carries these items, put together by copying. */
    public byte[] publishFrame() {
        byte[] frame = new byte[ENVELOPE_BYTES + bytes];
        int at = CborHead.write(frame, 0, CborHead.ARRAY, 5);
        at = CborHead.write(frame, at, CborHead.UNSIGNED, DeviceFrame.Publish.TYPE);
        at = CborHead.write(frame, at, CborHead.UNSIGNED, lane().number());
        at = CborHead.write(frame, at, CborHead.UNSIGNED, from());
        at = CborHead.write(frame, at, CborHead.UNSIGNED, open.acked());
        at = CborHead.write(frame, at, CborHead.ARRAY, items.size());
        for (QueuedItem item : items) {
            System.arraycopy(item.bytes(), 0, frame, at, item.bytes().length);
            at += item.bytes().length;
        }
        return at == frame.length ? frame : java.util.Arrays.copyOf(frame, at);
    }
}
