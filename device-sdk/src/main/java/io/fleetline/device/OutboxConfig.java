package io.fleetline.device;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How events are kept until a node has stored them.
 *
 * @param mode what is kept where
 * @param directory where on disk; given unless the mode is {@link OutboxMode#MEMORY}. One process at a time may use it.
 * @param maxBytes how much may wait, in bytes of encoded events; at least {@value #LEAST_BYTES}
 * @param overflow what happens when that is reached
 */
public record OutboxConfig(OutboxMode mode, Optional<Path> directory, long maxBytes, OverflowPolicy overflow) {
    /** The least that {@code maxBytes} may be: room for a few of the largest events. */
    public static final long LEAST_BYTES = 256 * 1024;

    /** What {@code maxBytes} is in mode {@link OutboxMode#MEMORY} unless told otherwise: 4 MiB. */
    public static final long DEFAULT_MEMORY_BYTES = 4L * 1024 * 1024;

    /** What {@code maxBytes} is on disk unless told otherwise: 64 MiB. */
    public static final long DEFAULT_DISK_BYTES = 64L * 1024 * 1024;

    /**
     * Checks the parts against each other.
     *
     * @throws IllegalArgumentException naming the key, if a directory is missing or given in vain, or the limit too low
     */
    public OutboxConfig {
        if (directory.isPresent() == (mode == OutboxMode.MEMORY)) {
            throw new IllegalArgumentException(
                    mode == OutboxMode.MEMORY
                            ? "outbox.directory is given, but outbox.mode MEMORY keeps nothing on disk"
                            : "outbox.directory is missing, and outbox.mode " + mode + " needs one");
        }
        if (maxBytes < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "outbox.maxBytes is " + maxBytes + ", less than the least, " + LEAST_BYTES);
        }
    }

    /** Keeps events in memory: up to 4 MiB, then {@code publish} refuses. */
    public static OutboxConfig memory() {
        return new OutboxConfig(OutboxMode.MEMORY, Optional.empty(), DEFAULT_MEMORY_BYTES, new OverflowPolicy.Refuse());
    }

    /** Keeps events on disk before they are sent: up to 64 MiB, then the oldest make room. */
    public static OutboxConfig durable(Path directory) {
        return new OutboxConfig(
                OutboxMode.DURABLE, Optional.of(directory), DEFAULT_DISK_BYTES, new OverflowPolicy.DropOldest());
    }

    /** Keeps events in memory, and on disk when acknowledgements do not come: up to 64 MiB, then the oldest make room. */
    public static OutboxConfig buffered(Path directory) {
        return new OutboxConfig(
                OutboxMode.BUFFERED, Optional.of(directory), DEFAULT_DISK_BYTES, new OverflowPolicy.DropOldest());
    }

    /** This with another limit, in bytes of encoded events. */
    public OutboxConfig maxBytes(long bytes) {
        return new OutboxConfig(mode, directory, bytes, overflow);
    }

    /** This, but {@code publish} waits for room up to this long. */
    public OutboxConfig blocking(Duration timeout) {
        return overflow(new OverflowPolicy.Block(timeout));
    }

    /** This with another policy for when there is no room. */
    public OutboxConfig overflow(OverflowPolicy policy) {
        return new OutboxConfig(mode, directory, maxBytes, policy);
    }
}
