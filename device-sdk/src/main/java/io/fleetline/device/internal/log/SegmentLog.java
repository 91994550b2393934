package io.fleetline.device.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only log in segments. Records are added to a batch in memory, and {@link #commit} writes and forces the batch:
 * to the newest segment, or, together with a head that says what the log's user knows, as the beginning of a new one. A
 * segment whose file failed to be forced is never written to again.
 *
 * <p>One thread at a time adds and commits; {@link #read} may be called beside it.
 */
public final class SegmentLog {
    /** The type of the record that begins a batch: the bytes of the batch as 4 bytes, its number, the time of day. */
    static final int BATCH = 1;

    /** Of the payload of such a record: the length of the batch. */
    static final int BATCH_FIXED_BYTES = 4;

    /** A place that no record has. */
    public static final long NOWHERE = 0;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
    private static final int OFFSET_BITS = 24;
    /** How many files wait to be used again; more are deleted, so that a log that shrinks gives its room back. */
    private static final int MAX_SPARES = 2;

    private static final int ZEROS = 64 * 1024;
    private static final int MAX_BUFFER_KEPT = 512 * 1024;

    private static final class Spare {
        final String name;
        /** Whether the name would outlive a power cut, so that the file may be written to. */
        boolean nameForced;

        Spare(String name, boolean nameForced) {
            this.name = name;
            this.nameForced = nameForced;
        }
    }

    private final Disk disk;
    private final LogFormat format;
    private final RandomGenerator random;
    private final ConcurrentNavigableMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final Set<Long> abandoned = new TreeSet<>();
    private final List<Spare> spares = new ArrayList<>();
    /** Files that a recovery found to be no part of the log; to be retired once a head says so. */
    private final List<String> leftovers = new ArrayList<>();

    private final RecordCodec codec = new RecordCodec(0);
    private @Nullable Segment head;
    /** Whether the names that the recovery found would outlive a power cut. */
    private boolean foundNamesForced;

    private long highestId;
    private long batchNumber;
    /** The one thread that commits writes it, all read it. */
    private volatile long forced;

    private long bytesWritten;

    // The batch that is being put together.
    private byte[] buffer = new byte[8 * 1024];
    private int used;
    private int base;
    private long target;
    private int batchAt;
    private int batchPayload;
    private @Nullable SegmentHead newHead;
    private int newRoom;

    private SegmentLog(Disk disk, LogFormat format, RandomGenerator random) {
        this.disk = disk;
        this.format = format;
        this.random = random;
    }

    /**
     * Reads what is there. Nothing can be added before a {@link #beginSegment}.
     *
     * @throws IOException if the names of the files cannot be read, or a file cannot be opened or is of a later version;
     *     nothing has changed then
     */
    public static SegmentLog open(Disk disk, LogFormat format, RandomGenerator random, Replay replay)
            throws IOException {
        SegmentLog log = new SegmentLog(disk, format, random);
        LogRecovery recovery = new LogRecovery(disk, format, replay);
        recovery.run();
        log.segments.putAll(recovery.segments);
        recovery.spares.forEach(name -> log.spares.add(new Spare(name, false)));
        log.highestId = recovery.highestId;
        log.batchNumber = recovery.batchNumber;
        log.forced = recovery.forced;
        log.leftovers.addAll(recovery.leftovers);
        return log;
    }

    static long place(long segment, int offset) {
        return (segment << OFFSET_BITS) | offset;
    }

    /** The segment that a place is in. */
    public static long segmentOf(long place) {
        return place >>> OFFSET_BITS;
    }

    /** Whether a record at this place outlives a power cut. */
    public boolean isForced(long place) {
        return place < forced;
    }

    /** The ids of all segments that are part of the log. */
    public Set<Long> segments() {
        return segments.keySet();
    }

    /** The segments whose file failed: what is still wanted of them is to be written again, then they are recycled. */
    public Set<Long> abandoned() {
        return abandoned;
    }

    /** The segment that batches go to, 0 if the next has to begin one. */
    public long headId() {
        return head == null ? 0 : head.id;
    }

    /** How many bytes of records still go into the newest segment. */
    public int room() {
        return head == null ? 0 : head.size - head.end;
    }

    /** All bytes that were handed to the disk. */
    public long bytesWritten() {
        return bytesWritten;
    }

    /** What a record with this payload takes. */
    public static int recordBytes(int payload) {
        return RecordCodec.headerBytes(payload) + payload;
    }

    /** Begins a batch at the end of the newest segment. */
    public void beginBatch(long unixMillis) {
        if (head == null) {
            throw new IllegalStateException("there is no segment to go on with");
        }
        target = head.id;
        base = head.end;
        used = 0;
        newHead = null;
        codec.use(head.salt);
        addBatch(unixMillis);
    }

    /** Begins a batch that begins a segment, which says this about all that was committed before. */
    public void beginSegment(byte[] state, long unixMillis) {
        beginSegment(state, 0, unixMillis);
    }

    /** As {@link #beginSegment(byte[], long)}, with at least so much room behind the batch that begins it. */
    public void beginSegment(byte[] state, int roomBehind, long unixMillis) {
        newRoom = roomBehind;
        Map<Long, Integer> ends = new TreeMap<>();
        segments.forEach((id, segment) -> ends.put(id, segment.end));
        long salt = random.nextLong();
        target = ++highestId;
        byte[] encoded = SegmentHead.encode(format, target, salt, batchNumber + 1, ends, state);
        newHead = new SegmentHead(
                SegmentHead.VERSION, format.kind(), target, salt, batchNumber + 1, ends, state, encoded.length);
        base = 0;
        used = 0;
        reserve(encoded.length);
        System.arraycopy(encoded, 0, buffer, 0, encoded.length);
        used = encoded.length;
        codec.use(salt);
        addBatch(unixMillis);
    }

    private void addBatch(long unixMillis) {
        byte[] payload = new byte[BATCH_FIXED_BYTES + 2 * Varint.MAX_BYTES];
        int length = Varint.write(payload, BATCH_FIXED_BYTES, ++batchNumber);
        batchPayload = Varint.write(payload, length, unixMillis);
        batchAt = used;
        add(BATCH, payload, batchPayload, payload, 0);
    }

    /** Says in the batch's first record how long the batch has become, so that a part of it is not taken for the whole. */
    private void sealBatch() {
        int payload = batchAt + RecordCodec.headerBytes(batchPayload);
        ByteBuffer.wrap(buffer).putInt(payload, used - batchAt);
        codec.seal(buffer, batchAt, BATCH, batchPayload, base + batchAt);
    }

    /**
     * Adds a record to the batch. Its payload is the first {@code firstLength} bytes of one array and then the first
     * {@code restLength} of another.
     *
     * @param type 2 to 255
     * @return where it will be
     */
    public long add(int type, byte[] first, int firstLength, byte[] rest, int restLength) {
        int payload = firstLength + restLength;
        if (payload > RecordCodec.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "a record has " + payload + " bytes, more than " + RecordCodec.MAX_PAYLOAD_BYTES);
        }
        int at = used;
        int headerBytes = RecordCodec.headerBytes(payload);
        reserve(headerBytes + payload);
        System.arraycopy(first, 0, buffer, at + headerBytes, firstLength);
        System.arraycopy(rest, 0, buffer, at + headerBytes + firstLength, restLength);
        codec.seal(buffer, at, type, payload, base + at);
        used += headerBytes + payload;
        return place(target, base + at);
    }

    private void reserve(int bytes) {
        if (used + bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(used + bytes, 2 * buffer.length));
        }
    }

    /** The bytes of the batch so far. */
    public int batchBytes() {
        return used;
    }

    /**
     * Writes the batch and forces it. If that fails, the segment that it went to is abandoned, and what was in the batch
     * may be found again or not.
     */
    public void commit() throws IOException {
        SegmentHead beginning = newHead;
        newHead = null;
        sealBatch();
        if (beginning != null) {
            begin(beginning);
        } else if (head != null) {
            try {
                bytesWritten += used;
                head.file.write(base, buffer, 0, used);
                head.file.force();
                head.end = base + used;
            } catch (IOException e) {
                abandoned.add(head.id);
                head = null;
                throw e;
            }
        }
        forced = place(target, base + used);
        if (buffer.length > MAX_BUFFER_KEPT) {
            buffer = new byte[MAX_BUFFER_KEPT];
        }
    }

    private void begin(SegmentHead beginning) throws IOException {
        if (!foundNamesForced) {
            disk.force(); // or the new segment could outlive a power cut, and one that it builds upon not
            foundNamesForced = true;
            spares.forEach(spare -> spare.nameForced = true);
        }
        String name = spare(Math.max(format.segmentBytes(), Math.min(used + newRoom, LogFormat.MAX_SEGMENT_BYTES)));
        DiskFile file = disk.openToWrite(name);
        boolean done = false;
        try {
            bytesWritten += used;
            file.write(0, buffer, 0, used);
            file.force();
            head = null; // from now on a recovery may find the new segment, and read no further in the old one than now
            disk.rename(name, format.segmentName(target));
            disk.force();
            spares.forEach(spare -> spare.nameForced = true);
            Segment segment = new Segment(target, beginning.salt, file, (int) file.size(), used);
            segments.put(target, segment);
            head = segment;
            done = true;
        } finally {
            if (!done) {
                file.close();
                deleteQuietly(name);
                deleteQuietly(format.segmentName(target));
            }
        }
        // Not to be used again: a disk that lost a change of names may have the same file under two.
        leftovers.forEach(this::deleteQuietly);
        leftovers.clear();
    }

    /** The name of a file of at least this size that nobody needs, which is no longer among the spares. */
    private String spare(int bytes) throws IOException {
        while (!spares.isEmpty()) {
            Spare spare = spares.remove(spares.size() - 1);
            if (isLargeEnough(spare.name, bytes)) {
                if (!spare.nameForced) {
                    disk.force();
                }
                return spare.name;
            }
            deleteQuietly(spare.name);
        }
        return create(bytes);
    }

    private boolean isLargeEnough(String name, int bytes) {
        try (DiskFile file = disk.open(name)) {
            return file.size() >= bytes;
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes a file and fills it, so that the room is there and appending changes nothing but content. */
    private String create(int bytes) throws IOException {
        String name = format.spareName(++highestId);
        boolean done = false;
        try (DiskFile file = disk.create(name)) {
            byte[] zeros = new byte[Math.min(ZEROS, bytes)];
            for (int at = 0; at < bytes; at += zeros.length) {
                int length = Math.min(zeros.length, bytes - at);
                bytesWritten += length;
                file.write(at, zeros, 0, length);
            }
            done = true;
        } finally {
            if (!done) {
                deleteQuietly(name);
            }
        }
        return name;
    }

    /** Makes the next segment's file ahead of time, once the newest is half full. A failure can wait until it is needed. */
    public void prepare() {
        if (spares.isEmpty() && head != null && head.end > head.size / 2) {
            try {
                spares.add(new Spare(create(format.segmentBytes()), true));
            } catch (IOException e) {
                LOG.debug("{}: no file ahead of time", disk, e);
            }
        }
    }

    /** Takes a segment out of the log: nothing in it is wanted, and whatever says so has been forced. */
    public void recycle(long id) {
        Segment segment = segments.remove(id);
        if (segment != null) {
            segment.file.close();
            if (abandoned.remove(id)) {
                deleteQuietly(format.segmentName(id));
            } else {
                retire(format.segmentName(id), id);
            }
        }
    }

    private void retire(String name, long id) {
        if (spares.size() >= MAX_SPARES) {
            deleteQuietly(name);
            return;
        }
        try {
            disk.rename(name, format.spareName(id));
            spares.add(new Spare(format.spareName(id), false));
        } catch (IOException e) {
            LOG.debug("{}: {} stays where it is", disk, name, e); // it holds nothing that would be taken for news
        }
    }

    private void deleteQuietly(String name) {
        try {
            disk.delete(name);
        } catch (IOException e) {
            LOG.debug("{}: {} cannot be deleted", disk, name, e);
        }
    }

    /**
     * Reads a record's payload back.
     *
     * @param guess about how long it is
     * @return null if there is no good record at this place: it is damaged, or its segment was recycled
     */
    public byte @Nullable [] read(long place, int guess) {
        Segment segment = segments.get(segmentOf(place));
        if (segment == null) {
            return null;
        }
        int offset = (int) (place & ((1 << OFFSET_BITS) - 1));
        try {
            return read(segment, offset, Math.min(guess + RecordCodec.MIN_HEADER_BYTES + 2, segment.size - offset));
        } catch (IOException e) {
            LOG.debug("{}: segment {} cannot be read at {}", disk, segment.id, offset, e);
            return null;
        }
    }

    private static byte @Nullable [] read(Segment segment, int offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        int read = segment.file.read(offset, bytes, 0, length);
        int payload = new RecordCodec(segment.salt).check(bytes, 0, read, offset);
        return payload < 0
                ? null
                : Arrays.copyOfRange(
                        bytes, RecordCodec.headerBytes(payload), RecordCodec.headerBytes(payload) + payload);
    }

    @Override
    public String toString() {
        return disk.toString();
    }

    /** Closes the files. */
    public void close() {
        segments.values().forEach(segment -> segment.file.close());
    }
}
