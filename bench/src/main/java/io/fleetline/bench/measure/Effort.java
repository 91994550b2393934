package io.fleetline.bench.measure;

/** How much time a measurement may take. */
public enum Effort {
    /** At most 45 s: to see whether something broke. */
    QUICK,
    /** At most 5 min: what is published. */
    FULL
}
