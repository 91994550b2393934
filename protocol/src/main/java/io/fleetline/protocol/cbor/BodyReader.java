package io.fleetline.protocol.cbor;

import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.Payload;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one CBOR item into Java values. A walk goes first, which leaves nothing to be checked and bounds the recursion.
 * Used once.
 */
final class BodyReader {
    private static final int INDEFINITE = 31;
    private static final int BREAK = 0xff;
    private static final int BYTES = 2;
    private static final int TEXT = 3;

    private final byte[] array;
    private int pos;

    private BodyReader(byte[] array, int pos) {
        this.array = array;
        this.pos = pos;
    }

    /**
     * Reads a body.
     *
     * @throws IllegalArgumentException if it is not one well-formed item
     */
    static BodyReader of(Payload body) {
        Optional<BodyFault> unused = walk(body);
        return ofWalked(body.array(), body.offset());
    }

    /** Reads the item that begins at this byte, of a body that was walked. */
    static BodyReader ofWalked(byte[] array, int pos) {
        return new BodyReader(array, pos);
    }

    /**
     * What is wrong with a well-formed body, if anything.
     *
     * @throws IllegalArgumentException if it is not one well-formed item
     */
    static Optional<BodyFault> walk(Payload body) {
        int end = body.offset() + body.length();
        BodyWalk walk = new BodyWalk();
        try {
            int walked = walk.walk(body.array(), body.offset(), end);
            if (walked != end) {
                throw new IllegalArgumentException("the body's item is followed by " + (end - walked) + " bytes");
            }
        } catch (FrameException e) {
            throw new IllegalArgumentException("the body is not well-formed: " + e.getMessage(), e);
        }
        return walk.fault();
    }

    /** Behind what was read. */
    int pos() {
        return pos;
    }

    @Nullable Object read() {
        int initial = array[pos++] & 0xff;
        int majorType = initial >>> 5;
        int info = initial & 0x1f;
        long argument = info;
        if (info >= 24 && info != INDEFINITE) {
            int width = 1 << (info - 24);
            argument = Words.number(array, pos, width);
            pos += width;
        }
        boolean indefinite = info == INDEFINITE;
        return switch (majorType) {
            case 0 -> integer(argument, false);
            case 1 -> integer(argument, true);
            case BYTES -> string(argument, indefinite);
            case TEXT -> new String(string(argument, indefinite), StandardCharsets.UTF_8);
            case 4 -> list(argument, indefinite);
            case 5 -> map(argument, indefinite);
            case 6 -> tagged(argument);
            default ->
                info == 20 || info == 21 ? (Object) (info == 21) : info >= 25 ? floatingPoint(info, argument) : null;
        };
    }

    private static Number integer(long argument, boolean negative) {
        if (argument >= 0) {
            return negative ? ~argument : argument;
        }
        BigInteger big = new BigInteger(Long.toUnsignedString(argument));
        return negative ? big.not() : big;
    }

    private byte[] string(long length, boolean indefinite) {
        if (!indefinite) {
            pos += (int) length;
            return Arrays.copyOfRange(array, pos - (int) length, pos);
        }
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        while (!atBreak()) {
            int info = array[pos++] & 0x1f;
            int chunk = info;
            if (info >= 24) {
                int width = 1 << (info - 24);
                chunk = (int) Words.number(array, pos, width);
                pos += width;
            }
            chunks.write(array, pos, chunk);
            pos += chunk;
        }
        return chunks.toByteArray();
    }

    private List<@Nullable Object> list(long elements, boolean indefinite) {
        List<@Nullable Object> list = new ArrayList<>();
        while (indefinite ? !atBreak() : list.size() < elements) {
            list.add(read());
        }
        return list;
    }

    private Map<String, @Nullable Object> map(long pairs, boolean indefinite) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (long pair = 0; indefinite ? !atBreak() : pair < pairs; pair++) {
            map.put(key(), read());
        }
        return map;
    }

    /** Lists and maps become their own bytes: as JSON inside JSON, each level would double the backslashes of those below. */
    private String key() {
        int start = pos;
        Object key = read();
        if (key instanceof String text) {
            return text;
        }
        return JsonText.writeKey(
                key instanceof List || key instanceof Map ? Arrays.copyOfRange(array, start, pos) : key);
    }

    private @Nullable Object tagged(long tag) {
        Object content = read();
        if (content instanceof byte[] bytes && (tag == CborWriter.BIGNUM || tag == CborWriter.NEGATIVE_BIGNUM)) {
            BigInteger number = new BigInteger(1, bytes);
            BigInteger signed = tag == CborWriter.BIGNUM ? number : number.not();
            return signed.bitLength() < Long.SIZE ? (Object) signed.longValue() : signed;
        }
        return content;
    }

    static double floatingPoint(int info, long bits) {
        return switch (info) {
            case 25 -> HalfPrecision.toDouble((int) bits);
            case 26 -> Float.intBitsToFloat((int) bits);
            default -> Double.longBitsToDouble(bits);
        };
    }

    private boolean atBreak() {
        if ((array[pos] & 0xff) == BREAK) {
            pos++;
            return true;
        }
        return false;
    }
}
