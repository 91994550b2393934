package io.fleetline.simulator.proof;

import java.util.Optional;

/**
 * One record of the events topic, read from its bytes.
 *
 * @param partition the partition that it stands in
 * @param offset where in it
 * @param device the record's key
 * @param place where in its device's stream it stands; empty if it has no header {@code fl}
 * @param gapTo the last number that it gives up, if it is a gap
 * @param mark what the application wrote into the body; empty if it did not, or there is no body
 */
record StoredEvent(
        int partition, long offset, String device, Optional<Place> place, Optional<Long> gapTo, Optional<Mark> mark) {
    /**
     * The part of {@code fl} that says which record this is.
     *
     * @param number its number
     * @param order its run's place among the runs of the store
     */
    record Place(StreamNumber number, long order) {}

    /** What the application itself knows of the event: who published it, and its running number there. */
    record Mark(String device, long counter) {}

    /** Where it stands, for people. */
    String where() {
        return "partition " + partition + " offset " + offset;
    }
}
