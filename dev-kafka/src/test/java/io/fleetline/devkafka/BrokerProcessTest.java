package io.fleetline.devkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How processes of brokers begin and end. Each test has its own. */
@Execution(ExecutionMode.CONCURRENT)
class BrokerProcessTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);

    @Test
    @Tag("interop")
    void brokersIgnoreCtrlCAndEndWithTheProcessThatStartedThemEvenPaused(@TempDir Path parent) throws Exception {
        Path directory = parent.resolve("it's a \"kept\" one");
        try (HolderProcess holder = new HolderProcess(directory.toString(), "2", "2")) {
            List<ProcessHandle> brokers = holder.awaitReady().stream()
                    .map(id -> ProcessHandle.of(id).orElseThrow())
                    .toList();
            signal("INT", brokers.get(0).pid());
            assertThat(brokers).hasSize(2).allMatch(ProcessHandle::isAlive);

            holder.kill();

            await().atMost(LONG_ENOUGH).until(() -> brokers.stream().noneMatch(ProcessHandle::isAlive));
        }
        try (DevKafka again =
                DevKafka.builder().directory(directory).processes(2).start()) {
            assertThat(again.brokers()).allMatch(again::isRunning);
        }
    }

    @Test
    void nothingIsPrintedByBrokersInProcessesOfTheirOwn(@TempDir Path directory) throws Exception {
        try (HolderProcess holder = new HolderProcess(directory.toString(), "1")) {
            holder.awaitReady();
            List<String> printed = holder.finish();

            assertThat(printed).singleElement().asString().startsWith("ready");
            assertThat(Files.readString(directory.resolve("broker-1/broker.log")))
                    .contains("Starting controller", "shutting down");
        }
    }

    @Test
    void aJvmThatCannotStartIsReportedWithWhatItSaid() {
        assertThatThrownBy(() -> DevKafka.builder()
                        .processes(1)
                        .jvmOptions("-XX:+NoSuchOption")
                        .start())
                .isInstanceOf(DevKafkaException.class)
                .hasMessageContaining("did not open its ports: its process ended with status 1")
                .hasMessageContaining("Unrecognized VM option 'NoSuchOption'");
    }

    @Test
    void aBrokerThatIsNotReadyInTimeIsReportedAndKilled(@TempDir Path directory) {
        Duration tooShort = Duration.ofMillis(1);
        for (DevKafka.Builder builder :
                List.of(DevKafka.builder(), DevKafka.builder().processes(1))) {
            assertThatThrownBy(() ->
                            builder.directory(directory).startTimeout(tooShort).start())
                    .isInstanceOf(DevKafkaException.class)
                    .hasMessageContaining("within 0.001 s")
                    .hasMessageContaining("broker 1 of 1");
        }
    }

    private static void signal(String name, long processId) throws IOException {
        assertThat(new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + processId)
                        .start()
                        .onExit()
                        .join()
                        .exitValue())
                .isZero();
    }
}
