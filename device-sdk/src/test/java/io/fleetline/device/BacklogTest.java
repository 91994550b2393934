package io.fleetline.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.fake.FakeNode;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.SocketNode;
import io.fleetline.protocol.Lane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacklogTest {
    private static final int EVENTS = 100_000;

    @TempDir
    private Path directory;

    @Test
    @Tag("long")
    void aHeapOf32MegabytesIsEnoughForABacklogOfAHundredThousandEvents() throws Exception {
        FakeNode node = new FakeNode(new NodeBehaviour() {}, (nanos, task) -> task.run(), System::currentTimeMillis);
        try (SocketNode socket = new SocketNode(node, Optional.empty())) {
            Path output = directory.resolve("output");
            Process device = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xms8m",
                            "-Xmx32m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:-UsePerfData",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BacklogMain.class.getName(),
                            socket.url().toString(),
                            directory.resolve("outbox").toString(),
                            Integer.toString(EVENTS))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(device.waitFor(150, TimeUnit.SECONDS)).isTrue();
                assertThat(device.exitValue()).as(Files.readString(output)).isZero();
            } finally {
                device.destroyForcibly();
            }
            assertThat(Files.readString(output)).contains("waiting " + EVENTS + " of " + EVENTS);
        }
        assertThat(node.breaches()).isEmpty();
        assertThat(node.numbers(Lane.NORMAL))
                .isEqualTo(LongStream.rangeClosed(1, EVENTS).boxed().toList());
    }
}
