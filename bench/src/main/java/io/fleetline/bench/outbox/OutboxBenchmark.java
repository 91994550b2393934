package io.fleetline.bench.outbox;

import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** P12: the outbox on disk beside the disk itself. */
public final class OutboxBenchmark implements Benchmark {
    private static final Target RATE = Target.atLeast(0.8, 0.9);
    private static final Target AMPLIFICATION = Target.atMost(1.3, 1.1);

    /** For {@code Benchmarks}. */
    public OutboxBenchmark() {}

    @Override
    public String name() {
        return "p12";
    }

    @Override
    public String summary() {
        return "durable appends/s of the SDK's outbox ÷ write and fdatasync of the same batches, and bytes written per byte kept";
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Schedule schedule = schedule(effort);
        try (Workspace workspace = Workspace.create()) {
            OutboxSide outbox = new OutboxSide(workspace.directory().resolve("outbox"));
            Batches batches = outbox.calibrate(schedule.segment());
            progress.say("the outbox forces " + batches.bytes() + " bytes and " + Numbers.text(batches.events())
                    + " events at once");
            RawSide raw = new RawSide(workspace.directory().resolve("raw"), batches);
            List<SideResult> sides = new Alternation(
                            List.of(
                                    raw,
                                    outbox,
                                    new AcknowledgedSide(workspace.directory().resolve("acknowledged"))),
                            schedule,
                            progress)
                    .run();
            SideResult rawResult = sides.get(0);
            SideResult outboxResult = sides.get(1);
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("events", "maps of seven readings, published by one thread, mode DURABLE, no node");
            parameters.put(
                    "file system", Files.getFileStore(workspace.directory()).type());
            parameters.put("batches", batches.bytes() + " bytes, " + Numbers.text(batches.events()) + " events");
            parameters.put("schedule", schedule.text());
            return new Measurement(
                    parameters,
                    sides,
                    List.of(
                            Figure.ratio(
                                    "P12",
                                    "outbox events/s ÷ raw events/s",
                                    outboxResult.samples(OutboxSide.RATE),
                                    rawResult.samples(OutboxSide.RATE),
                                    Optional.of(RATE)),
                            Figure.absolute(
                                    "P12 amplification",
                                    "bytes handed to write(2) per byte kept",
                                    "ratio",
                                    sides.get(2).samples(OutboxSide.WRITTEN),
                                    Optional.of(AMPLIFICATION)),
                            Figure.absolute(
                                    "P12 fresh files",
                                    "the same where no node is to be had, and all files are new",
                                    "ratio",
                                    outboxResult.samples(OutboxSide.WRITTEN),
                                    Optional.empty())),
                    List.of(
                            "An event counts for the outbox once close() has forced it: publishing, encoding and closing are in its time.",
                            "Written bytes are the kernel's count for this process (wchar of /proc/self/io), without what the sockets carried.",
                            "What goes to the block device is the kernel's count, too (write_bytes), in whole pages that this process"
                                    + " made dirty, without the file system's own journal; 0 where the file system has no device.",
                            "A new file is filled before it is used, so that its bytes are written twice; one that is used again is not.",
                            "Raw writes as much at a time as the outbox did on average in a run before, to a file that exists, and forces it.",
                            batches.bytes() < 16 * 1024
                                    ? "A commit had less than 16 KiB: the amplification's target is not for so little."
                                    : "A commit had at least 16 KiB, which is what the amplification's target is for."));
        }
    }

    private static Schedule schedule(Effort effort) {
        return switch (effort) {
            case QUICK -> new Schedule(Duration.ofSeconds(2), 2, Duration.ofSeconds(3));
            case FULL -> new Schedule(Duration.ofSeconds(10), 5, Duration.ofSeconds(15));
        };
    }
}
