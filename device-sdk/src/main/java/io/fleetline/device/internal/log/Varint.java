package io.fleetline.device.internal.log;

/** Unsigned numbers in groups of seven bits, the lowest first; the top bit of a byte says that another follows. */
public final class Varint {
    /** The most bytes that a number takes. */
    public static final int MAX_BYTES = 10;

    private Varint() {}

    /** Writes a number. Returns the offset behind it. */
    public static int write(byte[] target, int at, long value) {
        int end = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[end++] = (byte) rest;
        return end;
    }

    /** How many bytes a number takes. */
    public static int bytes(long value) {
        return value == 0 ? 1 : (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7;
    }

    /** Reads numbers one after the other from part of an array. */
    public static final class Reader {
        private final byte[] source;
        private final int end;
        private int at;

        /** A reader of this part. */
        public Reader(byte[] source, int offset, int length) {
            this.source = source;
            this.at = offset;
            this.end = offset + length;
        }

        /**
         * The next number.
         *
         * @throws IllegalStateException if the part ends before the number does, or the number has more than 63 bits
         */
        public long next() {
            long value = 0;
            for (int shift = 0; shift < 63; shift += 7) {
                if (at == end) {
                    throw new IllegalStateException("a number is cut off at byte " + at);
                }
                byte b = source[at++];
                value |= (b & 0x7fL) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            throw new IllegalStateException("a number before byte " + at + " has more than 63 bits");
        }

        /** Where the next number would begin. */
        public int at() {
            return at;
        }
    }
}
