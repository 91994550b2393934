package io.fleetline.protocol.cbor;

import io.fleetline.protocol.ProtocolLimits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The keys of the maps that a walk is inside of, to notice one that comes twice. The first few keys of a map are compared
 * with each other, which is quickest for maps as devices send them; from {@value #FEW} on they go to one hash table for
 * all maps of the item. {@link BodyWalk} says which keys are the same. Not thread-safe.
 */
final class SeenKeys {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** How many keys of a map are compared with each other. */
    static final int FEW = 8;

    /** The number of keys that the table has room for without allocation; more room goes as soon as it is not needed. */
    private static final int KEPT_KEYS = 1024;

    private static final int SPILLED = -1;
    private static final int LEVELS = ProtocolLimits.MAX_BODY_NESTING + 1;
    private static final byte BREAK = (byte) 0xff;

    private final SipHash hash;

    /** For each level: how many keys its map has had, or {@link #SPILLED} if they are in the table. */
    private final int[] few = new int[LEVELS];

    private final long[] fewPrints = new long[LEVELS * FEW];
    private final int[] fewFrom = new int[LEVELS * FEW];
    private final int[] fewTo = new int[LEVELS * FEW];

    /** The keys in the table, in the order in which they came: map, extent and hash of each. */
    private int keys;

    private int[] keyMap = {};
    private int[] keyFrom = {};
    private int[] keyTo = {};
    private int[] keyHash = {};

    /** Open addressing: one more than the key's index, or 0; the part that is in use has a power of two slots. */
    private int[] slots = {};

    private int slotMask;

    SeenKeys(SipHash hash) {
        this.hash = hash;
    }

    /** Forgets all keys. */
    void clear() {
        if (keys != 0) {
            keys = 0;
            if (keyMap.length > KEPT_KEYS) {
                resize(0);
                slots = new int[0];
            }
        }
    }

    /** A map begins at this level, 1 to 16. */
    void enter(int level) {
        few[level] = 0;
    }

    /**
     * Takes in a key.
     *
     * @param level the map's level
     * @param map where the map begins: its name among the item's maps
     * @return false if the map has that key already
     */
    boolean add(int level, int map, byte[] array, int from, int to) {
        int count = few[level];
        if (count != SPILLED) {
            boolean chunked = isChunked(array[from]);
            if (count < FEW && !chunked) {
                return addToFew(level, count, array, from, to);
            }
            spill(level, map, array);
        }
        return addToTable(map, array, from, to);
    }

    private boolean addToFew(int level, int count, byte[] array, int from, int to) {
        int first = level * FEW;
        long print = print(array, from, to);
        for (int i = first; i < first + count; i++) {
            if (fewPrints[i] == print && same(array, fewFrom[i], fewTo[i], from, to)) {
                return false;
            }
        }
        fewPrints[first + count] = print;
        fewFrom[first + count] = from;
        fewTo[first + count] = to;
        few[level] = count + 1;
        return true;
    }

    /** A cheap value that is the same for keys that are the same; chunked strings have none. */
    private static long print(byte[] array, int from, int to) {
        int initial = array[from] & 0xff;
        int majorType = initial >>> 5;
        int info = initial & 0x1f;
        return switch (majorType) {
            case 0, 1 -> valueOf(array, from) ^ (long) majorType << 61;
            case 2, 3 -> {
                int content = from + headBytes(info);
                yield print(majorType, array, content, to - content);
            }
            case 7 -> info >= 25 ? floatBits(array, from) : initial;
            default -> print(majorType, array, from, to - from);
        };
    }

    private static long print(int majorType, byte[] array, int from, int length) {
        long ends;
        if (length >= Long.BYTES) {
            ends = (long) LONGS.get(array, from)
                    ^ Long.rotateLeft((long) LONGS.get(array, from + length - Long.BYTES), 29);
        } else if (length >= Integer.BYTES) {
            ends = (long) (int) INTS.get(array, from) << 32
                    ^ ((int) INTS.get(array, from + length - Integer.BYTES) & 0xffff_ffffL);
        } else {
            ends = 0;
            for (int i = from; i < from + length; i++) {
                ends = ends << 8 | array[i];
            }
        }
        return ends ^ (long) (length << 3 | majorType) << 48;
    }

    private void spill(int level, int map, byte[] array) {
        if (keys == 0) {
            useSlots(4 * FEW);
        }
        int first = level * FEW;
        int count = few[level];
        few[level] = SPILLED;
        for (int i = first; i < first + count; i++) {
            addToTable(map, array, fewFrom[i], fewTo[i]);
        }
    }

    private boolean addToTable(int map, byte[] array, int from, int to) {
        int itsHash = hash(map, array, from, to);
        int slot = itsHash & slotMask;
        for (int key = slots[slot]; key != 0; key = slots[slot]) {
            int i = key - 1;
            if (keyHash[i] == itsHash && keyMap[i] == map && same(array, keyFrom[i], keyTo[i], from, to)) {
                return false;
            }
            slot = (slot + 1) & slotMask;
        }
        if (keys == keyMap.length) {
            resize(Math.max(8 * FEW, 2 * keys));
        }
        keyMap[keys] = map;
        keyFrom[keys] = from;
        keyTo[keys] = to;
        keyHash[keys] = itsHash;
        keys++;
        slots[slot] = keys;
        if (2 * keys > slotMask) {
            useSlots(4 * (slotMask + 1));
            for (int i = 0; i < keys; i++) {
                int free = keyHash[i] & slotMask;
                while (slots[free] != 0) {
                    free = (free + 1) & slotMask;
                }
                slots[free] = i + 1;
            }
        }
        return true;
    }

    private void useSlots(int count) {
        if (slots.length < count) {
            slots = new int[count];
        } else {
            Arrays.fill(slots, 0, count, 0);
        }
        slotMask = count - 1;
    }

    private void resize(int room) {
        keyMap = Arrays.copyOf(keyMap, room);
        keyFrom = Arrays.copyOf(keyFrom, room);
        keyTo = Arrays.copyOf(keyTo, room);
        keyHash = Arrays.copyOf(keyHash, room);
    }

    private int hash(int map, byte[] array, int from, int to) {
        int initial = array[from] & 0xff;
        int majorType = initial >>> 5;
        int info = initial & 0x1f;
        hash.begin().add((long) map << 3 | majorType);
        switch (majorType) {
            case 0, 1 -> hash.add(valueOf(array, from));
            case 2, 3 -> {
                if (isChunked(array[from])) {
                    for (int at = from + 1; array[at] != BREAK; at = chunkEnd(array, at)) {
                        hash.add(array, chunkContent(array, at), chunkEnd(array, at));
                    }
                } else {
                    hash.add(array, from + headBytes(info), to);
                }
            }
            case 7 -> hash.add(info >= 25 ? floatBits(array, from) : initial);
            default -> hash.add(array, from, to);
        }
        return (int) hash.end();
    }

    private static boolean same(byte[] array, int from, int to, int otherFrom, int otherTo) {
        int initial = array[from] & 0xff;
        int otherInitial = array[otherFrom] & 0xff;
        int majorType = initial >>> 5;
        if (otherInitial >>> 5 != majorType) {
            return false;
        }
        int info = initial & 0x1f;
        int otherInfo = otherInitial & 0x1f;
        return switch (majorType) {
            case 0, 1 -> valueOf(array, from) == valueOf(array, otherFrom);
            case 2, 3 ->
                (isChunked(array[from]) || isChunked(array[otherFrom]))
                        ? sameContent(array, from, to, otherFrom, otherTo)
                        : Arrays.equals(
                                array, from + headBytes(info), to, array, otherFrom + headBytes(otherInfo), otherTo);
            case 7 ->
                (info >= 25 && otherInfo >= 25)
                        ? floatBits(array, from) == floatBits(array, otherFrom)
                        : Arrays.equals(array, from, to, array, otherFrom, otherTo);
            default -> Arrays.equals(array, from, to, array, otherFrom, otherTo);
        };
    }

    /** Compares two strings of which at least one is chunked. */
    private static boolean sameContent(byte[] array, int from, int to, int otherFrom, int otherTo) {
        int chunk = firstChunk(array, from);
        int pos = chunk;
        int end = chunk;
        int otherChunk = firstChunk(array, otherFrom);
        int otherPos = otherChunk;
        int otherEnd = otherChunk;
        int last = lastChunk(array, from, to);
        int otherLast = lastChunk(array, otherFrom, otherTo);
        while (true) {
            while (pos == end && end < last) {
                pos = chunkContent(array, end);
                end = chunkEnd(array, end);
            }
            while (otherPos == otherEnd && otherEnd < otherLast) {
                otherPos = chunkContent(array, otherEnd);
                otherEnd = chunkEnd(array, otherEnd);
            }
            int length = Math.min(end - pos, otherEnd - otherPos);
            if (length == 0) {
                return pos == end && otherPos == otherEnd;
            }
            if (!Arrays.equals(array, pos, pos + length, array, otherPos, otherPos + length)) {
                return false;
            }
            pos += length;
            otherPos += length;
        }
    }

    /** Where the first chunk's head stands; a string that is not chunked is its own only chunk. */
    private static int firstChunk(byte[] array, int from) {
        return isChunked(array[from]) ? from + 1 : from;
    }

    /** Where the last chunk ends. */
    private static int lastChunk(byte[] array, int from, int to) {
        return isChunked(array[from]) ? to - 1 : to;
    }

    private static int chunkContent(byte[] array, int at) {
        return at + headBytes(array[at] & 0x1f);
    }

    private static int chunkEnd(byte[] array, int at) {
        return chunkContent(array, at) + (int) valueOf(array, at);
    }

    private static boolean isChunked(byte initial) {
        return initial == 0x5f || initial == 0x7f;
    }

    private static int headBytes(int info) {
        return info < 24 ? 1 : 1 + (1 << (info - 24));
    }

    private static long valueOf(byte[] array, int at) {
        int info = array[at] & 0x1f;
        return info < 24 ? info : BodyWalk.argument(array, at + 1, 1 << (info - 24));
    }

    /** The number as the bits of a double, so that the same number has the same bits whatever its width. */
    private static long floatBits(byte[] array, int at) {
        long bits = valueOf(array, at);
        return switch (array[at] & 0x1f) {
            case 25 -> Double.doubleToLongBits(HalfPrecision.toDouble((int) bits));
            case 26 -> Double.doubleToLongBits(Float.intBitsToFloat((int) bits));
            default -> Double.doubleToLongBits(Double.longBitsToDouble(bits));
        };
    }
}
