package io.fleetline.protocol.cbor;

import io.fleetline.protocol.ProtocolLimits;
import java.util.Arrays;

/**
 * The keys of the maps that a walk is inside of, to notice one that comes twice. The first few keys of a map are compared
 * with each other, which is quickest for maps as devices send them; from {@value #FEW} on they go to one hash table for
 * all maps of the item. {@link MapKey} knows which keys are the same. Not thread-safe.
 */
final class SeenKeys {
    /** How many keys of a map are compared with each other. */
    static final int FEW = 8;

    /** The number of keys that the table has room for without allocation; more room goes as soon as it is not needed. */
    private static final int KEPT_KEYS = 1024;

    private static final int SPILLED = -1;

    /** 2^64 divided by the golden ratio: multiplied with it, numbers that differ little end in different top bits. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final SipHash hash;

    /** The extents of the first few keys of each map that the walk is inside of, a map after the one around it. */
    private final long[] few = new long[ProtocolLimits.MAX_BODY_NESTING * FEW];

    /** Of the innermost map: where its first few keys begin among {@link #few}. */
    private int base;

    /** Of the innermost map: how many keys it has had, or {@link #SPILLED} if they are in the table. */
    private int count;

    /** Of the innermost map: a bit for each key that it has had; one whose bit is not set is new. */
    private long bits;

    /** Of the maps around the innermost one. */
    private final int[] outerCount = new int[ProtocolLimits.MAX_BODY_NESTING + 1];

    private final long[] outerBits = new long[ProtocolLimits.MAX_BODY_NESTING + 1];

    /** The keys in the table, in the order in which they came: where each begins and ends, then its map and hash. */
    private long[] keyExtent = {};

    private long[] keyName = {};
    private int keys;

    /** Open addressing: one more than the key's index, or 0; the part that is in use has a power of two slots. */
    private int[] slots = {};

    private int slotMask;

    SeenKeys(SipHash hash) {
        this.hash = hash;
    }

    /** Forgets all keys. */
    void clear() {
        base = -FEW;
        if (keys != 0) {
            keys = 0;
            if (keyExtent.length > KEPT_KEYS) {
                resize(0);
                slots = new int[0];
            }
        }
    }

    /** A map begins, inside of those that have begun and not ended; there are at most {@link ProtocolLimits#MAX_BODY_NESTING}. */
    void enter() {
        base += FEW;
        int level = base / FEW;
        outerCount[level] = count;
        outerBits[level] = bits;
        count = 0;
        bits = 0;
    }

    /** The innermost map ends. */
    void leave() {
        int level = base / FEW;
        count = outerCount[level];
        bits = outerBits[level];
        base -= FEW;
    }

    /**
     * Takes in a key of the innermost map.
     *
     * @param map where the map begins: its name among the item's maps
     * @return false if the map has that key already
     */
    boolean add(int map, byte[] array, int from, int to) {
        if (count == SPILLED || MapKey.isChunked(array[from])) {
            spill(map, array);
            return addToTable(map, array, from, to);
        }
        return add(MapKey.print(array, from, to), map, array, from, to);
    }

    /** As above, for a key whose print is known. */
    boolean add(long print, int map, byte[] array, int from, int to) {
        int seen = count;
        if (seen == FEW || seen == SPILLED) {
            spill(map, array);
            return addToTable(map, array, from, to);
        }
        long bit = 1L << (((print ^ (print >>> 32)) * SPREAD) >>> 58);
        if ((bits & bit) != 0 && isAmongFew(array, from, to)) {
            return false;
        }
        bits |= bit;
        few[base + seen] = pair(from, to);
        count = seen + 1;
        return true;
    }

    private boolean isAmongFew(byte[] array, int from, int to) {
        for (int i = base; i < base + count; i++) {
            if (MapKey.same(array, high(few[i]), low(few[i]), from, to)) {
                return true;
            }
        }
        return false;
    }

    /** Moves the innermost map's keys to the table. */
    private void spill(int map, byte[] array) {
        if (count == SPILLED) {
            return;
        }
        if (keys == 0) {
            useSlots(4 * FEW);
        }
        for (int i = base; i < base + count; i++) {
            addToTable(map, array, high(few[i]), low(few[i]));
        }
        count = SPILLED;
    }

    private boolean addToTable(int map, byte[] array, int from, int to) {
        long name = pair(map, MapKey.hash(hash, map, array, from, to));
        int slot = freeSlotOrSame(name, array, from, to);
        if (slots[slot] != 0) {
            return false;
        }
        if (keys == keyExtent.length) {
            resize(Math.max(8 * FEW, 2 * keys));
        }
        keyExtent[keys] = pair(from, to);
        keyName[keys] = name;
        keys++;
        slots[slot] = keys;
        if (2 * keys > slotMask) {
            useSlots(4 * (slotMask + 1));
            for (int i = 0; i < keys; i++) {
                slots[freeSlot(keyName[i])] = i + 1;
            }
        }
        return true;
    }

    private int freeSlotOrSame(long name, byte[] array, int from, int to) {
        int slot = (int) name & slotMask;
        while (slots[slot] != 0) {
            int i = slots[slot] - 1;
            if (keyName[i] == name && MapKey.same(array, high(keyExtent[i]), low(keyExtent[i]), from, to)) {
                break;
            }
            slot = (slot + 1) & slotMask;
        }
        return slot;
    }

    private int freeSlot(long name) {
        int slot = (int) name & slotMask;
        while (slots[slot] != 0) {
            slot = (slot + 1) & slotMask;
        }
        return slot;
    }

    /** Makes so many slots, a power of two, and all of them free. */
    private void useSlots(int count) {
        if (slots.length < count) {
            slots = new int[count];
        } else {
            Arrays.fill(slots, 0, count, 0);
        }
        slotMask = count - 1;
    }

    private void resize(int room) {
        keyExtent = Arrays.copyOf(keyExtent, room);
        keyName = Arrays.copyOf(keyName, room);
    }

    private static long pair(int high, int low) {
        return (long) high << 32 | (low & 0xffff_ffffL);
    }

    private static int high(long pair) {
        return (int) (pair >>> 32);
    }

    private static int low(long pair) {
        return (int) pair;
    }
}
