package io.fleetline.protocol;

import java.util.List;

/** One of the four ordered paths of a device's stream. Order holds within a lane, never between two. */
public enum Lane {
    /** Events as they come. */
    NORMAL(0),
    /** Events that overtake: sent before anything of {@link #NORMAL} that waits. */
    URGENT(1),
    /** Events that may wait: sent when no other lane has anything. */
    BACKFILL(2),
    /** What became of commands. Carries outcomes and gaps, never events. */
    OUTCOMES(3);

    private static final List<Lane> BY_NUMBER = List.of(values());

    private final int number;

    Lane(int number) {
        this.number = number;
    }

    /** The lane's number on the wire, 0 to 3. */
    public int number() {
        return number;
    }

    /** Whether items of this kind belong on this lane: outcomes on {@link #OUTCOMES} alone, events on the others. */
    public boolean carries(Item item) {
        return item instanceof Item.Gap || (item instanceof Item.Outcome) == (this == OUTCOMES);
    }

    /**
     * The lane of this number.
     *
     * @throws IllegalArgumentException if there is no such lane
     */
    public static Lane of(long number) {
        if (number < 0 || number >= BY_NUMBER.size()) {
            throw new IllegalArgumentException("lane " + number + " is not one of 0 to 3");
        }
        return BY_NUMBER.get((int) number);
    }
}
