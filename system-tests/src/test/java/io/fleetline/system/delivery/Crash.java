package io.fleetline.system.delivery;

import io.fleetline.device.internal.log.FaultyDisk;

/** Ends a device's process in the middle of a write. */
final class Crash extends Error {
    private static final long serialVersionUID = 1;

    private final transient FaultyDisk left;

    Crash(FaultyDisk left) {
        super("the device is gone", null, false, false);
        this.left = left;
    }

    /** What the next process finds. */
    FaultyDisk left() {
        return left;
    }
}
