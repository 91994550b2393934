package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.LogFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an outbox is told at opening.
 *
 * @param mode how items are kept
 * @param directory where, for the modes that keep them on disk; belongs to the outbox alone
 * @param maxBytes what all events that are not acknowledged may take together: their encoded bytes and {@value
 *     #ITEM_OVERHEAD_BYTES} for each
 * @param memoryBytes how much of that may be in memory; the same as {@code maxBytes} in mode MEMORY
 * @param outcomeBytes what outcomes may take, beside {@code maxBytes}, before new commands are ignored
 * @param overflow what happens when there is no room for an event
 */
public record OutboxSettings(
        OutboxMode mode,
        Optional<Path> directory,
        long maxBytes,
        long memoryBytes,
        long outcomeBytes,
        Overflow overflow) {
    /** What an item takes beside its encoded bytes, in memory or on disk. */
    public static final int ITEM_OVERHEAD_BYTES = 48;

    /** Room for a few small items; what an application may choose is bounded where it chooses. */
    public static final long MIN_BYTES = 1000;

    /** @throws IllegalArgumentException if a limit is too small or contradicts another, or the mode needs a directory */
    public OutboxSettings {
        atLeast("maxBytes", maxBytes);
        atLeast("memoryBytes", memoryBytes);
        atLeast("outcomeBytes", outcomeBytes);
        if (mode != OutboxMode.MEMORY && directory.isEmpty()) {
            throw new IllegalArgumentException("an outbox in mode " + mode + " needs a directory");
        }
        if (memoryBytes > maxBytes) {
            throw new IllegalArgumentException(
                    "memoryBytes is " + memoryBytes + ", more than maxBytes, which is " + maxBytes);
        }
    }

    /** An outbox in memory with these limits. */
    public static OutboxSettings inMemory(long maxBytes, long outcomeBytes, Overflow overflow) {
        return new OutboxSettings(OutboxMode.MEMORY, Optional.empty(), maxBytes, maxBytes, outcomeBytes, overflow);
    }

    /** How large the files are that it lies in: a sixteenth of all, within what is neither too small nor slow to read. */
    int segmentBytes() {
        long sixteenth = Math.max(256 * 1024, Math.min(4 * 1024 * 1024, maxBytes / 16));
        return (int) sixteenth & -LogFormat.DEFAULT_BLOCK_BYTES;
    }

    private static void atLeast(String key, long value) {
        if (value < MIN_BYTES) {
            throw new IllegalArgumentException(key + " is " + value + ", less than " + MIN_BYTES);
        }
    }
}
