package io.fleetline.ingest.registry;

import io.fleetline.protocol.ProtocolLimits;
import java.time.Duration;

/**
 * What a tenant may do, where that differs from what a node's configuration says. 0 leaves it at that.
 *
 * @param eventsPerSecond how many items a second a node reads on average of all the tenant's devices together, 0 to 10^9
 * @param bytesPerSecond how many bytes of frames a second a node reads on average of all the tenant's devices together
 * @param deviceEventsPerSecond how many items a second a node reads on average of one of them
 * @param deviceBytesPerSecond how many bytes of frames a second a node reads on average of one of them
 * @param heartbeat how often they give a sign of life, 100 ms to 1 h
 * @param maxFrameBytes their largest frame, 1 KiB to 1 MiB
 * @param maxItemBytes their largest encoded item, 64 bytes to 1 MiB
 */
public record TenantLimits(
        int eventsPerSecond,
        int bytesPerSecond,
        int deviceEventsPerSecond,
        int deviceBytesPerSecond,
        Duration heartbeat,
        int maxFrameBytes,
        int maxItemBytes) {
    /** Of a tenant that is like others. */
    public static final TenantLimits NONE = new TenantLimits(0, 0, 0, 0, Duration.ZERO, 0, 0);

    private static final int MOST_PER_SECOND = 1_000_000_000;
    private static final int BURST_SECONDS = 10;

    /**
     * Checks each.
     *
     * @throws IllegalArgumentException naming the limit
     */
    public TenantLimits {
        require("eventsPerSecond", eventsPerSecond, 1, MOST_PER_SECOND);
        require("bytesPerSecond", bytesPerSecond, 1, MOST_PER_SECOND);
        require("deviceEventsPerSecond", deviceEventsPerSecond, 1, MOST_PER_SECOND);
        require("deviceBytesPerSecond", deviceBytesPerSecond, 1, MOST_PER_SECOND);
        require(
                "heartbeat in ms",
                heartbeat.toMillis(),
                100,
                Duration.ofHours(1).toMillis());
        require("maxFrameBytes", maxFrameBytes, 1_024, ProtocolLimits.MAX_FRAME_BYTES);
        require("maxItemBytes", maxItemBytes, 64, ProtocolLimits.MAX_FRAME_BYTES);
    }

    /** How much may come at once of what may come so often: as much as in ten seconds. */
    public static int burst(int perSecond) {
        return (int) Math.min(Integer.MAX_VALUE, (long) perSecond * BURST_SECONDS);
    }

    private static void require(String limit, long value, long least, long most) {
        if (value != 0 && (value < least || value > most)) {
            throw new IllegalArgumentException(
                    "limits." + limit + " is " + value + ", not 0 or within " + least + " to " + most);
        }
    }
}
