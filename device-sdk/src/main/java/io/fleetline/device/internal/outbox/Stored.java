package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.Lane;

/**
 * An item of this process that the node has acknowledged, and who waits for that.
 *
 * @param waiter what was handed in with the item
 * @param lane the item's lane
 * @param store the item's store
 * @param run the run that its number belongs to
 * @param seq its number
 * @param kept how it was kept until now
 * @param <W> who waits
 */
public record Stored<W>(W waiter, Lane lane, long store, long run, long seq, OutboxMode kept) {}
