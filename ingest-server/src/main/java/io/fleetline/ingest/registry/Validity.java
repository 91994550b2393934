package io.fleetline.ingest.registry;

/**
 * From when to when a credential is good.
 *
 * @param fromMillis the first moment, Unix time in ms; 0 for since ever
 * @param untilMillis the first moment at which it is good no more, Unix time in ms; 0 for without an end
 */
public record Validity(long fromMillis, long untilMillis) {
    /** Without beginning and end. */
    public static final Validity ALWAYS = new Validity(0, 0);

    /**
     * Checks both ends.
     *
     * @throws IllegalArgumentException if it is negative or ends before it begins
     */
    public Validity {
        if (fromMillis < 0 || untilMillis < 0 || (untilMillis != 0 && untilMillis <= fromMillis)) {
            throw new IllegalArgumentException(
                    "a credential cannot be valid from " + fromMillis + " until " + untilMillis + " (Unix ms)");
        }
    }

    /** These ends, without an object of its own for what nearly all credentials have. */
    public static Validity of(long fromMillis, long untilMillis) {
        return fromMillis == 0 && untilMillis == 0 ? ALWAYS : new Validity(fromMillis, untilMillis);
    }

    /** Whether this moment, Unix time in ms, is within. */
    public boolean contains(long unixMillis) {
        return unixMillis >= fromMillis && (untilMillis == 0 || unixMillis < untilMillis);
    }

    /** The earlier of the two ends, 0 if neither ends. */
    public static long earlier(long untilMillis, long otherMillis) {
        if (untilMillis == 0 || otherMillis == 0) {
            return Math.max(untilMillis, otherMillis);
        }
        return Math.min(untilMillis, otherMillis);
    }
}
