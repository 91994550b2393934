package io.fleetline.protocol.cbor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads numbers in network byte order, and several bytes at once where looking at each would take longer. */
final class Words {
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Words() {}

    static int shortAt(byte[] array, int pos) {
        return (short) SHORTS.get(array, pos) & 0xffff;
    }

    static long intAt(byte[] array, int pos) {
        return (int) INTS.get(array, pos) & 0xffff_ffffL;
    }

    /** Eight bytes. */
    static long at(byte[] array, int pos) {
        return (long) LONGS.get(array, pos);
    }

    /** Fewer than eight bytes, followed by zeros. */
    static long first(byte[] array, int pos, int bytes) {
        if (bytes == 0) {
            return 0;
        }
        if (pos <= array.length - Long.BYTES) {
            // Reads on past their end, and looks away from what it found there.
            return at(array, pos) & (-1L << (64 - 8 * bytes));
        }
        long word = 0;
        for (int i = 0; i < bytes; i++) {
            word |= (array[pos + i] & 0xffL) << (56 - 8 * i);
        }
        return word;
    }

    /** A number of 1, 2, 4 or 8 bytes; one of 8 is unsigned too. */
    static long number(byte[] array, int pos, int bytes) {
        return switch (bytes) {
            case 1 -> array[pos] & 0xff;
            case 2 -> shortAt(array, pos);
            case 4 -> intAt(array, pos);
            default -> at(array, pos);
        };
    }
}
