package io.fleetline.device.internal.connection;

/** The two clocks of a device, handed in wherever one is read. */
public interface Time {
    /**
     * A clock that only ever goes forward, in ns, counted from when it was made: so that moments can be compared as they
     * are, and {@link Long#MAX_VALUE} is never. All deadlines are on it.
     */
    long nanos();

    /** The device's idea of Unix time in ms, which may jump and may be wrong by decades. */
    long unixMillis();
}
