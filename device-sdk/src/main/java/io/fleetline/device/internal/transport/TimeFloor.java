package io.fleetline.device.internal.transport;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What is known of the time on a device whose clock may not run while it is off: it is not earlier than this library was
 * built, nor than what a trusted node has said. Thread-safe.
 */
final class TimeFloor {
    private final LongSupplier unixMillis;
    private final long builtMillis;
    private final AtomicLong seenMillis;

    /**
     * A floor.
     *
     * @param unixMillis the device's clock
     * @param builtMillis when this library was built
     */
    TimeFloor(LongSupplier unixMillis, long builtMillis) {
        this.unixMillis = unixMillis;
        this.builtMillis = builtMillis;
        this.seenMillis = new AtomicLong(builtMillis);
    }

    /** A trusted node has told its time. */
    void seen(long nodeMillis) {
        seenMillis.accumulateAndGet(nodeMillis, Math::max);
    }

    /** Whether the device's clock can be right. */
    boolean isClockPossible() {
        return unixMillis.getAsLong() >= builtMillis;
    }

    /** Whether the device's clock is behind what is known. */
    boolean isClockBehind() {
        return unixMillis.getAsLong() < millis();
    }

    /** The earliest that it can be. */
    long millis() {
        return seenMillis.get();
    }
}
