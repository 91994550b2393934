package io.fleetline.device;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.fleetline.device.fake.FakeNode;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.SocketNode;
import io.fleetline.protocol.DeviceId;
import io.fleetline.testkit.TestAuthority;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the SDK takes of a device, within what docs/device-sdk.md publishes. */
class FootprintTest {
    private static final long MAX_JAR_BYTES = 4_000_000;

    /** What it is now, so that it does not grow unseen: the goal is 300 KB, and 87 KB of them are the protocol's. */
    private static final long MAX_OWN_BYTES = 500_000;

    /** As above: the goal is 4. */
    private static final long MAX_THREADS = 5;

    /** For a map of seven readings: its encoded bytes, the item, the receipt and the place in the queue. */
    private static final long MAX_ALLOCATED_PER_PUBLISH = 2_500;

    private static final Map<String, Object> READING = Map.of(
            "celsius", 61.5, "target", 65, "bar", 1.73, "flow", 12.25, "burner", true, "cycle", 7, "state", "heating");

    @TempDir
    private Path directory;

    /** Written by the build: what an application gets that depends on the SDK. */
    private static List<Path> runtimeClassPath() throws IOException {
        String text = Files.readString(Path.of("target", "runtime-class-path")).strip();
        return Stream.of(text.split(File.pathSeparator, -1)).map(Path::of).toList();
    }

    @Test
    void theJarsAreFewAndSmallAndHaveNoDatabind() throws IOException {
        long bytes = 0;
        for (Path entry : runtimeClassPath()) {
            assertThat(entry.getFileName().toString()).doesNotContain("databind");
            bytes += Files.isDirectory(entry) ? packed(entry) : Files.size(entry);
        }
        System.out.printf(
                "footprint: %,d bytes of libraries in %d jars%n",
                bytes, runtimeClassPath().size());
        assertThat(bytes + packed(Path.of("target", "classes"))).isLessThanOrEqualTo(MAX_JAR_BYTES);
    }

    @Test
    void itsOwnCodeIsSmall() throws IOException {
        long bytes = packed(Path.of("target", "classes"));
        for (Path entry : runtimeClassPath()) {
            if (entry.toString().contains("fleetline-protocol")
                    || entry.toString().contains("protocol/target")) {
                bytes += Files.isDirectory(entry) ? packed(entry) : Files.size(entry);
            }
        }
        System.out.printf("footprint: %,d bytes of own code, protocol included%n", bytes);
        assertThat(bytes).isBetween(100_000L, MAX_OWN_BYTES);
    }

    /** What a directory of classes takes in a jar. */
    private static long packed(Path classes) throws IOException {
        long[] size = {0};
        OutputStream counter = new OutputStream() {
            @Override
            public void write(int b) {
                size[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                size[0] += length;
            }
        };
        try (ZipOutputStream zip = new ZipOutputStream(counter);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        return size[0];
    }

    @Test
    void aConnectedClientHasFewThreadsAndAPublishAllocatesLittle() throws Exception {
        TestAuthority authority = TestAuthority.create();
        FakeNode node = new FakeNode(new NodeBehaviour() {}, (nanos, task) -> task.run(), System::currentTimeMillis);
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.server("127.0.0.1")));
                DeviceRuntime runtime =
                        DeviceRuntime.builder().idle(Duration.ofSeconds(1)).build();
                DeviceClient client = DeviceClient.builder()
                        .runtime(runtime)
                        .endpoint(socket.url())
                        .identity(DeviceId.parse("acme/boiler-7"))
                        .secret("s3cret")
                        .trustedCertificates(authority.writeCertificate(directory))
                        .outbox(OutboxConfig.memory().maxBytes(16 << 20).blocking(Duration.ofSeconds(30)))
                        .build()
                        .start()) {
            publish(client, 5_000); // until it is compiled
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            publish(client, 5_000);
            long each = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / 5_000;
            System.out.printf("footprint: %,d bytes allocated for each publish on the thread that publishes%n", each);
            assertThat(each).isLessThanOrEqualTo(MAX_ALLOCATED_PER_PUBLISH);
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();
            // The threads that do the application's work and the disk's leave after a while without any.
            await().atMost(40, SECONDS)
                    .untilAsserted(() -> assertThat(threadsOfTheSdk().size()).isLessThanOrEqualTo((int) MAX_THREADS));
            System.out.println("footprint: threads " + threadsOfTheSdk());
            assertThat(client.status().state()).isEqualTo(ConnectionState.CONNECTED);
        }
    }

    private static void publish(DeviceClient client, int count) {
        for (int i = 0; i < count; i++) {
            var unused = client.publish("boiler/state", READING);
        }
    }

    private static List<String> threadsOfTheSdk() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("fleetline-"))
                .sorted()
                .toList();
    }
}
