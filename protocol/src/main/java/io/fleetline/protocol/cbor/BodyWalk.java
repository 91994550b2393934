package io.fleetline.protocol.cbor;

import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.ProtocolLimits;
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
 * are, and however they are chunked) or the same floating-point number (whatever its width; NaN is NaN); keys of all other
 * kinds (simple values, arrays, maps, tagged items) if they have the same bytes. An integer is never the same as a
 * floating-point number. The time taken is linear in the bytes, also for keys chosen to collide: large maps are hashed with
 * a secret seed.
 *
 * <p>Not thread-safe. It keeps about 4 KiB of scratch space, and at most 52 KiB after a large map: one per thread is
 * better than one per connection.
 */
public final class BodyWalk {
    /** How many items a container of indefinite length has left: never none, and even, as for a whole number of pairs. */
    private static final long ENDLESS = 1L << 62;

    private static final int NO_MAP = -1;
    private static final int TEXT = 3;
    private static final int MAP = 5;
    private static final int TAG = 6;
    private static final int INDEFINITE = 31;

    /** The first byte of a text string, less its length if that is below 24. */
    private static final int SHORT_TEXT = 0x60;

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

    /** What makes the item that was walked last unacceptable as an event's body; its offset counts from the item's start. */
    public Optional<BodyFault> fault() {
        BodyFault.Kind kind = faultKind;
        return kind == null ? Optional.empty() : Optional.of(new BodyFault(kind, faultOffset));
    }

    /** One long method, so that where the walk is stays in registers: nothing else on a node's hot path looks at each byte. */
    private int pass(byte[] array, int from, int to) throws FrameException {
        int pos = from;
        int depth = 0;
        long left = 1;
        int map = NO_MAP;
        while (pos < to) {
            int at = pos;
            int initial = array[pos++] & 0xff;
            if (map != NO_MAP && (left & 1) == 0) {
                if (initial > SHORT_TEXT && initial < SHORT_TEXT + 24 && faultKind == null) {
                    // By far the most common key, a short text, has a path of its own: half of the walk's time is keys.
                    pos = shortTextKey(array, at, to, map);
                    left--;
                    continue;
                }
                keyAt[depth] = at;
            }
            if (initial >= 24) {
                int info = initial & 0x1f;
                long argument = info;
                if (info >= 24) {
                    // Branches that are foreseen are quicker than a width that has to be worked out before it is known
                    // where to read on.
                    if (info == 24) {
                        need(1, pos, to, at);
                        argument = array[pos] & 0xff;
                        pos++;
                    } else if (info == 25) {
                        need(2, pos, to, at);
                        argument = Words.shortAt(array, pos);
                        pos += 2;
                    } else if (info == 26) {
                        need(4, pos, to, at);
                        argument = Words.intAt(array, pos);
                        pos += 4;
                    } else if (info == 27) {
                        need(8, pos, to, at);
                        argument = Words.at(array, pos);
                        pos += 8;
                    } else if (info < INDEFINITE) {
                        throw malformed(at, "additional information " + info + " is reserved");
                    }
                }
                switch (initial >>> 5) {
                    case 0, 1 -> {
                        if (info == INDEFINITE) {
                            throw malformed(at, "an integer of indefinite length");
                        }
                    }
                    case 2, 3 -> {
                        if (info == INDEFINITE) {
                            pos = chunks(array, pos, to, initial >>> 5);
                        } else {
                            if (argument < 0 || argument > to - pos) {
                                throw tooLong(at, argument, to - pos);
                            }
                            int end = pos + (int) argument;
                            if (initial >= 0x60) {
                                checkUtf8(array, pos, end);
                            }
                            pos = end;
                        }
                    }
                    case 4, 5, 6 -> {
                        long items = items(initial, argument, at, to - pos, depth);
                        if (items > 0) {
                            leftAt[depth] = left;
                            mapAt[depth] = map;
                            depth++;
                            left = items;
                            map = initial >>> 5 == MAP ? at : NO_MAP;
                            if (map != NO_MAP && faultKind == null) {
                                seenKeys.enter();
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
                            leave(map);
                            map = mapAt[depth];
                        }
                    }
                }
            }
            // An item ends here, and with it all containers that it was the last item of.
            if (map != NO_MAP && (left & 1) == 0) {
                checkKey(array, depth, map, pos);
            }
            left--;
            while (left == 0) {
                if (depth == 0) {
                    return pos;
                }
                depth--;
                left = leftAt[depth];
                leave(map);
                map = mapAt[depth];
                if (map != NO_MAP && (left & 1) == 0) {
                    checkKey(array, depth, map, pos);
                }
                left--;
            }
        }
        throw truncated(pos);
    }

    private void leave(int map) {
        if (map != NO_MAP && faultKind == null) {
            seenKeys.leave();
        }
    }

    private void need(int bytes, int pos, int to, int at) throws FrameException {
        if (to - pos < bytes) {
            throw truncated(at);
        }
    }

    private void checkKey(byte[] array, int depth, int map, int end) {
        if (faultKind == null && !seenKeys.add(map, array, keyAt[depth], end)) {
            fault(BodyFault.Kind.DUPLICATE_KEY, keyAt[depth]);
        }
    }

    private int shortTextKey(byte[] array, int at, int to, int map) throws FrameException {
        int length = array[at] - SHORT_TEXT;
        int content = at + 1;
        int end = content + length;
        if (end > to) {
            throw tooLong(at, length, to - content);
        }
        long first;
        long last;
        if (length < Long.BYTES) {
            first = Words.first(array, content, length);
            last = 0;
        } else {
            first = Words.at(array, content);
            last = Words.at(array, end - Long.BYTES);
        }
        if (length > 2 * Long.BYTES || !Utf8.isAscii(first | last)) {
            checkUtf8(array, content, end);
        }
        if (faultKind == null && !seenKeys.add(MapKey.print(TEXT, first, last, length), map, array, at, end)) {
            fault(BodyFault.Kind.DUPLICATE_KEY, at);
        }
        return end;
    }

    /** How many items the container has that begins here; one of indefinite length has {@link #ENDLESS}. */
    private long items(int initial, long argument, int at, int remaining, int depth) throws FrameException {
        if (depth == ProtocolLimits.MAX_NESTING) {
            throw malformed(at, "nested deeper than " + ProtocolLimits.MAX_NESTING + " levels");
        }
        if (depth >= ProtocolLimits.MAX_BODY_NESTING) {
            fault(BodyFault.Kind.TOO_DEEP, at);
        }
        boolean indefinite = (initial & 0x1f) == INDEFINITE;
        int majorType = initial >>> 5;
        if (majorType == TAG) {
            if (indefinite) {
                throw malformed(at, "a tag of indefinite length");
            }
            return 1;
        }
        if (indefinite) {
            return ENDLESS;
        }
        // Each item takes at least a byte: a count above what remains is refused before anyone believes it.
        int perEntry = majorType == MAP ? 2 : 1;
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
                length = Words.number(array, pos, width);
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
