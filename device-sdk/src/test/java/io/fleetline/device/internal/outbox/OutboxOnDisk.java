package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.device.internal.log.LogFormat;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Opens outboxes on disks in memory, for tests of what is around an outbox. */
public final class OutboxOnDisk {
    private static final LogFormat FORMAT = new LogFormat("outbox", (byte) 'O', 16 * 1024, 512);

    private static final OutboxListener NOBODY = new OutboxListener() {
        @Override
        public void moreToSend() {}

        @Override
        public void commitWanted() {}
    };

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

    /** Opens an outbox with room for outcomes of so many bytes, which is committed by hand. */
    public static <W> Outbox<W> open(
            FaultyDisk disk,
            OutboxMode mode,
            long outcomeBytes,
            RandomGenerator random,
            long nowNanos,
            long unixMillis) {
        OutboxSettings settings = new OutboxSettings(
                mode, Optional.of(Path.of("nowhere")), 1 << 20, 1 << 20, outcomeBytes, Overflow.REFUSE);
        try {
            return open(settings, Optional.of(disk), random, NOBODY, nowNanos, unixMillis);
        } catch (OutboxInUseException e) {
            throw new AssertionError("nobody else uses it", e);
        }
    }
}
