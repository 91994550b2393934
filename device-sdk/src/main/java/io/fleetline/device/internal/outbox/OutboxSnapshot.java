package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.GapReason;
import java.util.List;
import java.util.Map;

/**
 * What an outbox holds at one moment.
 *
 * @param store names this life of the outbox
 * @param run names this opening of it
 * @param storage where new items are kept now, which may be less than was asked for
 * @param items how many events and outcomes are not yet acknowledged
 * @param bytes what they take of the limit
 * @param memoryBytes what of them is held in memory
 * @param unwrittenBytes what of them is in memory alone, and so lost with the process
 * @param oldestAgeNanos how long the oldest has been waiting, 0 if there is none
 * @param gaps how many gaps are not yet acknowledged
 * @param dropped how many items of this process became gaps, by reason; reasons that never
 *     occurred are missing
 * @param acked up to where each lane is acknowledged, in the order of the lanes
 * @param last the last number given in each lane
 */
public record OutboxSnapshot(
        long store,
        long run,
        StorageState storage,
        long items,
        long bytes,
        long memoryBytes,
        long unwrittenBytes,
        long oldestAgeNanos,
        long gaps,
        Map<GapReason, Long> dropped,
        List<Long> acked,
        List<Long> last) {}
