package io.fleetline.device.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a segment says about itself and about the log at the moment when it began. It stands twice, at the beginning and
 * one block or more behind it, so that one bad sector does not cost the segment. The first 36 bytes and the checksum are
 * the same in every version, so that a later version is known from damage.
 *
 * <pre>
 *   magic 4, version 1, kind 1, reserved 2, id 8, salt 8, batch number 8, length of the body 4   = 36 bytes
 *   body: count, then (id, end) for each segment that was part of the log, as varints; then the log's user's state
 *   CRC32C of all that 4
 * </pre>
 */
final class SegmentHead {
    static final byte VERSION = 1;
    private static final int MAGIC = 0x464c5347; // "FLSG"
    private static final int FIXED_BYTES = 36;
    private static final int CRC_BYTES = 4;

    final int version;
    final byte kind;
    final long id;
    final long salt;
    /** The number of the batch that the segment begins with. */
    final long batchNumber;
    /** The segments before this one, and how far each of them counts. */
    final Map<Long, Integer> ends;

    final byte[] state;
    /** Where the records begin. */
    final int dataStart;

    SegmentHead(
            int version,
            byte kind,
            long id,
            long salt,
            long batchNumber,
            Map<Long, Integer> ends,
            byte[] state,
            int dataStart) {
        this.version = version;
        this.kind = kind;
        this.id = id;
        this.salt = salt;
        this.batchNumber = batchNumber;
        this.ends = ends;
        this.state = state;
        this.dataStart = dataStart;
    }

    /** Both copies, padded: what a segment begins with. */
    static byte[] encode(
            LogFormat format, long id, long salt, long batchNumber, Map<Long, Integer> ends, byte[] state) {
        byte[] manifest = new byte[Varint.MAX_BYTES * (1 + 2 * ends.size())];
        int used = Varint.write(manifest, 0, ends.size());
        for (Map.Entry<Long, Integer> end : ends.entrySet()) {
            used = Varint.write(manifest, used, end.getKey());
            used = Varint.write(manifest, used, end.getValue());
        }
        int body = used + state.length;
        int copy = roundUp(FIXED_BYTES + body + CRC_BYTES, format.blockBytes());
        ByteBuffer head = ByteBuffer.allocate(2 * copy);
        head.putInt(MAGIC).put(VERSION).put(format.kind()).putShort((short) 0);
        head.putLong(id).putLong(salt).putLong(batchNumber).putInt(body);
        head.put(manifest, 0, used).put(state);
        CRC32C crc = new CRC32C();
        crc.update(head.array(), 0, head.position());
        head.putInt((int) crc.getValue());
        System.arraycopy(head.array(), 0, head.array(), copy, head.position());
        return head.array();
    }

    /** Reads the head of a file, from its second copy where the first is spoilt. Null if there is none to be read. */
    static @Nullable SegmentHead read(DiskFile file, LogFormat format) {
        try {
            long size = file.size();
            for (long at = 0; at < size / 2 + format.blockBytes(); at += format.blockBytes()) {
                SegmentHead head = readCopy(file, at, format.blockBytes());
                if (head != null) {
                    return head;
                }
            }
            return null;
        } catch (IOException e) {
            return null; // how large it is cannot be known: as good as unreadable
        }
    }

    private static @Nullable SegmentHead readCopy(DiskFile file, long at, int blockBytes) {
        try {
            byte[] bytes = new byte[blockBytes];
            if (file.read(at, bytes, 0, blockBytes) < blockBytes) {
                return null;
            }
            ByteBuffer head = ByteBuffer.wrap(bytes);
            if (head.getInt() != MAGIC) {
                return null;
            }
            int body = head.getInt(FIXED_BYTES - 4);
            if (body < 1 || body > LogFormat.MAX_SEGMENT_BYTES) {
                return null;
            }
            int all = FIXED_BYTES + body + CRC_BYTES;
            int copy = roundUp(all, blockBytes);
            if (at != 0 && at != copy) {
                return null;
            }
            if (all > blockBytes) {
                bytes = Arrays.copyOf(bytes, all);
                if (file.read(at + blockBytes, bytes, blockBytes, all - blockBytes) < all - blockBytes) {
                    return null;
                }
            }
            return decode(bytes, body, 2 * copy);
        } catch (IOException e) {
            return null; // the other copy may be readable
        }
    }

    private static @Nullable SegmentHead decode(byte[] bytes, int body, int dataStart) {
        int end = FIXED_BYTES + body;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        ByteBuffer head = ByteBuffer.wrap(bytes);
        if ((int) crc.getValue() != head.getInt(end)) {
            return null;
        }
        int version = head.get(4) & 0xff;
        byte kind = head.get(5);
        long id = head.getLong(8);
        long salt = head.getLong(16);
        long batchNumber = head.getLong(24);
        if (version != VERSION) {
            return new SegmentHead(version, kind, id, salt, batchNumber, Map.of(), new byte[0], dataStart);
        }
        Varint.Reader reader = new Varint.Reader(bytes, FIXED_BYTES, body);
        Map<Long, Integer> ends = new TreeMap<>();
        for (long count = reader.next(); count > 0; count--) {
            long segment = reader.next();
            ends.put(segment, (int) reader.next());
        }
        byte[] state = Arrays.copyOfRange(bytes, reader.at(), end);
        return new SegmentHead(version, kind, id, salt, batchNumber, ends, state, dataStart);
    }

    static int roundUp(int bytes, int block) {
        return (bytes + block - 1) & -block;
    }
}
