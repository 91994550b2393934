package io.fleetline.protocol.cbor;

import java.util.Arrays;

/**
 * When two keys of a map are the same, told from their bytes: integers by value, text and byte strings by content however
 * long their heads are and however they are chunked, floating-point numbers by value whatever their width (every NaN is one),
 * all others by their bytes.
 */
final class MapKey {
    private static final byte BREAK = (byte) 0xff;

    private MapKey() {}

    /** A cheap value that is the same for keys that are the same; chunked strings have none. */
    static long print(byte[] array, int from, int to) {
        int initial = array[from] & 0xff;
        int majorType = initial >>> 5;
        int info = initial & 0x1f;
        return switch (majorType) {
            case 0, 1 -> valueOf(array, from) ^ (long) majorType << 61;
            case 2, 3 -> {
                int content = from + headBytes(info);
                yield print(majorType, array, content, to - content);
            }
            case 7 -> info >= 25 ? floatBits(array, from) : initial;
            default -> print(majorType, array, from, to - from);
        };
    }

    private static long print(int majorType, byte[] array, int from, int length) {
        return length < Long.BYTES
                ? print(majorType, Words.first(array, from, length), 0, length)
                : print(majorType, Words.at(array, from), Words.at(array, from + length - Long.BYTES), length);
    }

    /** The print of a string, from the first eight bytes and the last eight; of a shorter one from all, and 0. */
    static long print(int majorType, long first, long last, int length) {
        return first ^ Long.rotateLeft(last, 29) ^ (length << 3 | majorType);
    }

    /** A hash that is the same for keys that are the same, and else by chance only; {@code map} goes into it. */
    static int hash(SipHash hash, int map, byte[] array, int from, int to) {
        int initial = array[from] & 0xff;
        int majorType = initial >>> 5;
        int info = initial & 0x1f;
        hash.begin().add((long) map << 3 | majorType);
        switch (majorType) {
            case 0, 1 -> hash.add(valueOf(array, from));
            case 2, 3 -> {
                if (isChunked(array[from])) {
                    for (int at = from + 1; array[at] != BREAK; at = chunkEnd(array, at)) {
                        hash.add(array, chunkContent(array, at), chunkEnd(array, at));
                    }
                } else {
                    hash.add(array, from + headBytes(info), to);
                }
            }
            case 7 -> hash.add(info >= 25 ? floatBits(array, from) : initial);
            default -> hash.add(array, from, to);
        }
        return (int) hash.end();
    }

    /** Whether the keys with these extents are the same. */
    static boolean same(byte[] array, int from, int to, int otherFrom, int otherTo) {
        int initial = array[from] & 0xff;
        int otherInitial = array[otherFrom] & 0xff;
        int majorType = initial >>> 5;
        if (otherInitial >>> 5 != majorType) {
            return false;
        }
        int info = initial & 0x1f;
        int otherInfo = otherInitial & 0x1f;
        return switch (majorType) {
            case 0, 1 -> valueOf(array, from) == valueOf(array, otherFrom);
            case 2, 3 ->
                (isChunked(array[from]) || isChunked(array[otherFrom]))
                        ? sameContent(array, from, to, otherFrom, otherTo)
                        : Arrays.equals(
                                array, from + headBytes(info), to, array, otherFrom + headBytes(otherInfo), otherTo);
            case 7 ->
                (info >= 25 && otherInfo >= 25)
                        ? floatBits(array, from) == floatBits(array, otherFrom)
                        : Arrays.equals(array, from, to, array, otherFrom, otherTo);
            default -> Arrays.equals(array, from, to, array, otherFrom, otherTo);
        };
    }

    /** Compares two strings of which at least one is chunked. */
    private static boolean sameContent(byte[] array, int from, int to, int otherFrom, int otherTo) {
        int chunk = firstChunk(array, from);
        int pos = chunk;
        int end = chunk;
        int otherChunk = firstChunk(array, otherFrom);
        int otherPos = otherChunk;
        int otherEnd = otherChunk;
        int last = lastChunk(array, from, to);
        int otherLast = lastChunk(array, otherFrom, otherTo);
        while (true) {
            while (pos == end && end < last) {
                pos = chunkContent(array, end);
                end = chunkEnd(array, end);
            }
            while (otherPos == otherEnd && otherEnd < otherLast) {
                otherPos = chunkContent(array, otherEnd);
                otherEnd = chunkEnd(array, otherEnd);
            }
            int length = Math.min(end - pos, otherEnd - otherPos);
            if (length == 0) {
                return pos == end && otherPos == otherEnd;
            }
            if (!Arrays.equals(array, pos, pos + length, array, otherPos, otherPos + length)) {
                return false;
            }
            pos += length;
            otherPos += length;
        }
    }

    /** Where the first chunk's head stands; a string that is not chunked is its own only chunk. */
    private static int firstChunk(byte[] array, int from) {
        return isChunked(array[from]) ? from + 1 : from;
    }

    /** Where the last chunk ends. */
    private static int lastChunk(byte[] array, int from, int to) {
        return isChunked(array[from]) ? to - 1 : to;
    }

    private static int chunkContent(byte[] array, int at) {
        return at + headBytes(array[at] & 0x1f);
    }

    private static int chunkEnd(byte[] array, int at) {
        return chunkContent(array, at) + (int) valueOf(array, at);
    }

    /** Whether a key that begins so is a string of indefinite length. */
    static boolean isChunked(byte initial) {
        return initial == 0x5f || initial == 0x7f;
    }

    private static int headBytes(int info) {
        return info < 24 ? 1 : 1 + (1 << (info - 24));
    }

    private static long valueOf(byte[] array, int at) {
        int info = array[at] & 0x1f;
        return info < 24 ? info : Words.number(array, at + 1, 1 << (info - 24));
    }

    /** The number as the bits of a double, so that the same number has the same bits whatever its width. */
    private static long floatBits(byte[] array, int at) {
        long bits = valueOf(array, at);
        return switch (array[at] & 0x1f) {
            case 25 -> Double.doubleToLongBits(HalfPrecision.toDouble((int) bits));
            case 26 -> Double.doubleToLongBits(Float.intBitsToFloat((int) bits));
            default -> Double.doubleToLongBits(Double.longBitsToDouble(bits));
        };
    }
}
