package io.fleetline.simulator.scenario;

import java.time.Duration;
import java.util.Optional;

/**
 * Commands that a run sends: a record for each device that it is for.
 *
 * @param name what is to be done
 * @param group the devices that it is for
 * @param at when first, from the beginning of the run
 * @param every how long after that again; empty for once
 * @param all whether every device of the group gets one each time, or one device that is drawn
 * @param expiry how long each may be begun
 */
public record Order(String name, String group, Duration at, Optional<Duration> every, boolean all, Duration expiry) {
    /** @throws IllegalArgumentException naming the key that is out of its range */
    public Order {
        if (!name.matches("[A-Za-z0-9._/-]{1,128}")) {
            throw new IllegalArgumentException("name is \"" + name + "\", not 1 to 128 of [A-Za-z0-9._/-]");
        }
        Checks.range("at", at, Duration.ZERO, Duration.ofDays(7));
        every.ifPresent(time -> Checks.range("every", time, Duration.ofMillis(1), Duration.ofDays(7)));
        Checks.range("expiry", expiry, Duration.ofSeconds(1), Duration.ofDays(7));
    }
}
