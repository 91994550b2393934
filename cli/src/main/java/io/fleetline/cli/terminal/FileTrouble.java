package io.fleetline.cli.terminal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says what is wrong with a file in words for people; the exceptions' own messages are often no more than a path. */
public final class FileTrouble {
    private FileTrouble() {}

    /** The reason, with the file that it is about where the system names one. */
    public static String describe(IOException failure) {
        if (failure instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (failure instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist";
        }
        if (failure instanceof FileAlreadyExistsException existing) {
            return existing.getFile() + " is in the way";
        }
        if (failure instanceof NotDirectoryException plain) {
            return plain.getFile() + " is not a directory";
        }
        if (failure instanceof FileSystemException other && other.getReason() != null) {
            return other.getFile() + ": " + other.getReason();
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
