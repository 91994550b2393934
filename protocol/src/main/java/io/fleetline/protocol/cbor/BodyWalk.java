package io.fleetline.protocol.cbor;

import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.ProtocolLimits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks one CBOR item without decoding it: one pass over its bytes, without recursion, and without allocation as long as
 * nothing is wrong with it and no map is very large.
 *
 * <p>An item must be well-formed (RFC 8949 section 5.3 and appendix C) and nest no deeper than
 * {@link ProtocolLimits#MAX_NESTING}; what is not ends the walk with a {@link FrameException}. Every length is compared
 * with the bytes that remain before anything else is done with it. Arrays, maps and tags each count as one level.
 *
 * <p>A well-formed item can still have a {@link BodyFault}: it nests deeper than {@link ProtocolLimits#MAX_BODY_NESTING},
 * has a text string that is not UTF-8 (each chunk of a chunked one for itself), or a map with the same key twice. Two
 * keys are the same if they are the same integer, the same text string, the same byte string (however long their heads
 * are, and however they are chunked) or the same floating-point number (whatever its
 * width; NaN is NaN); keys of all other kinds
 * (simple values, arrays, maps, tagged items) if they have the same bytes. An integer is never the same as a floating-point
 * number. The time taken is linear in the bytes, also for keys chosen to collide: large maps are hashed with a secret seed.
 *
 * <p>Not thread-safe. It keeps about 4 KiB of scratch space, and at most 52 KiB after a large map: one per thread is
 * better than one per connection.
 */
public final class BodyWalk {
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** How many items a container of indefinite length has left: never none, and even, as for a whole number of pairs. */
    private static final long ENDLESS = 1L << 62;

    private static final int NO_MAP = -1;
    private static final int INDEFINITE = 31;
    private static final int BREAK = 0xff;

    /** For each level above the current one: how many items it has left. In a map each key and each value is one. */
    private final long[] leftAt = new long[ProtocolLimits.MAX_NESTING + 1];

    /** For each level above the current one: where its map begins, or {@link #NO_MAP}. */
    private final int[] mapAt = new int[ProtocolLimits.MAX_NESTING + 1];

    /** For each level: where the key that is being read begins. */
    private final int[] keyAt = new int[ProtocolLimits.MAX_NESTING + 1];

    private final SeenKeys seenKeys;

    private int from;
    private BodyFault.@Nullable Kind faultKind;
    private int faultOffset;

    /** A walk whose hashes are seeded with this process's secret. */
    public BodyWalk() {
        this(new SeenKeys(SipHash.ofProcess()));
    }

    BodyWalk(SeenKeys seenKeys) {
        this.seenKeys = seenKeys;
    }

    /**
     * Walks one item.
     *
     * @param array holds the item; not changed, not kept
     * @param from where the item begins
     * @param to where the bytes end that it may take
     * @return the index behind the item's last byte
     * @throws FrameException with {@link io.fleetline.protocol.CloseReason#MALFORMED} if the item is not well-formed or too
     *     deep; its offset counts from {@code from}
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public int walk(byte[] array, int from, int to) throws FrameException {
        Objects.checkFromToIndex(from, to, array.length);
        this.from = from;
        faultKind = null;
        try {
            return pass(array, from, to);
        } finally {
            seenKeys.clear();
        }
    }

    private int pass(byte[] array, int from, int to) throws FrameException {
        int pos = from;
        int depth = 0;
        long left = 1;
        int map = NO_MAP;
        while (true) {
            if (pos >= to) {
                throw truncated(pos);
            }
            int at = pos;
            int initial = array[pos++] & 0xff;
            int info = initial & 0x1f;
            if (map != NO_MAP && (left & 1) == 0) {
                keyAt[depth] = at;
            }
            long argument = info;
            if (info >= 24) {
                if (info < 28) {
                    int width = 1 << (info - 24);
                    if (to - pos < width) {
                        throw truncated(at);
                    }
                    argument = argument(array, pos, width);
                    pos += width;
                } else if (info < INDEFINITE) {
                    throw malformed(at, "additional information " + info + " is reserved");
                }
            }

            int majorType = initial >>> 5;
            switch (majorType) {
                case 0, 1 -> {
                    if (info == INDEFINITE) {
                        throw malformed(at, "an integer of indefinite length");
                    }
                }
                case 2, 3 -> {
                    if (info == INDEFINITE) {
                        pos = chunks(array, pos, to, majorType);
                    } else {
                        if (Long.compareUnsigned(argument, to - pos) > 0) {
                            throw tooLong(at, argument, to - pos);
                        }
                        if (majorType == 3) {
                            checkUtf8(array, pos, pos + (int) argument);
                        }
                        pos += (int) argument;
                    }
                }
                case 4, 5, 6 -> {
                    if (depth == ProtocolLimits.MAX_NESTING) {
                        throw malformed(at, "nested deeper than " + ProtocolLimits.MAX_NESTING + " levels");
                    }
                    if (depth >= ProtocolLimits.MAX_BODY_NESTING) {
                        fault(BodyFault.Kind.TOO_DEEP, at);
                    }
                    long items = items(majorType, info, argument, at, to - pos);
                    if (items > 0) {
                        leftAt[depth] = left;
                        mapAt[depth] = map;
                        depth++;
                        left = items;
                        map = majorType == 5 ? at : NO_MAP;
                        if (map != NO_MAP && faultKind == null) {
                            seenKeys.enter(depth);
                        }
                        continue;
                    }
                }
                default -> {
                    if (info == 24 && argument < 32) {
                        throw malformed(at, "simple value " + argument + " in two bytes");
                    }
                    if (initial == BREAK) {
                        if (left < ENDLESS / 2 || (map != NO_MAP && (left & 1) != 0)) {
                            throw malformed(at, "a break where an item is due");
                        }
                        depth--;
                        left = leftAt[depth];
                        map = mapAt[depth];
                    }
                }
            }

            // An item ends here, and with it all containers that it was the last item of.
            while (true) {
                if (map != NO_MAP
                        && (left & 1) == 0
                        && faultKind == null
                        && !seenKeys.add(depth, map, array, keyAt[depth], pos)) {
                    fault(BodyFault.Kind.DUPLICATE_KEY, keyAt[depth]);
                }
                left--;
                if (left != 0) {
                    break;
                }
                if (depth == 0) {
                    return pos;
                }
                depth--;
                left = leftAt[depth];
                map = mapAt[depth];
            }
        }
    }

    /** What makes the item that was walked last unacceptable as an event's body; its offset counts from the item's start. */
    public Optional<BodyFault> fault() {
        BodyFault.Kind kind = faultKind;
        return kind == null ? Optional.empty() : Optional.of(new BodyFault(kind, faultOffset));
    }

    /** How many items a container has; those of an indefinite one are {@link #ENDLESS}. */
    private long items(int majorType, int info, long argument, int at, int remaining) throws FrameException {
        if (majorType == 6) {
            if (info == INDEFINITE) {
                throw malformed(at, "a tag of indefinite length");
            }
            return 1;
        }
        if (info == INDEFINITE) {
            return ENDLESS;
        }
        // Each item takes at least a byte: a count above what remains is refused before anyone believes it.
        int perEntry = majorType == 5 ? 2 : 1;
        if (Long.compareUnsigned(argument, remaining / perEntry) > 0) {
            throw tooLong(at, argument, remaining);
        }
        return argument * perEntry;
    }

    /** Steps over the chunks of a string of indefinite length, and its break; returns the index behind. */
    private int chunks(byte[] array, int first, int to, int majorType) throws FrameException {
        int pos = first;
        while (true) {
            if (pos >= to) {
                throw truncated(pos);
            }
            int at = pos;
            int initial = array[pos++] & 0xff;
            if (initial == BREAK) {
                return pos;
            }
            int info = initial & 0x1f;
            if (initial >>> 5 != majorType || info >= 28) {
                throw malformed(at, "a chunk that is no string of definite length of its string's type");
            }
            long length = info;
            if (info >= 24) {
                int width = 1 << (info - 24);
                if (to - pos < width) {
                    throw truncated(at);
                }
                length = argument(array, pos, width);
                pos += width;
            }
            if (Long.compareUnsigned(length, to - pos) > 0) {
                throw tooLong(at, length, to - pos);
            }
            if (majorType == 3) {
                checkUtf8(array, pos, pos + (int) length);
            }
            pos += (int) length;
        }
    }

    private void checkUtf8(byte[] array, int start, int end) {
        int invalid = faultKind == null ? Utf8.firstInvalid(array, start, end) : -1;
        if (invalid >= 0) {
            fault(BodyFault.Kind.BAD_UTF8, invalid);
        }
    }

    /** The first fault counts. From then on only well-formedness matters. */
    private void fault(BodyFault.Kind kind, int at) {
        if (faultKind == null) {
            faultKind = kind;
            faultOffset = at - from;
        }
    }

    static long argument(byte[] array, int pos, int width) {
        return switch (width) {
            case 1 -> array[pos] & 0xff;
            case 2 -> (short) SHORTS.get(array, pos) & 0xffff;
            case 4 -> (int) INTS.get(array, pos) & 0xffff_ffffL;
            default -> (long) LONGS.get(array, pos);
        };
    }

    private FrameException truncated(int at) {
        return malformed(at, "the bytes end within an item");
    }

    private FrameException tooLong(int at, long length, int remaining) {
        return malformed(
                at, "a length of " + Long.toUnsignedString(length) + " where only " + remaining + " bytes remain");
    }

    private FrameException malformed(int at, String message) {
        return FrameException.malformed(at - from, message);
    }
}
