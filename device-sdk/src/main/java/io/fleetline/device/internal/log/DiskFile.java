package io.fleetline.device.internal.log;

import java.io.Closeable;
import java.io.IOException;

/** An open file of a {@link Disk}. Reading is safe beside one thread that writes. */
public interface DiskFile extends Closeable {
    /** How many bytes it has. */
    long size() throws IOException;

    /**
     * Reads until {@code length} bytes are there or the file ends.
     *
     * @return how many bytes were read, 0 at the end
     */
    int read(long position, byte[] target, int offset, int length) throws IOException;

    /** Writes all of it. A write that failed may have written any part of it. */
    void write(long position, byte[] source, int offset, int length) throws IOException;

    /**
     * Returns once everything written is as safe as the disk makes it. After a failure nobody can say which part is, not
     * even when a second call succeeds.
     */
    void force() throws IOException;

    /** Closes it without an error: what was not forced was not promised. */
    @Override
    void close();
}
