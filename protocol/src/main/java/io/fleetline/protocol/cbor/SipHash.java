package io.fleetline.protocol.cbor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-1-3 (Aumasson and Bernstein, 2012; the variant with one and three rounds): a hash whose collisions cannot be
 * chosen by someone who does not know the key. Fed in blocks of eight bytes and in runs of bytes; how the bytes were cut into runs does not
 * matter. Not thread-safe.
 */
final class SipHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Chance, once per process: nothing but the order within a table depends on it. */
    private static final long[] PROCESS_KEY = {new SecureRandom().nextLong(), new SecureRandom().nextLong()};

    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long tail;
    private int length;

    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** A hash with the key that this process made when it started. */
    static SipHash ofProcess() {
        return new SipHash(PROCESS_KEY[0], PROCESS_KEY[1]);
    }

    /** Begins anew. */
    SipHash begin() {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
        tail = 0;
        length = 0;
        return this;
    }

    /** Takes in eight bytes, the lowest first. Only before any run that is no multiple of eight bytes. */
    SipHash add(long block) {
        v3 ^= block;
        round();
        v0 ^= block;
        length += Long.BYTES;
        return this;
    }

    /** Takes in a run of bytes. */
    SipHash add(byte[] array, int from, int to) {
        int pos = from;
        while (pos < to && (length & 7) != 0) {
            add(array[pos++]);
        }
        for (; pos <= to - Long.BYTES; pos += Long.BYTES) {
            add((long) LONGS.get(array, pos));
        }
        while (pos < to) {
            add(array[pos++]);
        }
        return this;
    }

    private void add(byte value) {
        tail |= (value & 0xffL) << (8 * (length & 7));
        length++;
        if ((length & 7) == 0) {
            long block = tail;
            tail = 0;
            length -= Long.BYTES;
            add(block);
        }
    }

    /** The hash of all that was taken in since it began. */
    long end() {
        long block = tail | (long) length << 56;
        v3 ^= block;
        round();
        v0 ^= block;
        v2 ^= 0xff;
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
