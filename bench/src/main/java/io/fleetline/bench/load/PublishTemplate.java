package io.fleetline.bench.load;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.Arrays;
import java.util.List;

/**
 * A publish frame of lane 0 whose items stay the same while its numbers change: the items are encoded once, so that the
 * load costs little of the CPU that is to be measured elsewhere.
 */
final class PublishTemplate {
    private static final int ARRAY_OF_FIVE = 0x85;
    private static final int WIDEST_NUMBER = 9;

    private final int count;
    /** The encoded items with their head: the end of every frame. */
    private final byte[] items;

    PublishTemplate(List<? extends Item> items) {
        byte[] whole = FrameEncoder.encode(new DeviceFrame.Publish(Lane.NORMAL, 1, 0, List.copyOf(items)));
        // Five heads of one byte each stand before the items' own: array, type, lane, from, acked.
        this.items = Arrays.copyOfRange(whole, 5, whole.length);
        this.count = items.size();
    }

    /** How many items each frame has. */
    int count() {
        return count;
    }

    /** The frame that goes on at this number. */
    byte[] frame(long from, long acked) {
        byte[] head = new byte[3 + 2 * WIDEST_NUMBER];
        head[0] = (byte) ARRAY_OF_FIVE;
        head[1] = DeviceFrame.Publish.TYPE;
        head[2] = (byte) Lane.NORMAL.number();
        int length = number(head, number(head, 3, from), acked);
        byte[] frame = Arrays.copyOf(head, length + items.length);
        System.arraycopy(items, 0, frame, length, items.length);
        return frame;
    }

    /** Writes a CBOR unsigned integer with the shortest head; returns the index behind. */
    private static int number(byte[] target, int at, long value) {
        if (value < 24) {
            target[at] = (byte) value;
            return at + 1;
        }
        int width = value < 1 << 8 ? 1 : value < 1 << 16 ? 2 : value < 1L << 32 ? 4 : 8;
        target[at] = (byte) (24 + Integer.numberOfTrailingZeros(width));
        for (int i = 0; i < width; i++) {
            target[at + 1 + i] = (byte) (value >>> (8 * (width - 1 - i)));
        }
        return at + 1 + width;
    }
}
