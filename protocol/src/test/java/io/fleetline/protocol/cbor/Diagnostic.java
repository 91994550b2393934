package io.fleetline.protocol.cbor;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes CBOR in the diagnostic notation of RFC 8949 section 8, with an encoding indicator wherever a head or a
 * floating-point number is not in its shortest form. Shares no code with the codec that it helps to test.
 */
final class Diagnostic {
    private final ByteBuffer bytes;

    private Diagnostic(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    static String of(byte[] bytes) {
        Diagnostic diagnostic = new Diagnostic(bytes);
        String text = diagnostic.item();
        if (diagnostic.bytes.hasRemaining()) {
            throw new IllegalArgumentException(diagnostic.bytes.remaining() + " bytes follow " + text);
        }
        return text;
    }

    private String item() {
        int initial = bytes.get() & 0xff;
        int info = initial & 0x1f;
        boolean endless = info == 31;
        long argument = switch (info) {
            case 24 -> bytes.get() & 0xff;
            case 25 -> bytes.getShort() & 0xffff;
            case 26 -> bytes.getInt() & 0xffff_ffffL;
            case 27 -> bytes.getLong();
            default -> info;
        };
        String mark = endless ? "_" : isShortest(info, argument) ? "" : "_" + (info - 24);
        return switch (initial >>> 5) {
            case 0 -> Long.toUnsignedString(argument) + mark;
            case 1 -> negative(argument) + mark;
            case 2 -> endless ? chunks("''_") : "h'" + HexFormat.of().formatHex(take(argument)) + "'" + mark;
            case 3 -> endless ? chunks("\"\"_") : quoted(take(argument)) + mark;
            case 4 -> "[" + inside(endless, argument, mark, false) + "]";
            case 5 -> "{" + inside(endless, argument, mark, true) + "}";
            case 6 -> Long.toUnsignedString(argument) + mark + "(" + item() + ")";
            default -> simple(info, argument);
        };
    }

    private String inside(boolean endless, long count, String mark, boolean pairs) {
        List<String> parts = new ArrayList<>();
        while (endless ? !atBreak() : parts.size() < count) {
            String part = item();
            parts.add(pairs ? part + ": " + item() : part);
        }
        return (mark.isEmpty() ? "" : mark + " ") + String.join(", ", parts);
    }

    private String chunks(String none) {
        List<String> chunks = new ArrayList<>();
        while (!atBreak()) {
            chunks.add(item());
        }
        return chunks.isEmpty() ? none : "(_ " + String.join(", ", chunks) + ")";
    }

    private boolean atBreak() {
        if (bytes.get(bytes.position()) == (byte) 0xff) {
            bytes.get();
            return true;
        }
        return false;
    }

    private byte[] take(long length) {
        byte[] taken = new byte[Math.toIntExact(length)];
        bytes.get(taken);
        return taken;
    }

    private static String quoted(byte[] utf8) {
        try {
            return JsonText.write(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }

    private static String negative(long argument) {
        return new java.math.BigInteger(Long.toUnsignedString(argument)).not().toString();
    }

    private static String simple(int info, long argument) {
        return switch (info) {
            case 20 -> "false";
            case 21 -> "true";
            case 22 -> "null";
            case 23 -> "undefined";
            case 25 -> number(half((int) argument), 1);
            case 26 -> number(Float.intBitsToFloat((int) argument), 2);
            case 27 -> number(Double.longBitsToDouble(argument), 3);
            default -> "simple(" + argument + ")";
        };
    }

    private static String number(double value, int width) {
        int least = 3;
        if (Double.isNaN(value) || Double.isInfinite(value) || isHalf(value)) {
            least = 1;
        } else if ((float) value == value) {
            least = 2;
        }
        return value + (width == least ? "" : "_" + width);
    }

    private static boolean isHalf(double value) {
        for (int bits = 0; bits < 0x1_0000; bits++) {
            if (half(bits) == value) {
                return true;
            }
        }
        return false;
    }

    /** As RFC 8949 appendix D does it. */
    private static double half(int bits) {
        int exponent = bits >> 10 & 0x1f;
        double mantissa = bits & 0x3ff;
        double value = exponent == 0
                ? mantissa * 0x1p-24
                : exponent == 31
                        ? (mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                        : (mantissa + 1024) * Math.pow(2, exponent - 25);
        return (bits & 0x8000) != 0 ? -value : value;
    }

    private static boolean isShortest(int info, long argument) {
        return switch (info) {
            case 24 -> argument >= 24;
            case 25 -> argument >= 0x100;
            case 26 -> argument >= 0x1_0000;
            case 27 -> argument < 0 || argument >= 0x1_0000_0000L;
            default -> true;
        };
    }
}
