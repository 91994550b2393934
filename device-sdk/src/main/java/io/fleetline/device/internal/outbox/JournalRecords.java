package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.SegmentLog;
import io.fleetline.device.internal.log.Varint;
import io.fleetline.protocol.GapReason;
import java.util.List;

/**
 * The outbox's records in its log, and what it says in the head of each segment. All numbers are varints.
 *
 * <pre>
 *   0x10 + lane   item            seq, the encoded item
 *   0x20 + lane   expiring item   seq, when it expires (Unix time in ms), the encoded item
 *   0x30 + lane   gap             from, to, reason
 *   0x40          cursor          up to where each of the four lanes is acknowledged
 *   0x41          order           run, order
 *   head          store, highest order ever given, the cursor, number of runs,
 *                 and for each: name, order or 0, first number in each of the four lanes
 * </pre>
 */
final class JournalRecords {
    static final int ITEM = 0x10;
    static final int EXPIRING_ITEM = 0x20;
    static final int GAP = 0x30;
    static final int CURSOR = 0x40;
    static final int ORDER = 0x41;

    static final int LANES = 4;

    /** The most that an item's record has beside the item. */
    static final int ITEM_OVERHEAD_BYTES = SegmentLog.recordBytes(1 << 14) - (1 << 14) + 2 * 9;

    /** The most that a gap, a cursor or an order takes. */
    static final int SMALL_RECORD_BYTES = 64;

    private static final byte[] NOTHING = {};

    private final SegmentLog log;
    private final byte[] scratch = new byte[SMALL_RECORD_BYTES];

    JournalRecords(SegmentLog log) {
        this.log = log;
    }

    long addItem(int lane, long seq, long expiryUnixMillis, byte[] item) {
        int length = Varint.write(scratch, 0, seq);
        if (expiryUnixMillis == 0) {
            return log.add(ITEM + lane, scratch, length, item, item.length);
        }
        length = Varint.write(scratch, length, expiryUnixMillis);
        return log.add(EXPIRING_ITEM + lane, scratch, length, item, item.length);
    }

    long addGap(int lane, long from, long to, GapReason reason) {
        int length = Varint.write(scratch, 0, from);
        length = Varint.write(scratch, length, to);
        length = Varint.write(scratch, length, reason.code());
        return log.add(GAP + lane, scratch, length, NOTHING, 0);
    }

    void addCursor(long[] acked) {
        int length = 0;
        for (long lane : acked) {
            length = Varint.write(scratch, length, lane);
        }
        log.add(CURSOR, scratch, length, NOTHING, 0);
    }

    void addOrder(Runs.Run run) {
        int length = Varint.write(scratch, 0, run.name);
        length = Varint.write(scratch, length, run.order);
        log.add(ORDER, scratch, length, NOTHING, 0);
    }

    static byte[] head(long store, Runs runs, long[] acked) {
        List<Runs.Run> all = runs.all();
        byte[] head = new byte[(3 + LANES + all.size() * (2 + LANES)) * Varint.MAX_BYTES];
        int length = Varint.write(head, 0, store);
        length = Varint.write(head, length, runs.highestOrder());
        for (long lane : acked) {
            length = Varint.write(head, length, lane);
        }
        length = Varint.write(head, length, all.size());
        for (Runs.Run run : all) {
            length = Varint.write(head, length, run.name);
            length = Varint.write(head, length, run.order);
            for (long first : run.first) {
                length = Varint.write(head, length, first);
            }
        }
        return java.util.Arrays.copyOf(head, length);
    }
}
