package io.fleetline.protocol.cbor;

import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ProtocolLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the envelope of a frame from front to back, and demands the definite lengths and shortest heads that it is written
 * in. Each method names the field that is due, for the message if it is not there. Not thread-safe.
 */
final class Cursor {
    private static final int UNSIGNED = 0;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int INDEFINITE = 31;

    private static final String[] KINDS = {
        "an unsigned integer",
        "a negative integer",
        "a byte string",
        "a text string",
        "an array",
        "a map",
        "a tagged item",
        "a simple or floating-point value"
    };

    /** Channels come again and again: their strings are kept, by a cheap hash of their bytes. */
    private static final int RECENT = 64;

    private static final int MAX_RECENT_BYTES = ProtocolLimits.MAX_CHANNEL_CHARS;

    private static final byte[] NOTHING = {};

    /** Made when it is first needed: record headers never do. */
    private @Nullable BodyWalk walk;

    private byte[][] recentBytes = {};
    private String[] recentTexts = {};

    private byte[] array = NOTHING;
    private int start;
    private int pos;
    private int end;

    void begin(byte[] bytes, int from, int length) {
        array = bytes;
        start = from;
        pos = from;
        end = from + length;
    }

    /** Forgets the bytes, which belong to someone else by now. */
    void forget() {
        begin(NOTHING, 0, 0);
    }

    int position() {
        return pos - start;
    }

    int remaining() {
        return end - pos;
    }

    /** The head of an array; returns how many elements it has. */
    int array(String field, int least) throws FrameException {
        int at = position();
        long count = argument(ARRAY, field);
        if (Long.compareUnsigned(count, remaining()) > 0) {
            throw tooLong(field, at, count);
        }
        if (count < least) {
            throw FrameException.violation(
                    at, field + " has " + count + (count == 1 ? " element" : " elements") + ", not at least " + least);
        }
        return (int) count;
    }

    /** The head of a map; returns how many pairs it has. */
    int map(String field) throws FrameException {
        int at = position();
        long count = argument(MAP, field);
        if (Long.compareUnsigned(count, remaining() / 2) > 0) {
            throw tooLong(field, at, count);
        }
        return (int) count;
    }

    /** An unsigned integer, 0 to 2^53 − 1. */
    long number(String field) throws FrameException {
        int at = position();
        long value = argument(UNSIGNED, field);
        if (value < 0 || value > ProtocolLimits.MAX_NUMBER) {
            throw FrameException.violation(
                    at,
                    field + " is " + Long.toUnsignedString(value) + ", not within 0 to " + ProtocolLimits.MAX_NUMBER);
        }
        return value;
    }

    /** A text string of at most so many bytes. */
    String text(String field, int mostBytes) throws FrameException {
        int length = textHead(field, mostBytes);
        String text = text(field, pos, length);
        pos += length;
        return text;
    }

    /** A text string that is likely to have come before. */
    String recurringText(String field) throws FrameException {
        int length = textHead(field, MAX_RECENT_BYTES);
        int from = pos;
        pos += length;
        if (length == 0) {
            return "";
        }
        if (recentTexts.length == 0) {
            recentBytes = new byte[RECENT][];
            recentTexts = new String[RECENT];
            Arrays.fill(recentBytes, NOTHING);
            Arrays.fill(recentTexts, "");
        }
        int slot = (31 * length + 17 * array[from + length / 2] + array[from + length - 1]) & (RECENT - 1);
        byte[] seen = recentBytes[slot];
        if (!Arrays.equals(seen, 0, seen.length, array, from, from + length)) {
            recentTexts[slot] = text(field, from, length);
            recentBytes[slot] = Arrays.copyOfRange(array, from, from + length);
        }
        return recentTexts[slot];
    }

    private int textHead(String field, int mostBytes) throws FrameException {
        int at = position();
        long length = argument(TEXT, field);
        if (Long.compareUnsigned(length, remaining()) > 0) {
            throw tooLong(field, at, length);
        }
        if (length > mostBytes) {
            throw FrameException.violation(at, field + " has " + length + " bytes, not at most " + mostBytes);
        }
        return (int) length;
    }

    private String text(String field, int from, int length) throws FrameException {
        int invalid = Utf8.firstInvalid(array, from, from + length);
        if (invalid >= 0) {
            throw FrameException.violation(invalid - start, field + " is not valid UTF-8");
        }
        return new String(array, from, length, StandardCharsets.UTF_8);
    }

    /** Any item, as it is; what is wrong with it is noted in the payload. */
    Payload payload() throws FrameException {
        int from = pos;
        skip();
        return Payload.wrap(array, from, pos - from, walk().fault());
    }

    /** A map with text keys, as it is: encoded as its sender likes, but without fault. */
    Payload textMap(String field) throws FrameException {
        int from = pos;
        faultless(field);
        int initial = array[from] & 0xff;
        if (initial >>> 5 != MAP) {
            throw FrameException.violation(position(), field + " is " + KINDS[initial >>> 5] + ", not " + KINDS[MAP]);
        }
        Payload map = payload();
        int info = initial & 0x1f;
        int last = info == INDEFINITE ? pos - 1 : pos;
        int at = from + (info < 24 || info == INDEFINITE ? 1 : 1 + (1 << (info - 24)));
        while (at < last) {
            int keyType = (array[at] & 0xff) >>> 5;
            if (keyType != TEXT) {
                throw FrameException.violation(
                        at - start, "a key in " + field + " is " + KINDS[keyType] + ", not " + KINDS[TEXT]);
            }
            at = walk().walk(array, walk().walk(array, at, last), last);
        }
        return map;
    }

    /** Steps over any item. */
    void skip() throws FrameException {
        int from = pos;
        try {
            pos = walk().walk(array, from, end);
        } catch (FrameException e) {
            throw e.shiftedBy(from - start);
        }
    }

    /** Steps over so many items. */
    void skip(int items) throws FrameException {
        for (int i = 0; i < items; i++) {
            skip();
        }
    }

    /** Looks at the item that is due, without stepping over it, and demands that it has no fault; returns its bytes. */
    int faultless(String field) throws FrameException {
        int from = pos;
        skip();
        Optional<BodyFault> fault = walk().fault();
        if (fault.isPresent()) {
            throw FrameException.violation(
                    from - start + fault.get().offset(),
                    field + " is not acceptable: " + fault.get().kind());
        }
        int bytes = pos - from;
        pos = from;
        return bytes;
    }

    /** Demands that nothing follows. */
    void end() throws FrameException {
        if (pos != end) {
            throw FrameException.malformed(position(), remaining() + " bytes follow the frame's item");
        }
    }

    private BodyWalk walk() {
        BodyWalk made = walk;
        if (made == null) {
            made = new BodyWalk();
            walk = made;
        }
        return made;
    }

    private long argument(int majorType, String field) throws FrameException {
        if (pos >= end) {
            throw FrameException.malformed(position(), "the bytes end where " + field + " is due");
        }
        int initial = array[pos] & 0xff;
        if (initial >>> 5 != majorType) {
            throw FrameException.violation(
                    position(), field + " is " + KINDS[initial >>> 5] + ", not " + KINDS[majorType]);
        }
        int info = initial & 0x1f;
        if (info < 24) {
            pos++;
            return info;
        }
        return longArgument(majorType, field, info);
    }

    private long longArgument(int majorType, String field, int info) throws FrameException {
        int at = position();
        if (info == INDEFINITE && majorType != UNSIGNED) {
            throw FrameException.violation(
                    at, field + " has an indefinite length; the envelope is of definite lengths");
        }
        if (info >= 28) {
            throw FrameException.malformed(at, "additional information " + info + " where " + field + " is due");
        }
        int width = 1 << (info - 24);
        if (remaining() <= width) {
            throw FrameException.malformed(at, "the bytes end within " + field);
        }
        long value = Words.number(array, pos + 1, width);
        if (Long.compareUnsigned(value, least(width)) < 0) {
            throw FrameException.violation(
                    at, field + " says " + value + " in " + width + " bytes; the envelope is of shortest heads");
        }
        pos += 1 + width;
        return value;
    }

    /** The least argument that needs so many bytes. */
    private static long least(int width) {
        return switch (width) {
            case 1 -> 24;
            case 2 -> 0x100;
            case 4 -> 0x1_0000;
            default -> 0x1_0000_0000L;
        };
    }

    private FrameException tooLong(String field, int at, long length) {
        return FrameException.malformed(
                at,
                field + " has a length of " + Long.toUnsignedString(length) + " where only " + remaining()
                        + " bytes remain");
    }
}
