package io.fleetline.device.internal.log;

import java.util.zip.CRC32C;

/**
 * A record in a segment: marker 1, type 1, length of the payload as a varint, CRC32C 4, payload. The checksum covers the
 * segment's salt and the record's offset too, so that nothing that an earlier life of the file left behind passes for a
 * record of this one. Not thread-safe.
 */
final class RecordCodec {
    /** Type 0 does not occur, so that what was never written is no record. */
    static final int MIN_HEADER_BYTES = 1 + 1 + 1 + 4;

    static final int MAX_PAYLOAD_BYTES = (1 << 21) - 1;

    private final CRC32C crc = new CRC32C();
    private final byte[] salted = new byte[12];
    private byte marker;

    /** A codec for records of the segment with this salt. */
    RecordCodec(long salt) {
        use(salt);
    }

    void use(long salt) {
        for (int i = 0; i < 8; i++) {
            salted[i] = (byte) (salt >>> (8 * i));
        }
        marker = (byte) (salt | 1);
    }

    static int headerBytes(int payload) {
        return 1 + 1 + Varint.bytes(payload) + 4;
    }

    /** Writes the header of a payload that stands behind it already. */
    void seal(byte[] target, int at, int type, int payload, int offsetInSegment) {
        target[at] = marker;
        target[at + 1] = (byte) type;
        int end = Varint.write(target, at + 2, payload);
        int sum = sum(target, at + 1, end - at - 1, end + 4, payload, offsetInSegment);
        target[end] = (byte) (sum >>> 24);
        target[end + 1] = (byte) (sum >>> 16);
        target[end + 2] = (byte) (sum >>> 8);
        target[end + 3] = (byte) sum;
    }

    /**
     * Checks whether a good record begins here.
     *
     * @return the length of its payload, −1 if none begins here
     */
    int check(byte[] source, int at, int end, int offsetInSegment) {
        if (at + MIN_HEADER_BYTES > end || source[at] != marker || source[at + 1] == 0) {
            return -1;
        }
        int length = source[at + 2] & 0x7f;
        int next = at + 3;
        if (source[at + 2] < 0) {
            length |= (source[next] & 0x7f) << 7;
            if (source[next++] < 0) {
                if (source[next] < 0) {
                    return -1;
                }
                length |= source[next++] << 14;
            }
        }
        if (next + 4 > end || length > end - next - 4) {
            return -1;
        }
        int sum = sum(source, at + 1, next - at - 1, next + 4, length, offsetInSegment);
        boolean good = source[next] == (byte) (sum >>> 24)
                && source[next + 1] == (byte) (sum >>> 16)
                && source[next + 2] == (byte) (sum >>> 8)
                && source[next + 3] == (byte) sum;
        return good ? length : -1;
    }

    private int sum(byte[] bytes, int head, int headLength, int payload, int payloadLength, int offsetInSegment) {
        for (int i = 0; i < 4; i++) {
            salted[8 + i] = (byte) (offsetInSegment >>> (8 * i));
        }
        crc.reset();
        crc.update(salted, 0, salted.length);
        crc.update(bytes, head, headLength);
        crc.update(bytes, payload, payloadLength);
        return (int) crc.getValue();
    }
}
