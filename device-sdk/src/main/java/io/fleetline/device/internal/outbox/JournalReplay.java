package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.Replay;
import io.fleetline.device.internal.log.Varint;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.util.Arrays;

/**
 * Puts back what a log holds. The log may hold a number several times, because what is wanted of an old segment is written
 * again to a new one: the last record counts.
 *
 * @param <W> who waits for an item
 */
final class JournalReplay<W> implements Replay {
    private final Contents<W> contents;
    private long writtenUnixMillis;
    private boolean anything;
    private long damages;

    JournalReplay(Contents<W> contents) {
        this.contents = contents;
    }

    /** Whether there was a store to be found. */
    boolean foundAnything() {
        return anything;
    }

    /** How often something was missing or spoilt. */
    long damages() {
        return damages;
    }

    @Override
    public void segment(long id, byte[] state) {
        Varint.Reader reader = new Varint.Reader(state, 0, state.length);
        contents.store = reader.next();
        anything = true;
        contents.runs.restoreHighestOrder(reader.next());
        long[] acked = lanes(reader);
        for (long count = reader.next(); count > 0; count--) {
            long name = reader.next();
            long order = reader.next();
            Runs.Run run = new Runs.Run(name, new long[JournalRecords.LANES]);
            run.order = order;
            System.arraycopy(lanes(reader), 0, run.first, 0, JournalRecords.LANES);
            if (contents.runs.restore(run) != null) {
                for (int lane = 0; lane < JournalRecords.LANES; lane++) {
                    contents.queues.get(lane).begin(run.first[lane]);
                }
            }
        }
        acknowledge(acked);
    }

    private static long[] lanes(Varint.Reader reader) {
        long[] numbers = new long[JournalRecords.LANES];
        for (int lane = 0; lane < numbers.length; lane++) {
            numbers[lane] = reader.next();
        }
        return numbers;
    }

    private void acknowledge(long[] acked) {
        for (int lane = 0; lane < acked.length; lane++) {
            LaneQueue<W> queue = contents.queues.get(lane);
            if (acked[lane] > queue.acked()) {
                queue.settle(acked[lane], Places.NONE, seq -> {});
            }
        }
    }

    @Override
    public void batch(long unixMillis) {
        writtenUnixMillis = unixMillis;
    }

    @Override
    public void record(int type, long place, byte[] source, int offset, int length) {
        Varint.Reader reader = new Varint.Reader(source, offset, length);
        if (type == JournalRecords.CURSOR) {
            acknowledge(lanes(reader));
        } else if (type == JournalRecords.ORDER) {
            contents.runs.restoreOrder(reader.next(), reader.next());
        } else {
            int lane = type & 0x0f;
            long seq = reader.next();
            if ((type & 0xf0) == JournalRecords.GAP) {
                gap(lane, seq, reader.next(), GapReason.of(reader.next()), place);
            } else {
                long expiry = (type & 0xf0) == JournalRecords.EXPIRING_ITEM ? reader.next() : 0;
                item(
                        Contents.LANES.get(lane),
                        seq,
                        expiry,
                        place,
                        Arrays.copyOfRange(source, reader.at(), offset + length));
            }
        }
    }

    private void item(Lane lane, long seq, long expiry, long place, byte[] item) {
        if (contents.queue(lane).restore(seq, item.length, contents.tickOf(writtenUnixMillis), place)) {
            contents.restored(lane, seq, item, writtenUnixMillis, expiry);
        }
    }

    private void gap(int lane, long from, long to, GapReason reason, long place) {
        contents.queues.get(lane).cover(from, to, reason, contents.runs, place);
    }

    @Override
    public void damage(String what) {
        damages++;
    }
}
