package io.fleetline.simulator;

/**
 * Which devices of a fleet a process plays: every {@code of}th, so that all groups are in each.
 *
 * @param number which part this is, from 1
 * @param of into how many parts the fleet is shared out
 */
record Share(int number, int of) {
    /** All of it. */
    static final Share WHOLE = new Share(1, 1);

    Share {
        if (of < 1 || number < 1 || number > of) {
            throw new IllegalArgumentException("there is no share " + number + " of " + of);
        }
    }

    /** Whether it has the device that is at this place among all of the scenario, from 0. */
    boolean has(int index) {
        return index % of == number - 1;
    }

    /** How many it has of so many devices in a row, the first of which is at this place, from 0. */
    int count(int first, int devices) {
        return before(first + devices) - before(first);
    }

    /** How many it has before this place. */
    private int before(int index) {
        return (index - number + of) / of;
    }
}
