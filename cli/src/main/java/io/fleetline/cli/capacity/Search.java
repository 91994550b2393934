package io.fleetline.cli.capacity;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Searches for the highest load that holds: twice as much until it does not, then halfway between. */
final class Search {
    /** Close enough: the highest that held, and the lowest that did not, are no further apart than this. */
    private static final double CLOSE = 1.2;

    /** Tries a load. */
    @FunctionalInterface
    interface Attempt<T> {
        /** What came of it. */
        T at(long load) throws InterruptedException;
    }

    /** Whether what came of a load is good. */
    @FunctionalInterface
    interface Holds<T> {
        boolean test(T found);
    }

    /**
     * What was found.
     *
     * @param highest what came of the highest load that held; empty if not even the first did
     * @param lowest what came of the lowest load that did not; empty if the end of the range was reached
     */
    record Found<T>(Optional<T> highest, Optional<T> lowest) {}

    private Search() {}

    /**
     * Searches.
     *
     * @param first where to begin, at least 1
     * @param most where to end; not tried beyond
     */
    static <T> Found<T> run(long first, long most, Attempt<T> attempt, Holds<T> holds) throws InterruptedException {
        long good = 0;
        long bad = Long.MAX_VALUE;
        @Nullable T highest = null;
        @Nullable T lowest = null;
        long load = Math.min(first, most);
        while (true) {
            T found = attempt.at(load);
            if (holds.test(found)) {
                good = load;
                highest = found;
            } else {
                bad = load;
                lowest = found;
            }
            if (good == most || bad <= 1 || (good > 0 && bad <= good * CLOSE)) {
                return new Found<>(Optional.ofNullable(highest), Optional.ofNullable(lowest));
            }
            if (bad == Long.MAX_VALUE) {
                load = Math.min(most, 2 * good);
            } else if (good == 0) {
                load = bad / 2;
                if (load < Math.max(1, first / 8)) {
                    return new Found<>(Optional.empty(), Optional.ofNullable(lowest));
                }
            } else {
                load = good + (bad - good) / 2;
            }
        }
    }
}
