package io.fleetline.device.internal.log;

import java.io.IOException;
import java.util.List;

/**
 * One directory: the few calls that reach a disk, so that a test can put a disk under the log that fails, lies and
 * forgets. A change of names is safe once {@link #force} has returned, content once {@link DiskFile#force} has.
 */
public interface Disk {
    /**
     * Makes sure that nobody else works in the directory, and makes the directory where there is none.
     *
     * @throws DiskInUseException if somebody does
     * @throws IOException if that cannot be known: it cannot be written to
     */
    void lock() throws IOException, DiskInUseException;

    /** Gives up {@link #lock}. */
    void unlock();

    /** The names of the files, in no order; none if the directory is missing. */
    List<String> list() throws IOException;

    /** Opens a file that exists, to read it. */
    DiskFile open(String name) throws IOException;

    /** Opens a file that exists, to read and write it. */
    DiskFile openToWrite(String name) throws IOException;

    /** Makes an empty file, which must not exist, and opens it to read and write it. */
    DiskFile create(String name) throws IOException;

    /** Gives a file another name, which no file has. */
    void rename(String from, String to) throws IOException;

    /** Removes a file. */
    void delete(String name) throws IOException;

    /** Returns once all names are as safe as the disk makes them. */
    void force() throws IOException;
}
