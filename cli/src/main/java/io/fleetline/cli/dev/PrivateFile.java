package io.fleetline.cli.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that are replaced at once or not at all, and are at no moment open to more people than they should be. */
final class PrivateFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private PrivateFile() {}

    /** Writes a file that only its owner can read. */
    static void writePrivate(Path file, String text) throws IOException {
        write(file, text, OWNER_ONLY);
    }

    /** Writes a file that all can read who get into its directory. */
    static void writeReadable(Path file, String text) throws IOException {
        write(file, text, READABLE);
    }

    private static void write(Path file, String text, Set<PosixFilePermission> permissions) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        FileAttribute<?>[] attributes =
                file.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                        : new FileAttribute<?>[0];
        Files.createFile(draft, attributes);
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
