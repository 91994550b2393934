package io.fleetline.protocol.cbor;

import io.fleetline.protocol.Payload;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the parts of an envelope, with definite lengths and shortest heads, into an array that grows as needed. Not thread-safe. */
final class CborWriter {
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    static final int FALSE = 20;
    static final int TRUE = 21;
    static final int NULL = 22;
    static final int DATE_TIME = 0;
    static final int BIGNUM = 2;
    static final int NEGATIVE_BIGNUM = 3;

    private static final int MOST_HEAD_BYTES = 9;

    private byte[] array;
    private int pos;

    /** A writer with room for so many bytes; if it is exactly as many as will be written, none is copied. */
    CborWriter(int expectedBytes) {
        array = new byte[expectedBytes];
    }

    CborWriter array(int elements) {
        head(0x80, elements);
        return this;
    }

    CborWriter map(int pairs) {
        head(0xa0, pairs);
        return this;
    }

    CborWriter number(long value) {
        head(0, value);
        return this;
    }

    CborWriter text(String text) {
        if (!ascii(text)) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            head(0x60, utf8.length);
            room(utf8.length);
            System.arraycopy(utf8, 0, array, pos, utf8.length);
            pos += utf8.length;
        }
        return this;
    }

    /** Writes a text that is ASCII throughout, as nearly all are. Returns whether it is; if not, nothing is written. */
    boolean ascii(String text) {
        int before = pos;
        int length = text.length();
        head(0x60, length);
        room(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                pos = before;
                return false;
            }
            array[pos++] = (byte) c;
        }
        return true;
    }

    CborWriter item(Payload item) {
        room(item.length());
        item.copyTo(array, pos);
        pos += item.length();
        return this;
    }

    /** An integer of either sign. */
    CborWriter integer(long value) {
        return value < 0 ? integer(true, ~value) : integer(false, value);
    }

    /** A number of 64 bits and a sign: {@code argument}, or {@code −1 − argument}. */
    CborWriter integer(boolean negative, long argument) {
        head(negative ? 0x20 : 0, argument);
        return this;
    }

    /** A floating-point number, in the shortest form that is exactly this number. */
    CborWriter floatingPoint(double value) {
        int half = HalfPrecision.exactly(value);
        room(MOST_HEAD_BYTES);
        if (half >= 0) {
            array[pos] = (byte) 0xf9;
            SHORTS.set(array, pos + 1, (short) half);
            pos += 3;
        } else if ((float) value == value) {
            array[pos] = (byte) 0xfa;
            INTS.set(array, pos + 1, Float.floatToIntBits((float) value));
            pos += 5;
        } else {
            array[pos] = (byte) 0xfb;
            LONGS.set(array, pos + 1, Double.doubleToLongBits(value));
            pos += 9;
        }
        return this;
    }

    CborWriter byteString(byte[] content) {
        head(0x40, content.length);
        room(content.length);
        System.arraycopy(content, 0, array, pos, content.length);
        pos += content.length;
        return this;
    }

    CborWriter tag(int tag) {
        head(0xc0, tag);
        return this;
    }

    CborWriter simple(int value) {
        head(0xe0, value);
        return this;
    }

    /** What was written. */
    byte[] bytes() {
        return pos == array.length ? array : Arrays.copyOf(array, pos);
    }

    private void room(int bytes) {
        if (array.length - pos < bytes) {
            array = Arrays.copyOf(array, Math.max(pos + bytes, pos + (pos >> 1) + MOST_HEAD_BYTES));
        }
    }

    private void head(int majorType, long argument) {
        int bytes = CborSize.head(argument);
        room(bytes);
        switch (bytes) {
            case 1 -> array[pos++] = (byte) (majorType | argument);
            case 2 -> {
                array[pos] = (byte) (majorType | 24);
                array[pos + 1] = (byte) argument;
                pos += 2;
            }
            case 3 -> {
                array[pos] = (byte) (majorType | 25);
                SHORTS.set(array, pos + 1, (short) argument);
                pos += 3;
            }
            case 5 -> {
                array[pos] = (byte) (majorType | 26);
                INTS.set(array, pos + 1, (int) argument);
                pos += 5;
            }
            default -> {
                array[pos] = (byte) (majorType | 27);
                LONGS.set(array, pos + 1, argument);
                pos += 9;
            }
        }
    }
}
