package io.fleetline.backend.filter;

import java.util.Arrays;

/** The fingerprints of the last events of a stream's current run, each in the slot of its number. */
final class Fingerprints {
    private static final int NONE = 0;

    private final int[] slots;

    /** @param count a power of two, or 0 to remember nothing */
    Fingerprints(int count) {
        this.slots = new int[count];
    }

    void remember(long number, int fingerprint) {
        if (slots.length > 0) {
            slots[slot(number)] = kept(fingerprint);
        }
    }

    /** Forgets what stood in the slots of numbers that no event was delivered under. */
    void skip(long from, long to) {
        long lowest = Math.max(from, to - slots.length + 1);
        for (long number = lowest; number <= to; number++) {
            slots[slot(number)] = NONE;
        }
    }

    void clear() {
        Arrays.fill(slots, NONE);
    }

    /** Whether this number, not far below {@code next}, was delivered with another fingerprint. */
    boolean contradicts(long number, long next, int fingerprint) {
        if (number >= next || number < next - slots.length) {
            return false;
        }
        int there = slots[slot(number)];
        return there != NONE && there != kept(fingerprint);
    }

    /** Writes those of the numbers below {@code next}, the lowest first. */
    void writeTo(StateWriter state, long next) {
        int count = (int) Math.min(slots.length, next - 1);
        state.number(count);
        for (long number = next - count; number < next; number++) {
            state.fourBytes(slots[slot(number)]);
        }
    }

    /** Reads what was written, of which there may be more or less than room now. */
    static Fingerprints readFrom(StateReader state, long next, int room) {
        Fingerprints fingerprints = new Fingerprints(room);
        int count = state.count();
        for (long number = next - count; number < next; number++) {
            int fingerprint = state.fourBytes();
            if (number >= next - room) {
                fingerprints.slots[fingerprints.slot(number)] = fingerprint;
            }
        }
        return fingerprints;
    }

    private int slot(long number) {
        return (int) number & (slots.length - 1);
    }

    private static int kept(int fingerprint) {
        return fingerprint == NONE ? 1 : fingerprint;
    }
}
