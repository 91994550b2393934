package io.fleetline.bench.measure;

/** Where a measurement says what it is doing. */
@FunctionalInterface
public interface Progress {
    /** Says one line. */
    void say(String line);
}
