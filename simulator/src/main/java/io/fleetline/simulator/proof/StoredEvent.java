package io.fleetline.simulator.proof;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * One record of a topic, read from its bytes.
 *
 * @param partition the partition that it stands in
 * @param offset where in it
 * @param device the record's key
 * @param place where in its device's stream it stands; empty if it has no header {@code fl}
 * @param gapTo the last number that it gives up, if it is a gap
 * @param mark what the application wrote into the body; empty if it did not, or there is no body
 * @param timestampMillis the record's timestamp, Unix time in ms by the node's clock; -1 if it has none
 */
record StoredEvent(
        int partition,
        long offset,
        String device,
        Optional<Place> place,
        Optional<Long> gapTo,
        Optional<Mark> mark,
        long timestampMillis) {
    /** Without a timestamp. */
    StoredEvent(
            int partition,
            long offset,
            String device,
            Optional<Place> place,
            Optional<Long> gapTo,
            Optional<Mark> mark) {
        this(partition, offset, device, place, gapTo, mark, -1);
    }

    /**
     * The part of {@code fl} that says which record this is.
     *
     * @param number its number
     * @param order its run's place among the runs of the store
     */
    record Place(StreamNumber number, long order) {}

    /**
     * What the application itself knows of the event.
     *
     * @param device who published it
     * @param counter its running number there
     * @param run in which run of a simulator, if it was in one
     * @param dueMicros when it was to be published, in us since the beginning of that run
     */
    record Mark(String device, long counter, Optional<String> run, OptionalLong dueMicros) {
        /** Of no simulator's run. */
        Mark(String device, long counter) {
            this(device, counter, Optional.empty(), OptionalLong.empty());
        }
    }

    /** Where it stands, for people. */
    String where() {
        return "partition " + partition + " offset " + offset;
    }
}
