package io.fleetline.protocol.cbor;

import io.fleetline.protocol.ProtocolLimits;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes Java values as one CBOR item. Used once. */
final class BodyWriter {
    private static final BigInteger MOST_UNSIGNED = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final BigInteger LEAST_NEGATIVE = MOST_UNSIGNED.not();

    private final CborWriter writer = new CborWriter(128);

    byte[] write(@Nullable Object value) {
        write(value, 0, Path.ROOT);
        return writer.bytes();
    }

    private void write(@Nullable Object value, int depth, Path path) {
        if (value == null) {
            writer.simple(CborWriter.NULL);
        } else if (value instanceof Boolean flag) {
            writer.simple(flag ? CborWriter.TRUE : CborWriter.FALSE);
        } else if (value instanceof String text) {
            writeText(text, path);
        } else if (value instanceof Double number) {
            writer.floatingPoint(number);
        } else if (value instanceof Float number) {
            writer.floatingPoint(number);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            writer.integer(((Number) value).longValue());
        } else if (value instanceof BigInteger number) {
            writeBig(number);
        } else if (value instanceof byte[] bytes) {
            writer.byteString(bytes);
        } else if (value instanceof Instant time) {
            writer.tag(CborWriter.DATE_TIME).text(time.toString());
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, depth, path);
        } else if (value instanceof Collection<?> list) {
            writeList(list, depth, path);
        } else {
            throw new IllegalArgumentException(
                    "a body cannot have the " + value.getClass().getName() + " at " + path);
        }
    }

    private void writeMap(Map<?, ?> map, int depth, Path path) {
        checkDepth(depth, path);
        writer.map(map.size());
        map.forEach((key, value) -> {
            if (!(key instanceof String text)) {
                throw new IllegalArgumentException(
                        "the map at " + path + " has the key " + key + ", which is not a String");
            }
            Path entry = new Path(path, text, -1);
            writeText(text, entry);
            write(value, depth + 1, entry);
        });
    }

    private void writeList(Collection<?> list, int depth, Path path) {
        checkDepth(depth, path);
        writer.array(list.size());
        int index = 0;
        for (Object element : list) {
            write(element, depth + 1, new Path(path, "", index));
            index++;
        }
    }

    private static void checkDepth(int depth, Path path) {
        if (depth == ProtocolLimits.MAX_BODY_NESTING) {
            throw new IllegalArgumentException(
                    "a body nests at most " + ProtocolLimits.MAX_BODY_NESTING + " deep, and more is at " + path);
        }
    }

    private void writeText(String text, Path path) {
        if (writer.ascii(text)) {
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    throw new IllegalArgumentException("the text at " + path + " has half of a surrogate pair at " + i);
                }
                i++;
            }
        }
        writer.text(text);
    }

    private void writeBig(BigInteger number) {
        boolean negative = number.signum() < 0;
        BigInteger argument = negative ? number.not() : number;
        if (number.compareTo(MOST_UNSIGNED) <= 0 && number.compareTo(LEAST_NEGATIVE) >= 0) {
            writer.integer(negative, argument.longValue());
        } else {
            byte[] bytes = argument.toByteArray();
            int sign = bytes[0] == 0 ? 1 : 0;
            writer.tag(negative ? CborWriter.NEGATIVE_BIGNUM : CborWriter.BIGNUM);
            writer.byteString(Arrays.copyOfRange(bytes, sign, bytes.length));
        }
    }

    /** Where in the value we are, for messages: {@code $.readings[3].unit}. */
    private record Path(@Nullable Path parent, String key, int index) {
        static final Path ROOT = new Path(null, "$", -1);

        @Override
        public String toString() {
            if (parent == null) {
                return key;
            }
            return index < 0 ? parent + "." + key : parent + "[" + index + "]";
        }
    }
}
