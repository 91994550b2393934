package io.fleetline.backend;

import io.fleetline.backend.filter.DeviceState;
import io.fleetline.backend.filter.FilterStart;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * What a reader learnt in a partition since it last saved.
 *
 * @param partition which one
 * @param fromOffset the {@code nextOffset} that was saved last, on which this builds; {@link #NOTHING_SAVED} if nothing was
 * @param nextOffset the offset of the first record that it has not seen
 * @param start where it began
 * @param changed what the filter knows of the devices that had records since
 * @param all what the filter knows of all devices, for a store that writes a new whole; usable until {@code save} returns
 */
public record PartitionProgress(
        TopicPartition partition,
        long fromOffset,
        long nextOffset,
        FilterStart start,
        List<DeviceState> changed,
        Supplier<List<DeviceState>> all) {
    /** The {@code fromOffset} of the first progress of a partition. */
    public static final long NOTHING_SAVED = -1;

    /**
     * For stores: checks that this builds on what they have.
     *
     * @param savedOffset the {@code nextOffset} that the store has, or {@link #NOTHING_SAVED}
     * @throws StaleProgressException if it does not
     */
    public void checkBuildsOn(long savedOffset) {
        if (savedOffset != fromOffset) {
            throw new StaleProgressException("progress of " + partition + " from offset " + fromOffset + " to "
                    + nextOffset + " does not build on what is saved, which is offset " + savedOffset
                    + "; is another reader at work?");
        }
    }
}
