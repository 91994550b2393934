package io.fleetline.simulator.scenario;

import java.util.Map;
import java.util.Optional;

/**
 * In what a scenario is played otherwise than it is written. Holds before anything is checked: how many devices there may be, and
 * which outages, depends on it.
 *
 * @param seed another seed
 * @param processes another number of processes of the simulator, 1 to 16
 * @param scale by what the numbers of devices are multiplied, and the threshold {@code eventsPerSecond} with them, 0.000001 to 100,000; one
 *     device is left of each group
 * @param devices numbers of devices by the names of groups, whatever the scale; a group that is not named keeps its own
 */
public record Overrides(Optional<Long> seed, Optional<Integer> processes, double scale, Map<String, Integer> devices) {
    /** As it is written. */
    public static final Overrides NONE = new Overrides(Optional.empty(), Optional.empty(), 1, Map.of());

    /** @throws IllegalArgumentException naming what is out of its range */
    public Overrides {
        processes.ifPresent(number -> Checks.range("processes", number, 1, Scenario.MOST_PROCESSES));
        Checks.range("scale", scale, 0.000_001, 100_000);
        devices = Map.copyOf(devices);
    }

    /** How many devices a group has of which so many are written. */
    int devicesOf(String group, int written) {
        Integer given = devices.get(group);
        if (given != null) {
            return given;
        }
        return written < 1 ? written : (int) Math.min(Integer.MAX_VALUE, Math.max(1, Math.round(written * scale)));
    }
}
