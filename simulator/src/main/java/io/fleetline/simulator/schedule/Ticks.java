package io.fleetline.simulator.schedule;

/** The moments at which one device publishes on one channel, one after the other. Not thread-safe. */
@FunctionalInterface
public interface Ticks {
    /** The next moment, in ns since the device began; never earlier than the one before. */
    long nextNanos();
}
