package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;

/**
 * An item of this process whose number has become a gap, and who waits for it. It may have been sent and stored all the
 * same.
 *
 * @param waiter what was handed in with the item
 * @param lane the item's lane
 * @param store the item's store
 * @param run the run that its number belongs to
 * @param seq its number
 * @param reason why it was dropped
 * @param <W> who waits
 */
public record Dropped<W>(W waiter, Lane lane, long store, long run, long seq, GapReason reason) {}
