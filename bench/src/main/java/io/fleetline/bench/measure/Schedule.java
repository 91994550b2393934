package io.fleetline.bench.measure;

import java.time.Duration;

/**
 * How long and how often the sides run.
 *
 * @param warmUp of each side, before anything counts
 * @param rounds how often each side runs; the first one runs once more, at the end
 * @param segment how long each run is
 */
public record Schedule(Duration warmUp, int rounds, Duration segment) {
    /** @throws IllegalArgumentException if nothing would be measured */
    public Schedule {
        if (rounds < 1 || segment.isNegative() || segment.isZero() || warmUp.isNegative()) {
            throw new IllegalArgumentException(
                    "nothing to measure in " + rounds + " rounds of " + segment + " after " + warmUp);
        }
    }

    /** For reports. */
    public String text() {
        return warmUp.toMillis() + " ms of warm-up each, " + rounds + " rounds of " + segment.toMillis() + " ms each";
    }

    /** How long so many sides take at the least. */
    public Duration least(int sides) {
        return warmUp.multipliedBy(sides).plus(segment.multipliedBy((long) rounds * sides + 1));
    }
}
