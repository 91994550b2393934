package io.fleetline.device.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log back. What was forced is found; what was written last and not forced may be found or not, but always from
 * its beginning on; damage to the rest costs no more than the damaged records.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    static final String DAMAGED = ".damaged";
    /** How many files that could not be read are kept for somebody to look at. */
    private static final int MAX_SET_ASIDE = 4;

    private record Found(SegmentHead head, DiskFile file) {}

    private final Disk disk;
    private final LogFormat format;
    private final Replay replay;
    private final NavigableMap<Long, Found> found = new TreeMap<>();
    private byte[] image = new byte[0];

    final NavigableMap<Long, Segment> segments = new TreeMap<>();
    final List<String> spares = new ArrayList<>();
    /** Names of segments that are no longer part of the log, because recycling them was cut short. */
    final List<String> leftovers = new ArrayList<>();

    long highestId;
    long batchNumber;
    /** The end of what was certainly forced. What lies behind was read, but the disk may not have it. */
    long forced;

    LogRecovery(Disk disk, LogFormat format, Replay replay) {
        this.disk = disk;
        this.format = format;
        this.replay = replay;
    }

    void run() throws IOException {
        try {
            readHeads();
        } catch (IOException e) {
            found.values().forEach(opened -> opened.file().close());
            throw e;
        }
        if (found.isEmpty()) {
            return;
        }
        Map<Long, Integer> ends = found.lastEntry().getValue().head().ends;
        long newest = found.lastKey();
        for (Map.Entry<Long, Found> entry : found.entrySet()) {
            long id = entry.getKey();
            Integer end = ends.get(id);
            if (id == newest) {
                replay(id, entry.getValue(), -1);
            } else if (end != null) {
                replay(id, entry.getValue(), end);
            } else {
                entry.getValue().file().close();
                leftovers.add(format.segmentName(id));
            }
        }
    }

    private void readHeads() throws IOException {
        List<String> setAside = new ArrayList<>();
        List<String> names = disk.list();
        names.sort(null);
        for (String name : names) {
            long spare = format.id(name, ".spare");
            long aside = format.id(name, ".log" + DAMAGED);
            long id = format.id(name, ".log");
            highestId = Math.max(highestId, Math.max(spare, Math.max(aside, id)));
            if (spare >= 0) {
                spares.add(name);
            } else if (aside >= 0) {
                setAside.add(name);
            } else if (id >= 0) {
                readHead(name, id, setAside);
            }
        }
        for (String name : setAside.subList(0, Math.max(0, setAside.size() - MAX_SET_ASIDE))) {
            delete(name);
        }
    }

    /** A file that cannot be opened may be as good as new for who has the right or a descriptor left: nothing is decided. */
    private void readHead(String name, long id, List<String> setAside) throws IOException {
        DiskFile file = disk.open(name);
        SegmentHead head = SegmentHead.read(file, format);
        if (head != null && head.version != SegmentHead.VERSION) {
            file.close();
            throw new IOException(
                    name + " has version " + head.version + ", this release reads " + SegmentHead.VERSION);
        }
        if (head != null && head.kind == format.kind() && head.id == id) {
            found.put(id, new Found(head, file));
            highestId = Math.max(highestId, id);
            return;
        }
        file.close();
        if (head != null && head.kind == format.kind() && head.id > id) {
            leftovers.add(name); // it was about to become that segment, when a power cut took back its new name
            highestId = Math.max(highestId, head.id);
            return;
        }
        damage(name + " is not readable and is set aside as " + name + DAMAGED);
        try {
            disk.rename(name, name + DAMAGED);
            setAside.add(name + DAMAGED);
        } catch (IOException e) {
            LOG.debug("{} cannot be renamed", name, e); // it is left out all the same
        }
    }

    private void delete(String name) {
        try {
            disk.delete(name);
        } catch (IOException e) {
            LOG.debug("{} cannot be deleted", name, e);
        }
    }

    private void replay(long id, Found from, int sealedEnd) {
        SegmentHead head = from.head();
        int size = load(id, from.file());
        replay.segment(id, head.state);
        Scan scan = new Scan(id, head, sealedEnd < 0 ? size : Math.min(size, sealedEnd), sealedEnd >= 0);
        scan.run();
        batchNumber = scan.batchNumber;
        int end = sealedEnd >= 0 ? sealedEnd : scan.lastBatch;
        forced = SegmentLog.place(id, end);
        segments.put(id, new Segment(id, head.salt, from.file(), size, end));
    }

    /** Reads a file into {@link #image}, with zeros where it cannot be read. Returns its size. */
    private int load(long id, DiskFile file) {
        int size = 0;
        try {
            size = (int) Math.min(file.size(), LogFormat.MAX_SEGMENT_BYTES);
            if (image.length < size) {
                image = new byte[size];
            }
            file.read(0, image, 0, size);
        } catch (IOException e) {
            damage("segment " + id + " cannot be read as a whole: " + e.getMessage());
            for (int at = 0; at < size; at += format.blockBytes()) {
                int length = Math.min(format.blockBytes(), size - at);
                try {
                    file.read(at, image, at, length);
                } catch (IOException unreadable) {
                    Arrays.fill(image, at, at + length, (byte) 0);
                }
            }
        }
        return size;
    }

    private void damage(String what) {
        LOG.warn("{}: {}", disk, what);
        replay.damage(what);
    }

    /** Reads the records of the segment in {@link #image}. */
    private final class Scan {
        final long id;
        final RecordCodec codec;
        final int limit;
        int at;
        /** Up to here all was forced, so that whatever cannot be read there is damage. */
        int proven;

        long batchNumber;
        /** Where the last batch begins, unless it is the one that the segment began with, which is certainly forced. */
        int lastBatch;

        Scan(long id, SegmentHead head, int limit, boolean sealed) {
            this.id = id;
            this.codec = new RecordCodec(head.salt);
            this.limit = limit;
            this.at = head.dataStart;
            this.proven = sealed ? limit : head.dataStart;
            this.batchNumber = head.batchNumber;
            this.lastBatch = -1;
        }

        void run() {
            boolean more = at < limit;
            while (more) {
                int length = codec.check(image, at, limit, at);
                if (at >= proven && (length < 0 || (isBatch(at) && !isWhole(length))) && !proveMore()) {
                    break;
                }
                if (length >= 0) {
                    deliver(length);
                } else {
                    skipDamage();
                }
                more = at < limit;
            }
            if (lastBatch < 0) {
                lastBatch = at;
            }
        }

        private boolean isBatch(int record) {
            return (image[record + 1] & 0xff) == SegmentLog.BATCH;
        }

        /** Whether all records of the batch that begins here are good. A part of one was never promised to anybody. */
        private boolean isWhole(int length) {
            int payload = at + RecordCodec.headerBytes(length);
            int end = at + ByteBuffer.wrap(image).getInt(payload);
            int record = payload + length;
            while (record < end && end <= limit) {
                int next = codec.check(image, record, limit, record);
                if (next < 0) {
                    return false;
                }
                record += RecordCodec.headerBytes(next) + next;
            }
            return record == end;
        }

        private void deliver(int length) {
            int payload = at + RecordCodec.headerBytes(length);
            if (isBatch(at)) {
                Varint.Reader reader = batch(at, length);
                long number = reader.next();
                if (number > batchNumber) {
                    batchNumber = number;
                    lastBatch = at;
                }
                replay.batch(reader.next());
            } else {
                replay.record(image[at + 1] & 0xff, SegmentLog.place(id, at), image, payload, length);
            }
            at = payload + length;
        }

        private Varint.Reader batch(int record, int length) {
            int skipped = RecordCodec.headerBytes(length) + SegmentLog.BATCH_FIXED_BYTES;
            return new Varint.Reader(image, record + skipped, length - SegmentLog.BATCH_FIXED_BYTES);
        }

        /** A batch that begins later was written after all before it was forced. False if there is none. */
        private boolean proveMore() {
            int later = find(true);
            proven = Math.max(proven, later);
            return later >= 0;
        }

        private void skipDamage() {
            int next = find(false);
            int upTo = next < 0 ? limit : next;
            damage("segment " + id + " is damaged from byte " + at + " to " + upTo);
            at = upTo;
        }

        /** The next good record behind this place; with {@code later}, one that begins a later batch. */
        private int find(boolean later) {
            for (int i = at + 1; i + RecordCodec.MIN_HEADER_BYTES <= limit; i++) {
                int length = codec.check(image, i, limit, i);
                if (length >= 0 && (!later || beginsLaterBatch(i, length))) {
                    return i;
                }
            }
            return -1;
        }

        private boolean beginsLaterBatch(int i, int length) {
            return isBatch(i) && batch(i, length).next() > batchNumber;
        }
    }
}
