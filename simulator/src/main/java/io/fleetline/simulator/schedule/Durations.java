package io.fleetline.simulator.schedule;

import java.time.Duration;
import java.util.List;

/** Durations as scenarios write them. */
public final class Durations {
    private record Unit(String name, long nanos) {}

    private static final List<Unit> UNITS = List.of(
            new Unit("d", Duration.ofDays(1).toNanos()),
            new Unit("h", Duration.ofHours(1).toNanos()),
            new Unit("m", Duration.ofMinutes(1).toNanos()),
            new Unit("s", 1_000_000_000),
            new Unit("ms", 1_000_000),
            new Unit("us", 1_000));

    private Durations() {}

    /** Such as {@code 100ms} or {@code 7d}: in the largest unit of which it is a whole number. At most 290 years. */
    public static String text(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        return UNITS.stream()
                .filter(unit -> nanos % unit.nanos == 0)
                .findFirst()
                .map(unit -> nanos / unit.nanos + unit.name)
                .orElse(nanos + "ns");
    }
}
