package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.GapReason;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The little CBOR (RFC 8949 section 3) that the outbox writes and reads itself, so that it can keep items as bytes. */
final class CborHead {
    static final int UNSIGNED = 0;
    static final int TEXT = 3;
    static final int ARRAY = 4;

    /** The kind of an item that is an event, its first element. */
    private static final int EVENT = 0;

    private static final int GAP = 1;

    private CborHead() {}

    /** Writes the shortest head of this major type and argument. Returns the offset behind it. */
    static int write(byte[] target, int at, int major, long argument) {
        int type = major << 5;
        if (argument < 24) {
            target[at] = (byte) (type | argument);
            return at + 1;
        }
        int size = argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : argument < 0x1_0000_0000L ? 4 : 8;
        target[at] = (byte) (type | (24 + Integer.numberOfTrailingZeros(size)));
        for (int i = 0; i < size; i++) {
            target[at + 1 + i] = (byte) (argument >>> (8 * (size - 1 - i)));
        }
        return at + 1 + size;
    }

    /** A gap as an item on the wire: {@code [1, to, reason]}. */
    static byte[] gap(long to, GapReason reason) {
        byte[] item = new byte[12];
        int at = write(item, 0, ARRAY, 3);
        at = write(item, at, UNSIGNED, GAP);
        at = write(item, at, UNSIGNED, to);
        at = write(item, at, UNSIGNED, reason.code());
        return java.util.Arrays.copyOf(item, at);
    }

    /** The channel of an encoded event, {@code [0, channel, …]}; nothing for another kind of item. */
    static Optional<String> channel(byte[] item) {
        if (item.length < 4 || (item[0] & 0xff) >> 5 != ARRAY || item[1] != EVENT || (item[2] & 0xff) >> 5 != TEXT) {
            return Optional.empty();
        }
        int additional = item[2] & 0x1f;
        int length = additional < 24 ? additional : item[3] & 0xff; // a channel has at most 128 characters, all ASCII
        int from = additional < 24 ? 3 : 4;
        return additional > 24 || from + length > item.length
                ? Optional.empty()
                : Optional.of(new String(item, from, length, StandardCharsets.US_ASCII));
    }
}
