package io.fleetline.bench.outbox;

import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.Statistics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A client whose events are acknowledged as they come, so that the outbox uses its files again and again. */
final class AcknowledgedSide implements Side {
    private static final int EVENTS_BEFORE = 1000;
    private static final int EVENTS_BETWEEN_LOOKS = 100;

    private final Path directory;

    AcknowledgedSide(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "outbox, acknowledged";
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        OutboxSide.remove(directory);
        try (AcknowledgingNode node = new AcknowledgingNode(() -> Clock.now().toEpochMilli());
                DeviceClient client = OutboxSide.client(node.url(), directory).build()) {
            publish(client, 0, EVENTS_BEFORE);
            Statistics waiting = client.statistics();
            double eventBytes = (double) waiting.outboxBytes() / waiting.outboxEvents();
            client.start();
            // The files that an outbox makes at first are no part of what it writes in the long run.
            long events = publishFor(client, EVENTS_BEFORE, segment.dividedBy(3));
            if (!client.flush(Duration.ofMinutes(1))) {
                throw new IllegalStateException("the node did not acknowledge in time: " + client.status());
            }
            long written = OutboxSide.counted(OutboxSide.HANDED)
                    - node.sentBytes()
                    - client.statistics().bytesSent();
            long stored = OutboxSide.counted(OutboxSide.STORED);
            long began = Clock.nanos();
            long more = publishFor(client, events, segment.dividedBy(3).multipliedBy(2)) - events;
            boolean flushed = client.flush(Duration.ofMinutes(1));
            double seconds = (Clock.nanos() - began) / 1e9;
            written = OutboxSide.counted(OutboxSide.HANDED)
                    - node.sentBytes()
                    - client.statistics().bytesSent()
                    - written;
            stored = OutboxSide.counted(OutboxSide.STORED) - stored;
            if (!flushed || more == 0) {
                throw new IllegalStateException(more + " events, not all of them acknowledged: " + client.status());
            }
            return List.of(
                    new Reading("acknowledged", "events/s", more / seconds),
                    new Reading(OutboxSide.WRITTEN, "", written / (eventBytes * more)),
                    new Reading("written", "B/event", (double) written / more),
                    new Reading(OutboxSide.STORED_PER_EVENT, "B/event", (double) stored / more));
        }
    }

    private static long publishFor(DeviceClient client, long from, Duration time) {
        long began = Clock.nanos();
        long next = from;
        while (Clock.nanos() - began < time.toNanos()) {
            publish(client, next, EVENTS_BETWEEN_LOOKS);
            next += EVENTS_BETWEEN_LOOKS;
        }
        return next;
    }

    private static void publish(DeviceClient client, long from, int count) {
        for (int i = 0; i < count; i++) {
            var unused = client.publish("boiler/state", OutboxSide.reading(from + i));
        }
    }
}
