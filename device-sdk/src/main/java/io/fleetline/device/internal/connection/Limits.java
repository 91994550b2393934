package io.fleetline.device.internal.connection;

import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame.Welcome;
import java.time.Duration;

/**
 * What holds on one connection: what the node told in its welcome, within what a device lets itself be told. A node that
 * asks for absurd values gets the nearest sane ones, for it may be hostile or misconfigured, and the device lives on.
 *
 * @param heartbeatNanos how often to give a sign of life
 * @param maxFrameBytes the largest frame to send
 * @param maxItemBytes the largest encoded item to send
 * @param windowItems how many items may be unacknowledged
 * @param windowBytes how many bytes of encoded items may be unacknowledged
 * @param eventsPerSecond the rate to keep; 0 for none
 * @param bytesPerSecond the rate to keep; 0 for none
 */
record Limits(
        long heartbeatNanos,
        int maxFrameBytes,
        int maxItemBytes,
        int windowItems,
        long windowBytes,
        long eventsPerSecond,
        long bytesPerSecond) {
    private static final Duration LEAST_HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration MOST_HEARTBEAT = Duration.ofMinutes(10);

    /** A command's body may be 32 KiB, so no frame limit below that makes sense; the least is for a node that says 1. */
    private static final int LEAST_FRAME_BYTES = 1024;

    /** What is unacknowledged is kept track of in memory, 16 bytes for each item. */
    private static final int MOST_WINDOW_ITEMS = 64 * 1024;

    private static final long MOST_WINDOW_BYTES = 64L * 1024 * 1024;

    /** The longest that a node can ask a device to spread its reconnect over. */
    private static final Duration MOST_RECONNECT_WINDOW = Duration.ofMinutes(15);

    /** The longest that a node can ask a device to wait before it opens a lane again. */
    static final Duration MOST_REWIND = Duration.ofMinutes(1);

    /** The longest time of a credential that is reckoned with. */
    static final long MOST_CREDENTIAL_MILLIS = Duration.ofDays(30).toMillis();

    static Limits of(Welcome welcome) {
        return new Limits(
                bounded(welcome.heartbeatMillis(), LEAST_HEARTBEAT.toMillis(), MOST_HEARTBEAT.toMillis()) * 1_000_000,
                (int) bounded(welcome.maxFrameBytes(), LEAST_FRAME_BYTES, ProtocolLimits.MAX_FRAME_BYTES),
                (int) bounded(welcome.maxItemBytes(), 1, ProtocolLimits.MAX_FRAME_BYTES),
                (int) bounded(welcome.windowItems(), 1, MOST_WINDOW_ITEMS),
                bounded(welcome.windowBytes(), 1, MOST_WINDOW_BYTES),
                welcome.eventsPerSecond(),
                welcome.bytesPerSecond());
    }

    /** A reconnect window in ns that a device lets itself be told. */
    static long reconnectWindowNanos(long millis) {
        return bounded(millis, 0, MOST_RECONNECT_WINDOW.toMillis()) * 1_000_000;
    }

    private static long bounded(long value, long least, long most) {
        return Math.max(least, Math.min(value, most));
    }
}
