package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.Disk;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.device.internal.log.SegmentLog;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.StoreNames;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the outbox on a disk: puts back what is there, and begins a run. */
final class JournalOpening {
    private static final Logger LOG = LoggerFactory.getLogger(JournalOpening.class);

    /** More cannot be left by anything but a device that starts over and over and never settles anything. */
    private static final int MAX_RUNS = 4096;

    private JournalOpening() {}

    /**
     * Fills empty contents from the disk and begins a run, which is on disk when this returns.
     *
     * @throws IOException if the disk does not take the new run
     */
    static <W> Journal<W> open(
            Contents<W> contents,
            Disk disk,
            LogFormat format,
            RandomGenerator random,
            ReentrantLock lock,
            long nowNanos)
            throws IOException {
        JournalReplay<W> replay = new JournalReplay<>(contents);
        SegmentLog log = SegmentLog.open(disk, format, random, replay);
        try {
            if (!replay.foundAnything()) {
                contents.store = StoreNames.lasting(random.nextInt());
            }
            beginRun(contents, random);
            long holes = fillHoles(contents);
            takeIn(contents);
            if (holes > 0 || replay.damages() > 0) {
                LOG.warn("{}: {} numbers were lost and have become gaps", disk, holes);
            }
            Journal<W> journal = new Journal<>(contents, log, lock, format.segmentBytes(), nowNanos);
            journal.begin(nowNanos);
            return journal;
        } catch (IOException e) {
            log.close();
            throw e;
        }
    }

    private static <W> void beginRun(Contents<W> contents, RandomGenerator random) throws IOException {
        contents.runs.forgetSettled(contents.acked());
        contents.runs.joinUnsent(MAX_RUNS - 1);
        if (contents.runs.all().size() >= MAX_RUNS) {
            throw new IOException("the log holds items of " + MAX_RUNS + " runs, more than it may");
        }
        long[] first = new long[JournalRecords.LANES];
        for (int lane = 0; lane < first.length; lane++) {
            first[lane] = contents.queues.get(lane).last() + 1;
        }
        long name = Integer.toUnsignedLong(random.nextInt());
        while (contents.runs.isKnown(name)) {
            name = Integer.toUnsignedLong(random.nextInt());
        }
        contents.runs.begin(new Runs.Run(name, first));
    }

    /** Makes gaps of the numbers that should be there and are not. Returns how many. */
    private static <W> long fillHoles(Contents<W> contents) {
        long holes = 0;
        for (LaneQueue<W> queue : contents.queues) {
            long at = queue.acked() + 1;
            while (at <= queue.last()) {
                long to = queue.holeTo(at);
                if (to >= at) {
                    queue.cover(at, to, GapReason.STORAGE_DAMAGED, contents.runs, Places.NOWHERE);
                    holes += to - at + 1;
                    at = to + 1;
                } else {
                    Gap gap = queue.gapAt(at);
                    at = gap == null ? at + 1 : gap.to + 1;
                }
            }
        }
        return holes;
    }

    private static <W> void takeIn(Contents<W> contents) {
        for (Lane lane : Contents.LANES) {
            LaneQueue<W> queue = contents.queue(lane);
            for (long seq = queue.nextItem(1); seq != 0; seq = queue.nextItem(seq + 1)) {
                contents.recovered(lane, seq);
            }
        }
        contents.recovered();
    }
}
