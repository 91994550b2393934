package io.fleetline.simulator.scenario;

import java.time.Duration;
import java.util.Locale;

/**
 * Something done to a process of the system, or of the fleet, that a run has started for itself, and mended after a while.
 *
 * @param kind what
 * @param part to which
 * @param at when, from the beginning of the run
 * @param length after how long it is mended
 */
public record Outage(Kind kind, Part part, Duration at, Duration length) {
    /** What can be done to a process. */
    public enum Kind {
        /** It ends without warning, and is started again. */
        KILL,
        /** It is halted, its connections stay open and nobody answers; it goes on later. */
        PAUSE
    }

    /** What kind of process. */
    public enum Role {
        NODE,
        BROKER,
        /** A process of the simulator's own, with the devices that it plays. */
        PROCESS;

        /** As scenarios write it. */
        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One of the processes.
     *
     * @param role what it is
     * @param number which one, from 1
     */
    public record Part(Role role, int number) {
        /** Such as {@code node-1}. */
        @Override
        public String toString() {
            return role.key() + "-" + number;
        }
    }

    /** @throws IllegalArgumentException naming the key that is out of its range */
    public Outage {
        Checks.range("at", at, Duration.ZERO, Duration.ofDays(7));
        Checks.range("for", length, Duration.ofMillis(1), Duration.ofDays(7));
        if (kind == Kind.PAUSE && part.role() == Role.PROCESS) {
            throw new IllegalArgumentException(
                    "kind is pause, but a process of the simulator can only be killed: it is what measures");
        }
    }

    /** Such as {@code kill of node-1}. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " of " + part;
    }
}
