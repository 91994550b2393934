package io.fleetline.bench.outbox;

import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.OutboxConfig;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingStream;

/** A client that reaches no node and publishes to its outbox as fast as that takes it, then closes it. */
final class OutboxSide implements Side {
    static final String RATE = "durable";
    static final String FORCES = "forces";
    static final String WRITTEN = "written per byte kept";
    /** Of this process, by proc(5): handed to write(2). */
    static final String HANDED = "wchar";
    /** Of this process, by proc(5): what the block device is to get, in whole pages. */
    static final String STORED = "write_bytes";

    /** What the kernel counted for this process, as the report calls it. */
    static final String STORED_PER_EVENT = "to the block device";

    /** The outbox holds so much, and is emptied by beginning anew. */
    private static final long MOST_BYTES = 256L * 1024 * 1024;

    private static final int EVENTS_BETWEEN_LOOKS = 1000;

    private final Path directory;

    OutboxSide(Path directory) {
        this.directory = directory;
    }

    private record Run(long events, long keptBytes, long writtenBytes, long storedBytes, double seconds) {}

    @Override
    public String name() {
        return "outbox";
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        Run run = publish(segment);
        return List.of(
                new Reading(RATE, "events/s", run.events() / run.seconds()),
                new Reading(WRITTEN, "", (double) run.writtenBytes() / run.keptBytes()),
                new Reading("written", "B/event", (double) run.writtenBytes() / run.events()),
                new Reading(STORED_PER_EVENT, "B/event", (double) run.storedBytes() / run.events()));
    }

    /** Runs once, and counts how often the disk is forced. */
    Batches calibrate(Duration segment) throws Exception {
        AtomicLong forces = new AtomicLong();
        Run run;
        try (RecordingStream stream = new RecordingStream()) {
            stream.enable("jdk.FileForce").withoutThreshold();
            stream.onEvent("jdk.FileForce", event -> forces.incrementAndGet());
            stream.startAsync();
            run = publish(segment);
            stream.awaitTermination(Duration.ofSeconds(2)); // events come with a delay
        }
        if (forces.get() == 0) {
            throw new IOException("the JVM told of no forced file, so nothing is known of the batches");
        }
        return new Batches((int) (run.writtenBytes() / forces.get()), (double) run.events() / forces.get());
    }

    static DeviceClientBuilder client(URI node, Path directory) {
        return DeviceClient.builder()
                .endpoint(node)
                .identity(DeviceId.parse("bench/outbox"))
                .secret("none")
                .outbox(OutboxConfig.durable(directory).maxBytes(MOST_BYTES).blocking(Duration.ofSeconds(30)));
    }

    private Run publish(Duration segment) throws Exception {
        remove(directory);
        long writtenBefore;
        long storedBefore;
        long began;
        long events = 0;
        long kept;
        try (DeviceClient client =
                client(URI.create("ws://127.0.0.1:1/connect"), directory).build()) {
            writtenBefore = counted(HANDED);
            storedBefore = counted(STORED);
            began = Clock.nanos();
            while (Clock.nanos() - began < segment.toNanos()
                    && client.statistics().outboxBytes() < MOST_BYTES * 9 / 10) {
                for (int i = 0; i < EVENTS_BETWEEN_LOOKS; i++) {
                    var unused = client.publish("boiler/state", reading(events++));
                }
            }
            kept = client.statistics().outboxBytes();
            boolean unused = client.close(Duration.ZERO);
        }
        double seconds = (Clock.nanos() - began) / 1e9;
        return new Run(events, kept, counted(HANDED) - writtenBefore, counted(STORED) - storedBefore, seconds);
    }

    static Map<String, Object> reading(long number) {
        return Map.of(
                "celsius",
                61.5 + number % 10,
                "target",
                65,
                "bar",
                1.73,
                "flow",
                12.25,
                "burner",
                number % 2 == 0,
                "cycle",
                number,
                "state",
                "heating");
    }

    /**
     * What the kernel has counted for this process so far, in bytes.
     *
     * @param what a line of {@code /proc/self/io}
     */
    static long counted(String what) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/io")).stream()
                .filter(line -> line.startsWith(what + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(what.length() + 2)))
                .findFirst()
                .orElseThrow(() -> new UnsupportedOperationException("/proc/self/io does not tell " + what));
    }

    static void remove(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
