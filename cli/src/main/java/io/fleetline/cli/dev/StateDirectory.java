package io.fleetline.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory in which a dev instance keeps what outlives it: its authority, Kafka's log, credentials, journals, logs.
 * One instance at a time holds it, by a lock that ends with the process however it ends.
 */
public final class StateDirectory implements AutoCloseable {
    /** Its name, in the directory where {@code fleetline dev} is started. */
    public static final String NAME = ".fleetline";

    /** Says that the directory is ours, and in which form. */
    private static final String MARKER = "made-by-fleetline-dev";

    private static final String FORM = "1";
    private static final String LOCK = "lock";

    /** All that an instance ever makes in it, and so all that {@code --fresh} removes. */
    private static final List<String> CONTENTS =
            List.of("authority", "credentials", "exact", "instance.properties", "journals", "kafka", "logs", "nodes");

    private final Path directory;
    private final FileChannel channel;

    private StateDirectory(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes hold of this directory, which is made if it is missing.
     *
     * @param fresh whether to begin with nothing of what earlier instances left
     * @throws CliFailure if it is held by another instance, is not ours, or cannot be written
     */
    public static StateDirectory hold(Path given, boolean fresh) {
        Path directory = given.toAbsolutePath().normalize();
        FileChannel channel = null;
        boolean held = false;
        try {
            make(directory);
            channel = FileChannel.open(
                    directory.resolve(LOCK),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.READ);
            if (lock(channel).isEmpty()) {
                throw new CliFailure("another fleetline dev runs on " + directory
                        + "; end it, or start this one in another directory or with another --state");
            }
            StateDirectory state = new StateDirectory(directory, channel);
            if (fresh) {
                state.clear();
            }
            Files.writeString(directory.resolve(MARKER), FORM);
            held = true;
            return state;
        } catch (IOException e) {
            throw new CliFailure("cannot write to " + directory + ": " + FileTrouble.describe(e), e);
        } finally {
            if (!held) {
                closeQuietly(channel);
            }
        }
    }

    /** Whether an instance holds this directory now. */
    public static boolean isHeld(Path directory) {
        try (FileChannel channel =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            return lock(channel).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /** The state directory of the instance that was started here or in the nearest directory above. */
    public static Optional<Path> find(Path from) {
        for (Path each = from.toAbsolutePath().normalize(); each != null; each = each.getParent()) {
            Path candidate = each.resolve(NAME);
            if (Files.exists(candidate.resolve(MARKER))) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Where it is. */
    public Path path() {
        return directory;
    }

    /** Where this part of the state lies. */
    public Path resolve(String part) {
        if (!CONTENTS.contains(part)) {
            throw new IllegalArgumentException(part + " is not part of the state, and --fresh would leave it");
        }
        return directory.resolve(part);
    }

    /** The directory of this part of the state, made if it is missing. */
    public Path directory(String part) {
        Path path = resolve(part);
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new CliFailure("cannot write to " + directory + ": " + FileTrouble.describe(e), e);
        }
    }

    /** Lets another instance hold it. */
    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void make(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            checkOurs(directory);
            return;
        }
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            // Keys and secrets of devices lie in it.
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(directory);
        }
    }

    private static void checkOurs(Path directory) throws IOException {
        Path marker = directory.resolve(MARKER);
        if (Files.exists(marker)) {
            String form = Files.readString(marker, UTF_8).strip();
            if (!form.equals(FORM)) {
                throw new CliFailure(directory + " is of form " + form + ", this fleetline knows form " + FORM
                        + "; use the version that made it, or remove it");
            }
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            // The lock alone is what an instance leaves that was ended between its first two steps.
            if (entries.anyMatch(entry -> !entry.getFileName().toString().equals(LOCK))) {
                throw new CliFailure(directory + " was not made by fleetline dev; choose another with --state");
            }
        }
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    private void clear() throws IOException {
        for (String part : CONTENTS) {
            remove(directory.resolve(part));
        }
    }

    /** Removes a file, or a directory with what is in it; a symbolic link is removed, never followed. */
    private static void remove(Path path) throws IOException {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // Nothing to remove.
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The lock ends with the process at the latest.
            }
        }
    }
}
