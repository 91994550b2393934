package io.fleetline.protocol.cbor;

import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.ProtocolLimits;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link BodyWalk} does, written a second time the obvious way: recursive, allocating, with sets of decoded keys (RFC
 * 8949 appendix C and section 5.6). The walk is held against it.
 */
final class ReferenceWalk {
    private final byte[] array;
    private final int to;
    private int pos;
    private BodyFault fault;
    private boolean exotic;

    private ReferenceWalk(byte[] array, int to) {
        this.array = array;
        this.to = to;
    }

    /**
     * What came out.
     *
     * @param end the index behind the item, or −1 if it is not well-formed
     * @param fault its first fault
     * @param exotic whether it has something that Jackson reads otherwise or not at all
     */
    record Outcome(int end, Optional<BodyFault> fault, boolean exotic) {}

    static Outcome walk(byte[] array, int to) {
        ReferenceWalk walk = new ReferenceWalk(array, to);
        try {
            walk.item(1, false);
            return new Outcome(walk.pos, Optional.ofNullable(walk.fault), walk.exotic);
        } catch (NotWellFormed e) {
            return new Outcome(-1, Optional.empty(), walk.exotic);
        }
    }

    private static final class NotWellFormed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Reads an item at this depth and returns a value that equals that of another item if the two are the same as keys. */
    private Object item(int depth, boolean key) {
        int start = pos;
        int initial = next();
        int majorType = initial >>> 5;
        int info = initial & 0x1f;
        BigInteger argument = BigInteger.valueOf(info);
        if (info >= 24 && info < 28) {
            argument = new BigInteger(1, take(1 << (info - 24)));
        } else if (info >= 28 && info < 31) {
            throw new NotWellFormed();
        }
        boolean endless = info == 31;
        if (endless && (majorType < 2 || majorType > 5)) {
            throw new NotWellFormed();
        }
        switch (majorType) {
            case 0, 1 -> {
                exotic |= key && argument.bitLength() > 63;
                return majorType == 0 ? argument : argument.not();
            }
            case 2, 3 -> {
                exotic |= key && majorType == 2;
                return List.of(majorType, endless ? chunks(majorType) : string(majorType, argument));
            }
            case 4, 5, 6 -> {
                exotic |= key;
                if (depth > ProtocolLimits.MAX_NESTING) {
                    throw new NotWellFormed();
                }
                if (depth > ProtocolLimits.MAX_BODY_NESTING) {
                    found(BodyFault.Kind.TOO_DEEP, start);
                }
                if (majorType == 6) {
                    exotic |= !Set.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.valueOf(1000))
                            .contains(argument);
                    item(depth + 1, false);
                } else {
                    inside(majorType, endless, argument, depth);
                }
                return hex(start);
            }
            default -> {
                exotic |= key || (info < 20 || info == 24);
                if (info == 24 && argument.intValue() < 32) {
                    throw new NotWellFormed();
                }
                return switch (info) {
                    case 25 -> HalfPrecision.toDouble(argument.intValue());
                    case 26 -> (double) Float.intBitsToFloat(argument.intValue());
                    case 27 -> Double.longBitsToDouble(argument.longValue());
                    default -> hex(start);
                };
            }
        }
    }

    private void inside(int majorType, boolean endless, BigInteger count, int depth) {
        Set<Object> keys = new HashSet<>();
        for (BigInteger i = BigInteger.ZERO; endless ? !atBreak() : i.compareTo(count) < 0; i = i.add(BigInteger.ONE)) {
            if (majorType == 5) {
                int keyStart = pos;
                if (!keys.add(item(depth + 1, true))) {
                    found(BodyFault.Kind.DUPLICATE_KEY, keyStart);
                }
            }
            item(depth + 1, false);
        }
    }

    private String string(int majorType, BigInteger length) {
        if (length.compareTo(BigInteger.valueOf(to - pos)) > 0) {
            throw new NotWellFormed();
        }
        int start = pos;
        byte[] content = take(length.intValue());
        if (majorType == 3) {
            ByteBuffer in = ByteBuffer.wrap(content);
            if (StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(in, CharBuffer.allocate(content.length), true)
                    .isError()) {
                found(BodyFault.Kind.BAD_UTF8, start + in.position());
            }
        }
        return new String(content, StandardCharsets.ISO_8859_1);
    }

    private String chunks(int majorType) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        while (!atBreak()) {
            if (pos < to && ((array[pos] & 0xff) >>> 5 != majorType || (array[pos] & 0x1f) == 31)) {
                throw new NotWellFormed();
            }
            List<?> chunk = (List<?>) item(1, false);
            joined.writeBytes(((String) chunk.get(1)).getBytes(StandardCharsets.ISO_8859_1));
        }
        return joined.toString(StandardCharsets.ISO_8859_1);
    }

    private boolean atBreak() {
        if (pos < to && array[pos] == (byte) 0xff) {
            pos++;
            return true;
        }
        return false;
    }

    private int next() {
        return take(1)[0] & 0xff;
    }

    private byte[] take(int bytes) {
        if (to - pos < bytes) {
            throw new NotWellFormed();
        }
        pos += bytes;
        return Arrays.copyOfRange(array, pos - bytes, pos);
    }

    private String hex(int start) {
        return new String(array, start, pos - start, StandardCharsets.ISO_8859_1);
    }

    private void found(BodyFault.Kind kind, int at) {
        if (fault == null) {
            fault = new BodyFault(kind, at);
        }
    }
}
