package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.Disk;
import io.fleetline.device.internal.log.DiskInUseException;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.protocol.StoreNames;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an outbox begins with: on disk where that can be used, else in memory.
 *
 * @param journal missing where nothing is on disk
 * @param disk what is to be let go of in the end
 * @param <W> who waits for an item
 */
record OutboxOpening<W>(
        Contents<W> contents,
        @Nullable Journal<W> journal,
        @Nullable Disk disk) {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxOpening.class);

    /** @throws OutboxInUseException if somebody else works on the disk; nothing else keeps it from opening */
    static <W> OutboxOpening<W> open(
            OutboxSettings settings,
            @Nullable Disk disk,
            LogFormat format,
            RandomGenerator random,
            ReentrantLock lock,
            long nowNanos,
            long unixMillis)
            throws OutboxInUseException {
        if (settings.mode() == OutboxMode.MEMORY || disk == null) {
            return inMemory(new Contents<>(settings, nowNanos, unixMillis), StorageState.MEMORY, random, null);
        }
        try {
            disk.lock();
            Contents<W> contents = new Contents<>(settings, nowNanos, unixMillis);
            contents.storage = settings.mode() == OutboxMode.DURABLE ? StorageState.DURABLE : StorageState.BUFFERED;
            return new OutboxOpening<>(
                    contents, JournalOpening.open(contents, disk, format, random, lock, nowNanos), disk);
        } catch (DiskInUseException e) {
            throw new OutboxInUseException(e);
        } catch (IOException e) {
            LOG.error("{} cannot be used, items stay in memory until the next start: {}", disk, e.toString());
            return inMemory(new Contents<>(settings, nowNanos, unixMillis), StorageState.DISK_UNUSABLE, random, disk);
        }
    }

    private static <W> OutboxOpening<W> inMemory(
            Contents<W> contents, StorageState storage, RandomGenerator random, @Nullable Disk disk) {
        contents.storage = storage;
        contents.store = StoreNames.fleeting(random.nextInt());
        contents.runs.begin(new Runs.Run(Integer.toUnsignedLong(random.nextInt()), new long[] {1, 1, 1, 1}));
        return new OutboxOpening<>(contents, null, disk);
    }
}
