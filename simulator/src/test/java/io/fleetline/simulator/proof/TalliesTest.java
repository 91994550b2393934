package io.fleetline.simulator.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.OutboxMode;
import io.fleetline.device.Receipt;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TalliesTest {
    private static final DeviceId PUMP = DeviceId.parse("sim/pump-1");

    @TempDir
    private Path directory;

    @Test
    void eachDevicesEventsAreCountedAndTheLateAmongThemFound() throws Exception {
        Path file = directory.resolve("journal");
        try (Journal journal = Journal.create(file)) {
            journal.run("r1", 10_000);
            journal.began(PUMP, 0);
            for (long counter = 1; counter <= 5; counter++) {
                journal.published(PUMP, counter, Lane.NORMAL);
            }
            stored(journal, 1);
            stored(journal, 2);
            journal.dropped(PUMP, 3);
            journal.dropped(PUMP, 4);
        }
        JournalCheck check = new JournalCheck(JournalReading.read(file));
        check.record(event(1, "r1", 1_000, 11_005));
        check.record(event(2, "r1", 2_000, 15_000));
        check.record(event(2, "r1", 2_000, 15_001));
        check.record(new StoredEvent(0, 9, PUMP.toString(), place(3), Optional.of(4L), Optional.empty(), 15_002));
        check.record(event(1, "another run", 1_000, 99_000));

        assertThat(check.verdict().holds()).as(check.verdict().toString()).isTrue();
        assertThat(check.verdict().foreign()).isEqualTo(1);
        assertThat(check.tallies(Duration.ofSeconds(2)))
                .containsExactly(new DeviceTally(
                        PUMP.toString(), 5, 2, 2, 2, 1, 2, 1, 3_000, Differences.NONE, Optional.empty()));
    }

    private static void stored(Journal journal, long counter) {
        journal.stored(PUMP, counter, new Receipt(Lane.NORMAL, 1, 1, counter, OutboxMode.MEMORY, Optional.empty()));
    }

    private static StoredEvent event(long counter, String run, long dueMillis, long timestampMillis) {
        return new StoredEvent(
                0,
                counter,
                PUMP.toString(),
                place(counter),
                Optional.empty(),
                Optional.of(new StoredEvent.Mark(
                        PUMP.toString(), counter, Optional.of(run), OptionalLong.of(1_000 * dueMillis))),
                timestampMillis);
    }

    private static Optional<StoredEvent.Place> place(long seq) {
        return Optional.of(new StoredEvent.Place(new StreamNumber(0, 1, 1, seq), 1));
    }
}
