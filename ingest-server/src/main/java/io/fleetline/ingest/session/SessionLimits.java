package io.fleetline.ingest.session;

import io.fleetline.protocol.ProtocolLimits;
import java.time.Duration;

/**
 * What one connection may do.
 *
 * @param helloTimeout from the upgrade to {@code hello}; then 4408
 * @param heartbeat how often the device gives a sign of life; after three of silence 4408
 * @param maxFrameBytes the largest frame; above it 1009
 * @param maxItemBytes the largest encoded item; above it the item is rejected
 * @param windowItems how many items may be unacknowledged; above it the node stops reading
 * @param windowBytes how many bytes of encoded items may be unacknowledged; above it the node stops reading
 * @param eventsPerSecond how many items a second the node reads on average, 0 for as many as come
 * @param burstEvents how many items it reads at once after a pause
 * @param bytesPerSecond how many bytes of frames a second the node reads on average, 0 for as many as come
 * @param burstBytes how many bytes it reads at once after a pause
 * @param reconnectWindow over how long devices spread their reconnect, should the connection break
 * @param rewindDelay how long a device waits before it opens a lane again after the first rewind; doubles with each
 * @param maxRewindDelay the longest such wait
 */
public record SessionLimits(
        Duration helloTimeout,
        Duration heartbeat,
        int maxFrameBytes,
        int maxItemBytes,
        int windowItems,
        int windowBytes,
        int eventsPerSecond,
        int burstEvents,
        int bytesPerSecond,
        int burstBytes,
        Duration reconnectWindow,
        Duration rewindDelay,
        Duration maxRewindDelay) {
    /** Heartbeats and WebSocket pings per second: a device needs one in 25 s, its library perhaps as many again. */
    static final double SIGNS_OF_LIFE_PER_SECOND = 5;
    /** How many may come at once: what piles up while the node holds back reading. */
    static final double BURST_SIGNS_OF_LIFE = 25;
    /** Opens per second: one per lane and run, and one after each rewind. */
    static final double OPENS_PER_SECOND = 100;
    /** How many may come at once: a device that was off line through a thousand starts has as many runs to send. */
    static final double BURST_OPENS = 1_000;
    /** Reauthentications per second: each costs as much as a handshake's credential. */
    static final double REAUTHENTICATIONS_PER_SECOND = 1;

    /** For most fleets. */
    public static final SessionLimits DEFAULTS = new SessionLimits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(25),
            ProtocolLimits.DEFAULT_MAX_FRAME_BYTES,
            ProtocolLimits.DEFAULT_MAX_ITEM_BYTES,
            1_024,
            1024 * 1024,
            50,
            500,
            64 * 1024,
            1024 * 1024,
            Duration.ofSeconds(30),
            Duration.ofMillis(500),
            Duration.ofSeconds(15));

    /**
     * Checks each limit and how they stand to one another.
     *
     * @throws IllegalArgumentException naming the limit
     */
    public SessionLimits {
        require("helloTimeout", helloTimeout, Duration.ofMillis(10), Duration.ofMinutes(5));
        require("heartbeat", heartbeat, Duration.ofMillis(100), Duration.ofHours(1));
        require("maxFrameBytes", maxFrameBytes, 1_024, ProtocolLimits.MAX_FRAME_BYTES);
        require("maxItemBytes", maxItemBytes, 64, maxFrameBytes);
        require("windowItems", windowItems, 1, 1_000_000);
        require("windowBytes", windowBytes, maxItemBytes, Integer.MAX_VALUE);
        require("eventsPerSecond", eventsPerSecond, 0, Integer.MAX_VALUE);
        require("burstEvents", burstEvents, 1, Integer.MAX_VALUE);
        require("bytesPerSecond", bytesPerSecond, 0, Integer.MAX_VALUE);
        require("burstBytes", burstBytes, 1, Integer.MAX_VALUE);
        require("reconnectWindow", reconnectWindow, Duration.ZERO, Duration.ofHours(1));
        require("rewindDelay", rewindDelay, Duration.ofMillis(1), Duration.ofMinutes(5));
        require("maxRewindDelay", maxRewindDelay, rewindDelay, Duration.ofMinutes(5));
    }

    /** The same limits, but reads as fast as devices send. */
    public SessionLimits withoutRates() {
        return new SessionLimits(
                helloTimeout,
                heartbeat,
                maxFrameBytes,
                maxItemBytes,
                windowItems,
                windowBytes,
                0,
                burstEvents,
                0,
                burstBytes,
                reconnectWindow,
                rewindDelay,
                maxRewindDelay);
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "limits." + key + " is " + value + ", not within " + least + " to " + most);
        }
    }

    private static void require(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "limits." + key + " is " + value + ", not within " + least + " to " + most);
        }
    }
}
