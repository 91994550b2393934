package io.fleetline.simulator.payload;

import java.util.Map;

/** What one device says on one channel, one reading after the other. Not thread-safe. */
@FunctionalInterface
public interface Readings {
    /**
     * The next reading.
     *
     * @param seconds how long after the beginning of the run it is taken
     * @return a map that is not used again by who made it, of values that a body takes
     */
    Map<String, Object> next(double seconds);
}
