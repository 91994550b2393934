package io.fleetline.backend;

import io.fleetline.backend.filter.FilterStateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps a reader's progress in a directory, one file for each partition, forced to disk with each save.
 *
 * <p>A save appends what changed. When a file has grown to twice its size as a whole, the whole is written to a new file,
 * which takes the old one's place at once. What a crash left of a save that did not return is cut off. One process at
 * a time uses a directory.
 *
 * <p>Not thread-safe.
 */
public final class FileStateStore implements StateStore {
    private final Path directory;
    private final FileChannel lockFile;
    private final Map<TopicPartition, PartitionFile> files = new HashMap<>();

    private FileStateStore(Path directory, FileChannel lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    /**
     * Opens a directory, which is made if it is not there.
     *
     * @throws IllegalStateException if another reader uses it
     * @throws UncheckedIOException if it cannot be made or locked
     */
    public static FileStateStore open(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw new IllegalStateException("the state in " + directory + " is in use by another reader");
            }
            return new FileStateStore(directory, channel);
        } catch (IOException e) {
            throw new UncheckedIOException("the directory " + directory + " cannot be used", e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws FilterStateException if the file is damaged anywhere but in what was being written when the process ended
     * @throws UncheckedIOException if it cannot be read
     */
    @Override
    public Optional<PartitionState> load(TopicPartition partition) {
        try {
            return file(partition).load();
        } catch (IOException e) {
            throw new UncheckedIOException("the state of " + partition + " in " + directory + " cannot be read", e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException if it cannot be written
     */
    @Override
    public void save(List<PartitionProgress> progress) {
        for (PartitionProgress each : progress) {
            try {
                file(each.partition()).save(each);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the state of " + each.partition() + " in " + directory + " cannot be written", e);
            }
        }
    }

    private PartitionFile file(TopicPartition partition) {
        return files.computeIfAbsent(
                partition,
                each -> new PartitionFile(directory.resolve(each.topic() + "-" + each.partition() + ".state")));
    }

    /** Lets go of the directory. */
    @Override
    public void close() {
        try {
            for (PartitionFile file : files.values()) {
                file.close();
            }
            files.clear();
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the directory " + directory + " cannot be let go of", e);
        }
    }
}
