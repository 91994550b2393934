package io.fleetline.simulator.scenario;

import io.fleetline.simulator.schedule.Durations;
import java.time.Duration;

/** Ranges. Messages begin with the key, so that {@link Section} can say in which line it is. */
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
            throw new IllegalArgumentException(key + " is " + Durations.text(value) + ", not within "
                    + Durations.text(least) + " to " + Durations.text(most));
        }
    }
}
