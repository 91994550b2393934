package io.fleetline.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.fake.FakeNode;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.SocketNode;
import io.fleetline.protocol.Lane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            assertThat(run(BacklogMain.class, socket.url().toString(), outbox(), Integer.toString(EVENTS)))
                    .contains("waiting " + EVENTS + " of " + EVENTS);
        }
        assertThat(node.breaches()).isEmpty();
        assertThat(node.numbers(Lane.NORMAL))
                .isEqualTo(LongStream.rangeClosed(1, EVENTS).boxed().toList());
    }

    /** Each receipt ends with an exception, and all of them together took more than the heap has. */
    @Test
    void aHeapOf32MegabytesIsEnoughToCloseABacklogOfAHundredThousandEvents() throws Exception {
        assertThat(run(AbandonedMain.class, outbox(), Integer.toString(EVENTS))).contains("empty false");
    }

    private String outbox() {
        return directory.resolve("outbox").toString();
    }

    /** Runs it as on a small device. Returns what it wrote. */
    private String run(Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms8m",
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Process device = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(device.waitFor(150, TimeUnit.SECONDS)).isTrue();
            assertThat(device.exitValue()).as(Files.readString(output)).isZero();
        } finally {
            device.destroyForcibly();
        }
        return Files.readString(output);
    }
}
