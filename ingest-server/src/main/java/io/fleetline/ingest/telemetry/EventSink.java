package io.fleetline.ingest.telemetry;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;

/** Where items go to be stored. */
public interface EventSink {
    /**
     * The way that all items of one lane session take. They must not overtake each other, hence one way for all of them
     * (rule N2): one producer, one topic, one partition.
     */
    Route route(DeviceId device, Lane lane);

    /** The way of one lane session. */
    interface Route {
        /**
         * Hands an item over. Returns at once; the settlement hears what became of it, later on a thread of the sink's,
         * or now where it cannot be tried at all. Never throws.
         */
        void store(RecordPosition position, Item item, Settlement settlement, long slot);

        /** Hands a rejected item over to the dead letters, in the same manner. */
        void bury(RecordPosition position, Item item, Refusal refusal, Settlement settlement, long slot);
    }
}
