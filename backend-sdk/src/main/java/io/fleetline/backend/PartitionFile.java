package io.fleetline.backend;

import io.fleetline.backend.filter.DeviceState;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.FilterStateException;
import io.fleetline.protocol.DeviceId;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A partition's progress as a file: eight bytes that say what it is, then frames of length, checksum and content. The
 * first frame has all devices, each further one those that changed; the last one's offset counts.
 */
final class PartitionFile {
    private static final long MAGIC = 0x464c_5354_4154_4501L; // "FLSTATE" and the version, 1
    private static final int FRAME_HEAD_BYTES = 8;

    /** Below this size a file is not written anew, however small its whole is. */
    private static final long SMALL_BYTES = 64 * 1024;

    private final Path path;
    private @Nullable FileChannel channel;
    private long savedOffset = PartitionProgress.NOTHING_SAVED;
    private boolean loaded;
    private long wholeBytes;
    private long bytes;

    PartitionFile(Path path) {
        this.path = path;
    }

    Optional<PartitionState> load() throws IOException {
        close();
        loaded = true;
        savedOffset = PartitionProgress.NOTHING_SAVED;
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        Content content = new Content();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            long size = Files.size(path);
            if (size < Long.BYTES || in.readLong() != MAGIC) {
                throw new FilterStateException(path + " is not a reader's state, or one of another version");
            }
            bytes = Long.BYTES;
            while (size - bytes >= FRAME_HEAD_BYTES) {
                int length = in.readInt();
                int checksum = in.readInt();
                long end = bytes + FRAME_HEAD_BYTES + length;
                if (length <= 0 || end > size) {
                    break; // what a crash left of the last save
                }
                byte[] frame = in.readNBytes(length);
                if (checksum(frame) != checksum) {
                    if (end < size) {
                        throw new FilterStateException(path + " is damaged at byte " + bytes);
                    }
                    break;
                }
                content.read(frame);
                if (savedOffset == PartitionProgress.NOTHING_SAVED) {
                    wholeBytes = end;
                }
                savedOffset = content.nextOffset;
                bytes = end;
            }
        }
        if (savedOffset == PartitionProgress.NOTHING_SAVED) {
            throw new FilterStateException(path + " has no whole state in it");
        }
        openForAppend();
        return Optional.of(new PartitionState(savedOffset, content.start, List.copyOf(content.devices.values())));
    }

    void save(PartitionProgress progress) throws IOException {
        if (!loaded) {
            load();
        }
        progress.checkBuildsOn(savedOffset);
        FileChannel open = channel;
        if (open == null || bytes > Math.max(SMALL_BYTES, 2 * wholeBytes)) {
            writeWhole(progress);
        } else {
            append(open, frame(progress, progress.changed()));
        }
        savedOffset = progress.nextOffset();
    }

    private void append(FileChannel open, ByteBuffer frame) throws IOException {
        if (open.size() > bytes) {
            open.truncate(bytes); // what an earlier save left that failed
        }
        long at = bytes;
        while (frame.hasRemaining()) {
            at += open.write(frame, at);
        }
        open.force(false);
        bytes = at;
    }

    /** Writes a new file beside the old one, and puts it in its place once it is on disk. */
    private void writeWhole(PartitionProgress progress) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        ByteBuffer frame = frame(progress, progress.all().get());
        ByteBuffer head = ByteBuffer.allocate(Long.BYTES).putLong(MAGIC).flip();
        long size = Long.BYTES + (long) frame.remaining();
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (head.hasRemaining() || frame.hasRemaining()) {
                out.write(new ByteBuffer[] {head, frame});
            }
            out.force(true);
        }
        close();
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory();
        bytes = size;
        wholeBytes = size;
        openForAppend();
    }

    private void openForAppend() throws IOException {
        FileChannel open = FileChannel.open(path, StandardOpenOption.WRITE);
        channel = open;
        open.truncate(bytes);
    }

    /** Makes the renaming itself durable, where the file system lets a directory be forced. */
    private void forceDirectory() throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null && Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
    }

    private static ByteBuffer frame(PartitionProgress progress, List<DeviceState> devices) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(content)) {
            out.writeLong(progress.nextOffset());
            FilterStart start = progress.start();
            out.writeBoolean(start.isWhole());
            out.writeBoolean(start.sinceMillis().isPresent());
            out.writeLong(start.sinceMillis().orElse(0));
            out.writeInt(devices.size());
            for (DeviceState state : devices) {
                out.writeUTF(state.device().toString());
                out.writeInt(state.bytes().length);
                out.write(state.bytes());
            }
        }
        byte[] array = content.toByteArray();
        return ByteBuffer.allocate(FRAME_HEAD_BYTES + array.length)
                .putInt(array.length)
                .putInt(checksum(array))
                .put(array)
                .flip();
    }

    private static int checksum(byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content, 0, content.length);
        return (int) checksum.getValue();
    }

    void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /** What the frames say so far. */
    private final class Content {
        final Map<DeviceId, DeviceState> devices = new HashMap<>();
        FilterStart start = FilterStart.whole();
        long nextOffset;

        void read(byte[] frame) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(frame))) {
                nextOffset = in.readLong();
                boolean whole = in.readBoolean();
                boolean known = in.readBoolean();
                long since = in.readLong();
                start = whole ? FilterStart.whole() : known ? FilterStart.after(since) : FilterStart.atFirstRecord();
                for (int left = in.readInt(); left > 0; left--) {
                    DeviceId device = DeviceId.parse(in.readUTF());
                    devices.put(device, new DeviceState(device, in.readNBytes(in.readInt())));
                }
            } catch (IOException | IllegalArgumentException e) {
                throw new FilterStateException(path + " cannot be read", e);
            }
        }
    }
}
