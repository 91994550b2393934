package io.fleetline.device;

import java.time.Duration;

/**
 * How events are put together into frames. Larger frames cost less per event, smaller ones arrive sooner; a node's own
 * limits, told at each connection, come on top.
 *
 * @param linger how long an event may wait for others to share a frame with, zero to 1 s; zero sends at once whatever
 *     has gathered meanwhile. Urgent events and outcomes never wait.
 * @param maxFrameEvents the most events in a frame, 1 to 1,024
 * @param maxFrameBytes the most bytes of a frame, unless a single event needs more; at least 1 KiB
 */
public record SendingConfig(Duration linger, int maxFrameEvents, int maxFrameBytes) {
    /** No lingering, up to 128 events and 32 KiB in a frame. */
    public static final SendingConfig DEFAULT = new SendingConfig(Duration.ZERO, 128, 32 * 1024);

    /** @throws IllegalArgumentException naming the key, if a part is out of its range */
    public SendingConfig {
        Checks.range("sending.linger", linger, Duration.ZERO, Duration.ofSeconds(1));
        Checks.range("sending.maxFrameEvents", maxFrameEvents, 1, 1024);
        if (maxFrameBytes < 1024) {
            throw new IllegalArgumentException("sending.maxFrameBytes is " + maxFrameBytes + ", less than 1024");
        }
    }

    /** This with another time to wait for company. */
    public SendingConfig linger(Duration duration) {
        return new SendingConfig(duration, maxFrameEvents, maxFrameBytes);
    }

    /** This with another most number of events in a frame. */
    public SendingConfig maxFrameEvents(int events) {
        return new SendingConfig(linger, events, maxFrameBytes);
    }

    /** This with another most number of bytes in a frame. */
    public SendingConfig maxFrameBytes(int bytes) {
        return new SendingConfig(linger, maxFrameEvents, bytes);
    }
}
