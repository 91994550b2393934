package io.fleetline.devkafka.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

    private final Clock clock = Clock.fixed(Instant.parse("2030-01-02T03:04:05.678Z"), ZoneOffset.UTC);

    @TempDir
    private Path directory;

    @Test
    void aLineSaysWhenWhoAndWhatAndATraceFollowsIt() throws Exception {
        Path path = directory.resolve("broker.log");
        try (LogFile log = LogFile.append(path, clock)) {
            log.write("WARN", "kafka.Something", "it went wrong", new IllegalStateException("badly"));
        }

        assertThat(Files.readAllLines(path))
                .first()
                .asString()
                .endsWith(" WARN [" + Thread.currentThread().getName() + "] kafka.Something: it went wrong");
        assertThat(Files.readString(path)).contains("\njava.lang.IllegalStateException: badly\n\tat ");
    }

    @Test
    void whatOthersAppendMeanwhileIsNotOverwritten() throws Exception {
        Path path = directory.resolve("broker.log");
        try (LogFile log = LogFile.append(path, clock)) {
            log.write("INFO", "kafka", "first", null);
            Files.writeString(path, "from the JVM\n", StandardOpenOption.APPEND);
            log.write("INFO", "kafka", "last", null);
        }

        assertThat(Files.readAllLines(path)).hasSize(3).element(1).isEqualTo("from the JVM");
    }

    @Test
    void aFullFileIsPutAsideAndBegunAnew() throws Exception {
        Path path = directory.resolve("broker.log");
        try (RandomAccessFile full = new RandomAccessFile(path.toFile(), "rw")) {
            full.setLength(LogFile.MAX_BYTES + 1);
        }
        try (LogFile log = LogFile.append(path, clock)) {
            log.write("INFO", "kafka", "the first line of the new file", null);
        }

        assertThat(Files.size(directory.resolve("broker.log.1"))).isEqualTo(LogFile.MAX_BYTES + 1);
        assertThat(Files.readAllLines(path)).singleElement().asString().endsWith("the first line of the new file");
    }

    @Test
    void anInterruptedThreadDoesNotCloseTheLogForTheOthers() throws Exception {
        Path path = directory.resolve("broker.log");
        try (LogFile log = LogFile.append(path, clock)) {
            Thread.currentThread().interrupt();
            log.write("INFO", "kafka", "while interrupted", null);
            assertThat(Thread.interrupted()).isTrue();
            log.write("INFO", "kafka", "afterwards", null);
        }

        assertThat(Files.readAllLines(path)).hasSize(2);
    }
}
