package io.fleetline.backend;

/** What a reader hands to its application: an event, a gap, or a record that is not part of any device's stream. */
public sealed interface Delivery permits Event, Gap, Stranger {
    /** The topic of the record that it comes from. */
    String topic();

    /** The record's partition. */
    int partition();

    /** The record's offset. */
    long offset();
}
