package io.fleetline.ingest.time;

/** The two clocks of a node, handed to all that must know the time, so that tests can play on virtual time. */
public interface NodeTime {
    /** The wall clock: Unix time in ms. It may jump. */
    long unixMillis();

    /** A clock that only goes forward, for measuring how long something took; its zero means nothing. */
    long nanos();
}
