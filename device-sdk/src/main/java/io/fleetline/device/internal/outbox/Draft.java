package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A batch of which some items have still to be read from disk: put together under the lock, read outside. */
final class Draft {
    private static final class Slot {
        final long seq;
        final long to;
        final boolean gap;
        final int length;
        final long place;
        byte @Nullable [] bytes;

        Slot(long seq, long to, boolean gap, int length, long place, byte @Nullable [] bytes) {
            this.seq = seq;
            this.to = to;
            this.gap = gap;
            this.length = length;
            this.place = place;
            this.bytes = bytes;
        }
    }

    private final DeviceFrame.Open open;
    private final List<Slot> slots;
    private final int bytes;

    private Draft(DeviceFrame.Open open, List<Slot> slots, int bytes) {
        this.open = open;
        this.slots = slots;
        this.bytes = bytes;
    }

    /** Under the lock. Null if nothing may be sent there. */
    static <W> @Nullable Draft of(Contents<W> contents, Lane lane, long from, int maxItems, int maxBytes) {
        LaneQueue<W> queue = contents.queue(lane);
        if (from <= queue.acked() || from > queue.last() + 1) {
            throw new IllegalArgumentException("lane " + lane + " cannot go on from " + from + ": " + queue.acked()
                    + " is acknowledged, " + queue.last() + " the last");
        }
        Runs.Run run = contents.runs.owner(lane.number(), from);
        if (!run.mayBeSent) {
            return null;
        }
        long end = Math.min(queue.last(), contents.runs.lastOfRun(lane.number(), from));
        List<Slot> slots = new ArrayList<>();
        int bytes = 0;
        long at = from;
        while (at <= end && slots.size() < maxItems && contents.maySend(queue, at)) {
            Slot slot = slot(queue, at);
            if (!slots.isEmpty() && bytes + slot.length > maxBytes) {
                break;
            }
            slots.add(slot);
            bytes += slot.length;
            at = slot.to + 1;
        }
        if (slots.isEmpty()) {
            return null;
        }
        contents.handedOut(lane, at - 1);
        return new Draft(contents.opening(lane, run, from), slots, bytes);
    }

    private static Slot slot(LaneQueue<?> queue, long seq) {
        Gap gap = queue.gapAt(seq);
        if (gap != null) {
            byte[] item = CborHead.gap(gap.sendableTo, gap.reason);
            return new Slot(seq, gap.sendableTo, true, item.length, Places.NOWHERE, item);
        }
        return new Slot(seq, seq, false, queue.length(seq), queue.place(seq), queue.bytes(seq));
    }

    /** Outside the lock. Returns the number of an item that cannot be read, 0 if there is none. */
    long read(ReadBack<?> disk) {
        for (Slot slot : slots) {
            if (slot.bytes == null) {
                slot.bytes = disk.item(slot.place, slot.length);
                if (slot.bytes == null) {
                    return slot.seq;
                }
            }
        }
        return 0;
    }

    long placeOf(long seq) {
        for (Slot slot : slots) {
            if (slot.seq == seq) {
                return slot.place;
            }
        }
        return Places.NOWHERE;
    }

    /** The part of the batch before a number, if there is one. */
    Optional<Batch> batchBelow(long seq) {
        List<Slot> part = new ArrayList<>(slots);
        part.removeIf(slot -> slot.seq >= seq);
        int length = part.stream().mapToInt(slot -> slot.length).sum();
        return part.isEmpty() ? Optional.empty() : Optional.of(new Draft(open, part, length).batch());
    }

    /** The batch, once everything is read. */
    Batch batch() {
        List<QueuedItem> items = new ArrayList<>(slots.size());
        for (Slot slot : slots) {
            if (slot.bytes == null) {
                throw new IllegalStateException("item " + slot.seq + " was not read");
            }
            items.add(new QueuedItem(slot.seq, slot.to, slot.bytes, slot.gap));
        }
        return new Batch(open, items, bytes);
    }
}
