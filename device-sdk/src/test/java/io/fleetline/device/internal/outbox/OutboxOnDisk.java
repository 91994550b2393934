package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.device.internal.log.LogFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Opens outboxes on disks in memory, for tests of what is around an outbox. */
public final class OutboxOnDisk {
    private static final LogFormat FORMAT = new LogFormat("outbox", (byte) 'O', 16 * 1024, 512);

    private OutboxOnDisk() {}

    /** Opens an outbox on this disk; in memory without one. */
    public static <W> Outbox<W> open(
            OutboxSettings settings,
            Optional<FaultyDisk> disk,
            RandomGenerator random,
            OutboxListener listener,
            long nowNanos,
            long unixMillis)
            throws OutboxInUseException {
        return Outbox.open(settings, disk.orElse(null), FORMAT, random, listener, nowNanos, unixMillis);
    }
}
