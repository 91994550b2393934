package io.fleetline.devkafka.node;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The log of one broker: lines appended to a file that others may append to as well. Written through a stream, because
 * Kafka ends its threads by interrupting them, and that closes a channel for good.
 */
final class LogFile implements Closeable {

    /** A day of a broker that cannot reach the others fits in; a forgotten cluster does not fill the disk. */
    static final long MAX_BYTES = 16L << 20;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Path path;
    private final Clock clock;
    private final FileOutputStream file;

    private LogFile(Path path, Clock clock, FileOutputStream file) {
        this.path = path;
        this.clock = clock;
        this.file = file;
    }

    static LogFile append(Path path, Clock clock) throws IOException {
        return new LogFile(path, clock, new FileOutputStream(path.toFile(), true));
    }

    void write(String level, String logger, String message, @Nullable Throwable thrown) {
        StringBuilder line = new StringBuilder(160 + message.length())
                .append(TIME.format(clock.instant()))
                .append(' ')
                .append(level)
                .append(" [")
                .append(Thread.currentThread().getName())
                .append("] ")
                .append(logger)
                .append(": ")
                .append(message)
                .append('\n');
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            line.append(trace);
        }
        append(line.toString().getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void append(byte[] bytes) {
        try {
            if (Files.size(path) > MAX_BYTES) {
                beginAnew();
            }
            file.write(bytes);
        } catch (IOException e) {
            // There is nowhere left to say so: the disk is full or the log is closed, and the broker will notice
            // itself.
            return;
        }
    }

    /** Copied and emptied rather than moved: what else writes to this file holds it open. */
    private void beginAnew() throws IOException {
        Files.copy(path, path.resolveSibling(path.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        Files.newOutputStream(path, StandardOpenOption.TRUNCATE_EXISTING).close();
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
