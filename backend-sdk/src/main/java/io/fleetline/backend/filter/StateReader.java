package io.fleetline.backend.filter;

import java.util.Arrays;

/** Reads what {@link StateWriter} wrote, and trusts none of it. */
final class StateReader {
    private final byte[] bytes;
    private int at;

    StateReader(byte[] bytes) {
        this.bytes = bytes;
    }

    int octet() {
        if (at >= bytes.length) {
            throw new FilterStateException("the filter's state ends after " + bytes.length + " bytes, too early");
        }
        return bytes[at++] & 0xff;
    }

    boolean flag() {
        int value = octet();
        if (value > 1) {
            throw new FilterStateException("byte " + (at - 1) + " of the filter's state is " + value + ", not 0 or 1");
        }
        return value == 1;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int octet = octet();
            value |= (long) (octet & 0x7f) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
        throw new FilterStateException("a number before byte " + at + " of the filter's state has more than 64 bits");
    }

    /** How many of something follow, each of which takes at least one byte. */
    int count() {
        long value = number();
        if (value < 0 || value > bytes.length - at) {
            throw new FilterStateException("the filter's state announces " + value + " entries before byte " + at
                    + ", and has " + (bytes.length - at) + " bytes left");
        }
        return (int) value;
    }

    int fourBytes() {
        return octet() << 24 | octet() << 16 | octet() << 8 | octet();
    }

    byte[] bytes() {
        int length = count();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    void end() {
        if (at != bytes.length) {
            throw new FilterStateException("the filter's state has " + (bytes.length - at) + " bytes too many");
        }
    }
}
