package io.fleetline.simulator.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.OutboxMode;
import io.fleetline.device.Receipt;
import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of devices whose process was ended in the middle and started again. */
class KilledProcessTest {
    private static final DeviceId VALVE = DeviceId.parse("sim/valve-00001");
    private static final int EVENTS = 30;
    private static final long EVERY_MICROS = 100_000;

    @TempDir
    private Path directory;

    private final List<Path> files = new ArrayList<>();
    private final List<StoredEvent> log = new ArrayList<>();
    private final List<StoredUpdate> updates = new ArrayList<>();

    @BeforeEach
    void theRunsOwnJournal() throws IOException {
        try (Journal journal = journal()) {
            journal.run("r", 0);
            journal.commandStored(VALVE, "c1");
            journal.ended(true);
        }
    }

    private Journal journal() throws IOException {
        Path file = directory.resolve("journal-" + files.size());
        files.add(file);
        return Journal.create(file);
    }

    /** Events every 100 ms, none of which has a receipt, and no word of an end. */
    private void killed(OutboxMode mode) throws IOException {
        try (Journal journal = journal()) {
            journal.keeps(VALVE, mode);
            journal.began(VALVE, 0);
            for (int i = 1; i <= EVENTS; i++) {
                journal.published(VALVE, i, Lane.NORMAL, i * EVERY_MICROS);
            }
            journal.handlerBegan(VALVE, "c1");
            journal.handlerEnded(VALVE, "c1", OutcomeStatus.SUCCEEDED);
        }
    }

    private void startedAgain(OutboxMode mode) throws IOException {
        try (Journal journal = journal()) {
            journal.keeps(VALVE, mode);
            journal.began(VALVE, EVENTS);
            journal.published(VALVE, EVENTS + 1, Lane.NORMAL, 9_000_000);
            journal.stored(
                    VALVE,
                    EVENTS + 1,
                    new Receipt(Lane.NORMAL, 1, 2, EVENTS + 1, OutboxMode.DURABLE, Optional.empty()));
            log.add(event(EVENTS + 1, 2));
            journal.ended(true);
        }
    }

    private void inKafka(long from, long to) {
        for (long counter = from; counter <= to; counter++) {
            log.add(event(counter, 1));
        }
    }

    private static StoredEvent event(long counter, long run) {
        return new StoredEvent(
                0,
                counter,
                VALVE.toString(),
                Optional.of(new StoredEvent.Place(new StreamNumber(0, 1, run, counter), run)),
                Optional.empty(),
                Optional.of(new StoredEvent.Mark(VALVE.toString(), counter)));
    }

    private Differences differences() throws IOException {
        JournalCheck events = new JournalCheck(JournalReading.readAll(files));
        log.forEach(events::record);
        return Differences.byDevice(events.verdict().faults().stream())
                .getOrDefault(VALVE.toString(), Differences.NONE);
    }

    private List<Fault.Kind> kinds() throws IOException {
        JournalReading journal = JournalReading.readAll(files);
        JournalCheck events = new JournalCheck(journal);
        log.forEach(events::record);
        CommandCheck commands = new CommandCheck(journal);
        updates.forEach(commands::record);
        List<Fault.Kind> kinds = new ArrayList<>();
        events.verdict().faults().forEach(fault -> kinds.add(fault.kind()));
        commands.verdict().faults().forEach(fault -> kinds.add(fault.kind()));
        return kinds;
    }

    private void outcome(String status) {
        updates.add(new StoredUpdate(
                "partition 0 offset " + updates.size(),
                VALVE.toString(),
                Optional.of("c1"),
                status,
                Optional.of(new StreamNumber(2, 1, 1, updates.size() + 1))));
    }

    @Test
    void whatWasOnDiskComesBackAndTheLastMomentNeedNot() throws Exception {
        killed(OutboxMode.DURABLE);
        inKafka(1, EVENTS - 5);
        startedAgain(OutboxMode.DURABLE);
        outcome("SUCCEEDED");

        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatWasOnDiskAndIsNotThereIsLost() throws Exception {
        killed(OutboxMode.DURABLE);
        inKafka(1, EVENTS - 15);
        startedAgain(OutboxMode.DURABLE);
        outcome("SUCCEEDED");

        assertThat(kinds()).containsExactly(Fault.Kind.LOST_FROM_DISK);
        assertThat(differences().lost()).isEqualTo(4);
    }

    @Test
    void whatWasOnDiskAndHasAReceiptIsLostOnce() throws Exception {
        killed(OutboxMode.DURABLE);
        long lost = EVENTS - 14;
        Files.writeString(
                files.get(files.size() - 1),
                "R " + VALVE + " " + lost + " 0 1 1 " + lost + "\n",
                StandardOpenOption.APPEND);
        inKafka(1, EVENTS - 15);
        startedAgain(OutboxMode.DURABLE);
        outcome("SUCCEEDED");

        assertThat(kinds()).containsExactly(Fault.Kind.MISSING, Fault.Kind.LOST_FROM_DISK);
        assertThat(differences().lost()).isEqualTo(4);
    }

    @Test
    void whatTheDeviceDeclaresAsDroppedIsNotLost() throws Exception {
        killed(OutboxMode.DURABLE);
        inKafka(1, EVENTS - 15);
        log.add(new StoredEvent(
                0,
                EVENTS - 14,
                VALVE.toString(),
                Optional.of(new StoredEvent.Place(new StreamNumber(0, 1, 1, EVENTS - 14), 1)),
                Optional.of((long) EVENTS),
                Optional.empty()));
        startedAgain(OutboxMode.DURABLE);
        outcome("SUCCEEDED");

        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatWasInMemoryWithoutAReceiptMayBeGone() throws Exception {
        killed(OutboxMode.MEMORY);
        startedAgain(OutboxMode.MEMORY);

        assertThat(kinds()).isEmpty();
    }

    @Test
    void aReceiptHoldsWhateverWasKilled() throws Exception {
        killed(OutboxMode.MEMORY);
        Files.writeString(files.get(files.size() - 1), "R " + VALVE + " 3 0 1 1 3\n", StandardOpenOption.APPEND);
        startedAgain(OutboxMode.MEMORY);

        assertThat(kinds()).containsExactly(Fault.Kind.MISSING);
    }

    @Test
    void aDeviceWithoutADiskMayRunACommandAgainAndOneWithADiskMayNot() throws Exception {
        killed(OutboxMode.MEMORY);
        runAgain(OutboxMode.MEMORY);
        outcome("FAILED");

        assertThat(kinds()).isEmpty();

        theSameWithADisk();

        assertThat(kinds()).contains(Fault.Kind.COMMAND_REPEATED);
    }

    private void theSameWithADisk() throws IOException {
        for (Path file : files) {
            Files.writeString(file, Files.readString(file).replace(" MEMORY", " DURABLE"));
        }
        inKafka(1, EVENTS);
    }

    private void runAgain(OutboxMode mode) throws IOException {
        try (Journal journal = journal()) {
            journal.keeps(VALVE, mode);
            journal.began(VALVE, EVENTS);
            journal.handlerBegan(VALVE, "c1");
            journal.handlerEnded(VALVE, "c1", OutcomeStatus.FAILED);
            journal.outcomeHeard(VALVE, "c1", CommandState.FAILED);
            journal.ended(true);
        }
    }

    @Test
    void anOutcomeThatNoHandlerCameToIsInventedAllTheSame() throws Exception {
        killed(OutboxMode.MEMORY);
        startedAgain(OutboxMode.MEMORY);
        outcome("FAILED");

        assertThat(kinds()).containsExactly(Fault.Kind.OUTCOME_INVENTED);
    }

    @Test
    void countersGoOnAfterTheLastOneOfAllJournals() throws Exception {
        killed(OutboxMode.DURABLE);
        startedAgain(OutboxMode.DURABLE);

        assertThat(JournalReading.readAll(files).lastCounters()).containsEntry(VALVE.toString(), EVENTS + 1L);
    }
}
