package io.fleetline.bench.outbox;

import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Writes and forces, and nothing else: the floor. */
final class RawSide implements Side {
    private static final int FILE_BYTES = 4 * 1024 * 1024;

    private final Path file;
    private final Batches batches;

    RawSide(Path file, Batches batches) {
        this.file = file;
        this.batches = batches;
    }

    @Override
    public String name() {
        return "raw";
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        byte[] batch = new byte[batches.bytes()];
        new SplittableRandom(1).nextBytes(batch);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() < FILE_BYTES) {
                channel.write(ByteBuffer.allocate(FILE_BYTES), 0);
                channel.force(true);
            }
            long stored = OutboxSide.counted(OutboxSide.STORED);
            long began = Clock.nanos();
            long count = 0;
            long at = 0;
            while (Clock.nanos() - began < segment.toNanos()) {
                at = at + batch.length > FILE_BYTES ? 0 : at;
                ByteBuffer buffer = ByteBuffer.wrap(batch);
                while (buffer.hasRemaining()) {
                    at += channel.write(buffer, at);
                }
                channel.force(false);
                count++;
            }
            double seconds = (Clock.nanos() - began) / 1e9;
            stored = OutboxSide.counted(OutboxSide.STORED) - stored;
            return List.of(
                    new Reading(OutboxSide.RATE, "events/s", count * batches.events() / seconds),
                    new Reading(OutboxSide.FORCES, "1/s", count / seconds),
                    new Reading(OutboxSide.STORED_PER_EVENT, "B/event", stored / (count * batches.events())));
        }
    }
}
