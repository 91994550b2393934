package io.fleetline.backend.filter;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;

/** Something that the filter found wrong with a stream and that somebody should hear of. */
public sealed interface Alarm {
    /** Whose stream it is. */
    DeviceId device();

    /** Which lane of the device. */
    Lane lane();

    /** Which life of the device's outbox. */
    long store();

    /** One sentence with names and numbers. */
    String message();

    /**
     * Acknowledged records are missing from the topic: the device was told that they are stored, and they are not
     * there.
     *
     * @param from the first number that is missing
     * @param to the last number that is missing
     */
    record Lost(DeviceId device, Lane lane, long store, long from, long to) implements Alarm {
        @Override
        public String message() {
            return "LOST: of " + device + " lane " + lane + " store " + store + ", numbers " + from + " to " + to
                    + " were acknowledged and are not in the topic";
        }
    }

    /**
     * A run that was taken over goes on long afterwards: two devices run on copies of one store, and events of one of
     * them are dropped.
     *
     * @param run the run that goes on
     * @param seq the number of the record that showed it
     */
    record Cloned(DeviceId device, Lane lane, long store, long run, long seq) implements Alarm {
        @Override
        public String message() {
            return "CLONED: of " + device + " lane " + lane + " store " + store + ", run " + run
                    + " goes on with number " + seq + " although a later run took over; is the store in use twice?";
        }
    }

    /**
     * Records of a run that waited for its acknowledgements were dropped, for lack of room.
     *
     * @param run the run that waited
     * @param records how many of its records were dropped
     * @param wholeRun whether these were all, because too many runs waited; else they are those with the highest
     *     numbers, because too many records of this run did
     */
    record AsideOverflow(DeviceId device, Lane lane, long store, long run, int records, boolean wholeRun)
            implements Alarm {
        @Override
        public String message() {
            return "ASIDE_OVERFLOW: of " + device + " lane " + lane + " store " + store + ", "
                    + (wholeRun ? "all " : "the last ") + records + " waiting records of run " + run + " were dropped";
        }
    }

    /**
     * An event that nobody had seen before came after a run with a higher order had taken the place of its own, or, where
     * a reader joined in the middle, another store. If its run never was in charge, it waits until the run's acknowledgements show that it is the right one; else it is dropped.
     * Either a crash took it from a device that keeps events in memory first, and the last copy of it came late: nobody
     * was promised anything. Or the device's disk was set back sooner than the clocks of its nodes differ, or is in use
     * twice: then it may be an event that was acknowledged. Raised once for a run.
     *
     * @param run the run that was overtaken
     * @param seq the event's number
     */
    record Overtaken(DeviceId device, Lane lane, long store, long run, long seq) implements Alarm {
        @Override
        public String message() {
            return "OVERTAKEN: of " + device + " lane " + lane + " store " + store + ", run " + run
                    + " came with number " + seq
                    + " when a run with a higher order or another store had taken its place; was the store set back?";
        }
    }

    /**
     * Two different events have the same run and number; the first one that came was kept.
     *
     * @param run the run that both name
     * @param seq the number that both have
     */
    record Conflict(DeviceId device, Lane lane, long store, long run, long seq) implements Alarm {
        @Override
        public String message() {
            return "CONFLICT: of " + device + " lane " + lane + " store " + store + ", run " + run
                    + " has two different events under number " + seq;
        }
    }
}
