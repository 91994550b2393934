package io.fleetline.device.internal.connection;

import java.util.Arrays;

/** What of one lane was sent and is not acknowledged, oldest first: where each item ends, and its size. */
final class InFlight {
    private static final int FIRST_CAPACITY = 16;

    private long[] ends = new long[FIRST_CAPACITY];
    private int[] sizes = new int[FIRST_CAPACITY];
    private int head;
    private int items;
    private long bytes;

    int items() {
        return items;
    }

    long bytes() {
        return bytes;
    }

    /** The last number that was sent; only to be asked while something is in flight. */
    long last() {
        return ends[(head + items - 1) & (ends.length - 1)];
    }

    void add(long end, int size) {
        if (items == ends.length) {
            grow();
        }
        int at = (head + items) & (ends.length - 1);
        ends[at] = end;
        sizes[at] = size;
        items++;
        bytes += size;
    }

    /** Forgets the items that end at or below this number; one that an ack cuts through stays. Returns how many went. */
    int settle(long upTo) {
        int settled = 0;
        while (items > 0 && ends[head] <= upTo) {
            bytes -= sizes[head];
            head = (head + 1) & (ends.length - 1);
            items--;
            settled++;
        }
        return settled;
    }

    void clear() {
        items = 0;
        bytes = 0;
    }

    private void grow() {
        int capacity = ends.length;
        long[] moreEnds = Arrays.copyOf(ends, capacity * 2);
        int[] moreSizes = Arrays.copyOf(sizes, capacity * 2);
        // The part that wrapped around goes behind the rest; head stays where it is.
        System.arraycopy(ends, 0, moreEnds, capacity, head);
        System.arraycopy(sizes, 0, moreSizes, capacity, head);
        ends = moreEnds;
        sizes = moreSizes;
    }
}
