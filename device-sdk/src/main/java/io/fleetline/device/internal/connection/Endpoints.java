package io.fleetline.device.internal.connection;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Where nodes listen, in an order of this device's own: so that a fleet spreads over its nodes, and the devices of one that
 * dies spread over those that are left.
 */
final class Endpoints {
    private final List<URI> shuffled;
    private int current;

    /** @param given at least one */
    Endpoints(List<URI> given, RandomGenerator chance) {
        shuffled = new ArrayList<>(given);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int other = chance.nextInt(i + 1);
            URI swapped = shuffled.get(i);
            shuffled.set(i, shuffled.get(other));
            shuffled.set(other, swapped);
        }
    }

    URI current() {
        return shuffled.get(current);
    }

    /** Goes on to the next one, after the last to the first. */
    void next() {
        current = (current + 1) % shuffled.size();
    }
}
