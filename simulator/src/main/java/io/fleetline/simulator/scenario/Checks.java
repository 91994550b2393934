package io.fleetline.simulator.scenario;

import java.time.Duration;

/** Ranges, with the key's name in the message. */
final class Checks {
    private Checks() {}

    static void range(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " is " + value + ", not within " + least + " to " + most);
        }
    }

    static void range(String key, double value, double least, double most) {
        // Written so that NaN is refused too.
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(key + " is " + value + ", not within " + least + " to " + most);
        }
    }

    static void range(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(key + " is " + value + ", not within " + least + " to " + most);
        }
    }
}
