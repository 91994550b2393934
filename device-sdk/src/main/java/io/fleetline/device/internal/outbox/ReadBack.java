package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.SegmentLog;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads items back from the log, and gives up those that cannot be read.
 *
 * @param <W> who waits for an item
 */
final class ReadBack<W> {
    private static final Logger LOG = LoggerFactory.getLogger(ReadBack.class);

    private final Contents<W> contents;
    private final SegmentLog log;

    ReadBack(Contents<W> contents, SegmentLog log) {
        this.contents = contents;
        this.log = log;
    }

    /** Outside the lock: reads an item of this length. Null if there is none to be read at this place. */
    byte @Nullable [] item(long place, int length) {
        byte[] payload = log.read(place, length + JournalRecords.ITEM_OVERHEAD_BYTES);
        return payload == null || payload.length < length
                ? null
                : Arrays.copyOfRange(payload, payload.length - length, payload.length);
    }

    /**
     * Under the lock: the item at this place cannot be read back. It is lost, unless it has moved meanwhile, or nothing can
     * be written either: then the disk may be away as a whole, and the gap could not be sent anyway.
     *
     * @return whether something else is to be sent in its place by now
     */
    boolean lose(Lane lane, long seq, long place) {
        LaneQueue<W> queue = contents.queue(lane);
        if (!queue.isItem(seq) || queue.place(seq) != place) {
            return true;
        }
        if (contents.storage == StorageState.WRITING_FAILED) {
            return false;
        }
        LOG.warn("{}: item {} of lane {} cannot be read back", log, seq, lane);
        contents.drop(lane, seq, GapReason.STORAGE_DAMAGED);
        return true;
    }
}
