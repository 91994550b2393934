package io.fleetline.ingest.session;

import io.fleetline.ingest.registry.TenantLimits;
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
 * @param control how often frames may come that carry no items
 * @param tenants what the registry may give to a tenant's devices
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
        Duration maxRewindDelay,
        Control control,
        Tenants tenants) {
    /**
     * How often frames may come that carry no items; above that 4429.
     *
     * @param signsOfLifePerSecond heartbeats and WebSocket pings: a device needs one in 25 s, its library perhaps as many again
     * @param burstSignsOfLife how many of them may come at once: what piles up while the node holds back reading
     * @param opensPerSecond opens: one per lane and run, and one after each rewind
     * @param burstOpens how many of them may come at once: a device that was off line through a thousand starts has as many
     *     runs to send
     * @param reauthenticationsPerSecond reauthentications: each costs as much as a handshake's credential
     */
    public record Control(
            int signsOfLifePerSecond,
            int burstSignsOfLife,
            int opensPerSecond,
            int burstOpens,
            int reauthenticationsPerSecond) {
        /** For most fleets. */
        public static final Control DEFAULTS = new Control(5, 25, 100, 1_000, 1);

        /**
         * Checks each rate.
         *
         * @throws IllegalArgumentException naming the rate
         */
        public Control {
            require("control.signsOfLifePerSecond", signsOfLifePerSecond, 1, 1_000_000);
            require("control.burstSignsOfLife", burstSignsOfLife, 1, 1_000_000);
            require("control.opensPerSecond", opensPerSecond, 1, 1_000_000);
            require("control.burstOpens", burstOpens, 1, 1_000_000);
            require("control.reauthenticationsPerSecond", reauthenticationsPerSecond, 1, 1_000_000);
        }
    }

    /**
     * The most that the registry may give to a tenant's devices; Kafka's topics and clients are set up for these sizes.
     *
     * @param maxFrameBytes the largest frame; 0 for no larger one than others have
     * @param maxItemBytes the largest encoded item; 0 for no larger one than others have
     */
    public record Tenants(int maxFrameBytes, int maxItemBytes) {
        /** What other devices have. */
        public static final Tenants DEFAULTS = new Tenants(0, 0);
    }

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
            Duration.ofSeconds(15),
            Control.DEFAULTS,
            Tenants.DEFAULTS);

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
        require("tenants.maxFrameBytes", tenants.maxFrameBytes(), 0, ProtocolLimits.MAX_FRAME_BYTES);
        require("tenants.maxItemBytes", tenants.maxItemBytes(), 0, Math.max(maxFrameBytes, tenants.maxFrameBytes()));
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
                maxRewindDelay,
                control,
                tenants);
    }

    /** The largest frame that any device may send. */
    public int largestFrameBytes() {
        return Math.max(maxFrameBytes, tenants.maxFrameBytes());
    }

    /** The largest encoded item that any device may send. */
    public int largestItemBytes() {
        return Math.max(maxItemBytes, tenants.maxItemBytes());
    }

    /** The same limits, but for what the registry says of a tenant, as far as that may go. */
    SessionLimits forTenant(TenantLimits of) {
        if (of.equals(TenantLimits.NONE)) {
            return this;
        }
        int frame = of.maxFrameBytes() == 0 ? maxFrameBytes : Math.min(of.maxFrameBytes(), largestFrameBytes());
        int item = of.maxItemBytes() == 0 ? maxItemBytes : Math.min(of.maxItemBytes(), largestItemBytes());
        item = Math.min(item, frame);
        boolean ownEvents = of.deviceEventsPerSecond() != 0;
        boolean ownBytes = of.deviceBytesPerSecond() != 0;
        return new SessionLimits(
                helloTimeout,
                of.heartbeat().isZero() ? heartbeat : of.heartbeat(),
                frame,
                item,
                windowItems,
                Math.max(windowBytes, item),
                ownEvents ? of.deviceEventsPerSecond() : eventsPerSecond,
                ownEvents ? TenantLimits.burst(of.deviceEventsPerSecond()) : burstEvents,
                ownBytes ? of.deviceBytesPerSecond() : bytesPerSecond,
                ownBytes ? Math.max(frame, TenantLimits.burst(of.deviceBytesPerSecond())) : burstBytes,
                reconnectWindow,
                rewindDelay,
                maxRewindDelay,
                control,
                new Tenants(0, 0));
    }

    /**
     * The same limits, but with the sizes of frames and items of these, for which Kafka's topics and clients were set up.
     */
    public SessionLimits withSizesOf(SessionLimits other) {
        return new SessionLimits(
                helloTimeout,
                heartbeat,
                other.maxFrameBytes,
                other.maxItemBytes,
                windowItems,
                Math.max(windowBytes, other.maxItemBytes),
                eventsPerSecond,
                burstEvents,
                bytesPerSecond,
                burstBytes,
                reconnectWindow,
                rewindDelay,
                maxRewindDelay,
                control,
                other.tenants);
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
