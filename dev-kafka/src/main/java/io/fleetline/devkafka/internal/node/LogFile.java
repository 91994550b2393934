package io.fleetline.devkafka.internal.node;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

/** The log of one broker: lines appended to a file that others may append to as well. */
final class LogFile implements Closeable {

    /** A day of a broker that cannot reach the others fits in; a forgotten cluster does not fill the disk. */
    static final long MAX_BYTES = 16L << 20;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Path path;
    private final Clock clock;
    private final FileChannel channel;

    private LogFile(Path path, Clock clock, FileChannel channel) {
        this.path = path;
        this.clock = clock;
        this.channel = channel;
    }

    static LogFile append(Path path, Clock clock) throws IOException {
        return new LogFile(path, clock, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
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
        append(StandardCharsets.UTF_8.encode(line.toString()));
    }

    private synchronized void append(ByteBuffer bytes) {
        try {
            if (channel.size() > MAX_BYTES) {
                beginAnew();
            }
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            // There is nowhere left to say so: the disk is full or the log is closed, and the broker will notice
            // itself.
            return;
        }
    }

    /** Copied and cut rather than moved: what else writes to this file holds it open. */
    private void beginAnew() throws IOException {
        Path previous = path.resolveSibling(path.getFileName() + ".1");
        Files.copy(path, previous, StandardCopyOption.REPLACE_EXISTING);
        channel.truncate(0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
