package io.fleetline.protocol.cbor;

import java.security.SecureRandom;
import java.util.Random;

/**
 * Runs a random test with many seeds, new ones each time; a failure names its seed, and {@code -Dfleetline.seed=N} plays
 * that one alone again. The testkit has the same for all other modules, but depends on this one.
 */
final class Seeded {
    private Seeded() {}

    interface Play {
        void with(Random random) throws Exception;
    }

    static void times(int count, Play play) {
        String one = System.getProperty("fleetline.seed");
        long first = one != null ? Long.parseLong(one) : new SecureRandom().nextLong() >>> 16;
        for (int i = 0; i < (one != null ? 1 : count); i++) {
            long seed = first + i;
            try {
                play.with(new Random(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + " (again with -Dfleetline.seed=" + seed + "): " + e, e);
            }
        }
    }
}
