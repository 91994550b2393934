package io.fleetline.devkafka;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The end of a log, for the message of an exception. */
final class LogTail {

    private static final int MAX_BYTES = 4096;

    private LogTail() {}

    static String of(Path log) {
        if (!Files.exists(log)) {
            return ". It has logged nothing";
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(0, file.length() - MAX_BYTES);
            file.seek(start);
            byte[] bytes = new byte[(int) (file.length() - start)];
            file.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            String wholeLines = start == 0 ? text : text.substring(text.indexOf('\n') + 1);
            return ". The end of its log, " + log + ":\n" + wholeLines.strip();
        } catch (IOException e) {
            return ". Its log is " + log;
        }
    }
}
