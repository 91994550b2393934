package io.fleetline.backend;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a reader begins in partitions of which it has no stored state.
 *
 * <p>A reader that begins at offset 0 sees a partition <em>whole</em>. Any other one <em>joins</em> in the middle: it takes
 * up each stream behind what was acknowledged when its first record was sent, and calls nothing lost that may lie before
 * its start ({@link io.fleetline.backend.filter.FilterStart}).
 */
public final class StartAt {
    private static final StartAt EARLIEST = new StartAt("earliest", Optional.empty());
    private static final StartAt LATEST = new StartAt("latest", Optional.empty());

    private final String name;
    private final Optional<Instant> time;

    private StartAt(String name, Optional<Instant> time) {
        this.name = name;
        this.time = time;
    }

    /** At the first record that the partition still has. */
    public static StartAt earliest() {
        return EARLIEST;
    }

    /** Behind the last record that the partition has when the reader first looks. */
    public static StartAt latest() {
        return LATEST;
    }

    /** At the first record whose timestamp, by the clocks of the nodes, is this or later. */
    public static StartAt time(Instant time) {
        return new StartAt("time", Optional.of(time));
    }

    boolean isEarliest() {
        return this == EARLIEST;
    }

    /** Empty for earliest and latest. */
    Optional<Instant> time() {
        return time;
    }

    @Override
    public String toString() {
        return time.map(Instant::toString).orElse(name);
    }
}
