package io.fleetline.device;

import io.fleetline.protocol.ProtocolLimits;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes a body piece by piece, without building maps and lists first. Every method returns this writer, so that calls
 * can be chained:
 *
 * <pre>{@code
 * Body.write(w -> w.startMap()
 *         .put("celsius", 21.5)
 *         .key("samples").startList().value(3).value(4).endList()
 *         .endMap());
 * }</pre>
 *
 * <p>Not thread-safe; valid only within the call that it was handed to. Any method throws {@link IllegalStateException}
 * where what it writes may not stand, such as a value without a key in a map, or where maps and lists nest deeper than
 * 16.
 */
public final class BodyWriter {
    // Major types and simple values of RFC 8949 section 3.
    private static final int UNSIGNED = 0x00;
    private static final int NEGATIVE = 0x20;
    private static final int BYTES = 0x40;
    private static final int TEXT = 0x60;
    private static final int TAG = 0xc0;
    private static final int OPEN_LIST = 0x9f;
    private static final int OPEN_MAP = 0xbf;
    private static final int END = 0xff;
    private static final int FALSE = 0xf4;
    private static final int TRUE = 0xf5;
    private static final int NULL = 0xf6;
    private static final int SINGLE = 0xfa;
    private static final int DOUBLE = 0xfb;
    private static final int TAG_DATE_TIME = 0;
    private static final int TAG_POSITIVE_BIGNUM = 2;
    private static final int TAG_NEGATIVE_BIGNUM = 3;

    /** What the innermost open map or list expects, or the body itself. */
    private enum Expects {
        BODY,
        NOTHING,
        ELEMENT,
        KEY,
        VALUE
    }

    private final Expects[] expects = new Expects[ProtocolLimits.MAX_BODY_NESTING + 1];
    private int depth;
    private byte[] bytes = new byte[128];
    private int length;

    BodyWriter() {
        expects[0] = Expects.BODY;
    }

    /** Begins a map: keys and values by turns, up to {@link #endMap}. */
    public BodyWriter startMap() {
        return start(OPEN_MAP, Expects.KEY);
    }

    /** Ends the map that was begun last. */
    public BodyWriter endMap() {
        return end(Expects.KEY, "map");
    }

    /** Begins a list. */
    public BodyWriter startList() {
        return start(OPEN_LIST, Expects.ELEMENT);
    }

    /** Ends the list that was begun last. */
    public BodyWriter endList() {
        return end(Expects.ELEMENT, "list");
    }

    /** Writes the key of the next value of a map. */
    public BodyWriter key(String key) {
        if (expects[depth] != Expects.KEY) {
            throw new IllegalStateException("key \"" + key + "\" where " + expected() + " is expected");
        }
        expects[depth] = Expects.VALUE;
        return text(key);
    }

    /** Writes a whole number. */
    public BodyWriter value(long value) {
        beginValue();
        return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
    }

    /** Writes a number, in 4 bytes where that loses nothing and in 8 otherwise. */
    public BodyWriter value(double value) {
        beginValue();
        float single = (float) value;
        if (Double.compare(single, value) == 0) {
            append(SINGLE);
            return bigEndian(Float.floatToIntBits(single), 4);
        }
        append(DOUBLE);
        return bigEndian(Double.doubleToLongBits(value), 8);
    }

    /** Writes a text. */
    public BodyWriter value(String value) {
        beginValue();
        return text(value);
    }

    /** Writes true or false. */
    public BodyWriter value(boolean value) {
        beginValue();
        return append(value ? TRUE : FALSE);
    }

    /** Writes a byte string. */
    public BodyWriter value(byte[] value) {
        beginValue();
        return head(BYTES, value.length).append(value);
    }

    /** Writes a whole number of any size. */
    public BodyWriter value(BigInteger value) {
        if (value.bitLength() < Long.SIZE) {
            return value(value.longValue());
        }
        beginValue();
        boolean negative = value.signum() < 0;
        byte[] magnitude = (negative ? value.not() : value).toByteArray();
        int from = magnitude[0] == 0 ? 1 : 0;
        return head(TAG, negative ? TAG_NEGATIVE_BIGNUM : TAG_POSITIVE_BIGNUM)
                .head(BYTES, magnitude.length - from)
                .append(Arrays.copyOfRange(magnitude, from, magnitude.length));
    }

    /** Writes a moment as a date and time text (RFC 8949 section 3.4.1). */
    public BodyWriter value(Instant value) {
        beginValue();
        return head(TAG, TAG_DATE_TIME).text(value.toString());
    }

    /** Writes CBOR's null. */
    public BodyWriter nothing() {
        beginValue();
        return append(NULL);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, long value) {
        return key(key).value(value);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, double value) {
        return key(key).value(value);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, String value) {
        return key(key).value(value);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, boolean value) {
        return key(key).value(value);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, byte[] value) {
        return key(key).value(value);
    }

    /** The bytes, once one whole value was written. */
    byte[] finish() {
        if (expects[depth] != Expects.NOTHING) {
            throw new IllegalStateException("the body ends where " + expected() + " is expected");
        }
        return Arrays.copyOf(bytes, length);
    }

    private void beginValue() {
        switch (expects[depth]) {
            case BODY -> expects[depth] = Expects.NOTHING;
            case VALUE -> expects[depth] = Expects.KEY;
            case ELEMENT -> {
                // A list has any number of them.
            }
            case KEY, NOTHING -> throw new IllegalStateException("a value where " + expected() + " is expected");
        }
    }

    private BodyWriter start(int opening, Expects first) {
        beginValue();
        if (depth == ProtocolLimits.MAX_BODY_NESTING) {
            throw new IllegalStateException("maps and lists nest deeper than " + ProtocolLimits.MAX_BODY_NESTING);
        }
        expects[++depth] = first;
        return append(opening);
    }

    private BodyWriter end(Expects whole, String what) {
        if (expects[depth] != whole) {
            throw new IllegalStateException("the end of a " + what + " where " + expected() + " is expected");
        }
        depth--;
        return append(END);
    }

    private String expected() {
        return switch (expects[depth]) {
            case BODY -> "a body";
            case NOTHING -> "nothing more";
            case ELEMENT -> "an element or the end of the list";
            case KEY -> "a key or the end of the map";
            case VALUE -> "the key's value";
        };
    }

    private BodyWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return head(TEXT, utf8.length).append(utf8);
    }

    private BodyWriter head(int major, long argument) {
        if (argument < 24) {
            return append(major | (int) argument);
        }
        int size = argument < 1L << 8 ? 1 : argument < 1L << 16 ? 2 : argument < 1L << 32 ? 4 : 8;
        append(major | 24 + Integer.numberOfTrailingZeros(size));
        return bigEndian(argument, size);
    }

    private BodyWriter bigEndian(long value, int size) {
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
            append((int) (value >>> shift));
        }
        return this;
    }

    private BodyWriter append(int unsignedByte) {
        room(1);
        bytes[length++] = (byte) unsignedByte;
        return this;
    }

    private BodyWriter append(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
