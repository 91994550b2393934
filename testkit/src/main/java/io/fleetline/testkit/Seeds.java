package io.fleetline.testkit;

import java.security.SecureRandom;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * Seeds for random tests. Each run has new ones, a failure says which, and {@code -Dfleetline.seed=N} plays that one alone
 * again.
 */
public final class Seeds {
    /** The system property that names the one seed to play. */
    public static final String PROPERTY = "fleetline.seed";

    private Seeds() {}

    /**
     * Runs a test once for each of so many seeds.
     *
     * @throws AssertionError if one of them fails, whatever it threw; names the seed
     */
    public static void forEach(int count, LongConsumer test) {
        String one = System.getProperty(PROPERTY);
        if (one != null) {
            play(Long.parseLong(one), test);
            return;
        }
        long first = new SecureRandom().nextLong() >>> 16;
        for (int i = 0; i < count; i++) {
            play(first + i, test);
        }
    }

    /**
     * The same on all processors, in no order. The test must not share anything that is not safe for that.
     *
     * @throws AssertionError if one of them fails, whatever it threw; names the seed
     */
    public static void forEachInParallel(int count, LongConsumer test) {
        String one = System.getProperty(PROPERTY);
        if (one != null) {
            play(Long.parseLong(one), test);
            return;
        }
        long first = new SecureRandom().nextLong() >>> 16;
        LongStream.range(first, first + count).parallel().forEach(seed -> play(seed, test));
    }

    private static void play(long seed, LongConsumer test) {
        try {
            test.accept(seed);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed + " (again with -D" + PROPERTY + "=" + seed + "): " + e, e);
        }
    }
}
