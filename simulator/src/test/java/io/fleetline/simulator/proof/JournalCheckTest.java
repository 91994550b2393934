package io.fleetline.simulator.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.OutboxMode;
import io.fleetline.device.Receipt;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalCheckTest {
    private static final DeviceId HOST = DeviceId.parse("demo/host");
    private static final DeviceId BOILER = DeviceId.parse("demo/boiler-1");
    private static final long STORE = 0xabc;
    private static final long RUN = 0xdef;

    @TempDir
    private Path directory;

    private Path file;
    private Journal journal;
    private final List<StoredEvent> log = new ArrayList<>();

    @BeforeEach
    void beginAJournal() throws IOException {
        file = directory.resolve("journal");
        journal = Journal.create(file);
        journal.began(HOST, 0);
        journal.began(BOILER, 0);
    }

    @AfterEach
    void endTheJournal() throws IOException {
        journal.close();
    }

    @Test
    void whatIsThereOnceAndInOrderHolds() throws IOException {
        for (int i = 1; i <= 5; i++) {
            stored(HOST, i, Lane.NORMAL, i);
            stored(BOILER, i, Lane.URGENT, i);
        }

        Verdict verdict = check();

        assertThat(verdict.faults()).isEmpty();
        assertThat(verdict.holds()).isTrue();
        assertThat(verdict).isEqualTo(new Verdict(10, 10, 10, 0, 0, List.of()));
    }

    @Test
    void lanesHaveNumbersOfTheirOwn() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        stored(HOST, 2, Lane.URGENT, 1);
        stored(HOST, 3, Lane.NORMAL, 2);
        Collections.swap(log, 0, 1);

        assertThat(check().faults()).isEmpty();
    }

    @Test
    void whatWasSentAgainIsARepeatAndNoFault() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        stored(HOST, 2, Lane.NORMAL, 2);
        log.add(log.get(0));
        log.add(log.get(1));

        assertThat(check()).isEqualTo(new Verdict(2, 2, 4, 2, 0, List.of()));
    }

    @Test
    void aFailedBatchMayLeaveTheLogOutOfOrderAsLongAsTheNumbersAreRight() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        stored(HOST, 2, Lane.NORMAL, 2);
        stored(HOST, 3, Lane.NORMAL, 3);
        // 1, 3, 2, 3: as it reads when the batch of 2 failed while that of 3 landed.
        log.add(1, log.get(2));

        assertThat(check().faults()).isEmpty();
    }

    @Test
    void anExactTopicHasNoRepeats() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        stored(HOST, 2, Lane.NORMAL, 2);
        log.add(log.get(1));

        assertThat(checkExact().faults()).extracting(Fault::kind).containsExactly(Fault.Kind.DOUBLED);
    }

    @Test
    void anExactTopicIsInOrderAsItStands() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        stored(BOILER, 1, Lane.NORMAL, 1);
        stored(HOST, 2, Lane.NORMAL, 2);
        stored(HOST, 3, Lane.NORMAL, 3);
        Collections.swap(log, 2, 3);

        assertThat(checkExact().faults()).extracting(Fault::kind).containsExactly(Fault.Kind.OUT_OF_ORDER);
    }

    @Test
    void anExactTopicThatIsRightHolds() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        stored(BOILER, 1, Lane.URGENT, 1);
        stored(HOST, 2, Lane.NORMAL, 2);

        assertThat(checkExact()).isEqualTo(new Verdict(3, 3, 3, 0, 0, List.of()));
    }

    @Test
    void whatHasNoReceiptMayBeThereOrNot() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        journal.published(HOST, 2, Lane.NORMAL);
        log.add(event(HOST, 2, 0, STORE, RUN, 1, 2));
        journal.published(HOST, 3, Lane.NORMAL);
        journal.dropped(HOST, 3);

        assertThat(check()).isEqualTo(new Verdict(3, 1, 2, 0, 0, List.of()));
    }

    @Test
    void aMissingEventIsNamed() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        stored(HOST, 2, Lane.NORMAL, 2);
        stored(HOST, 3, Lane.NORMAL, 3);
        log.remove(1);

        assertThat(check().faults())
                .containsExactly(new Fault(
                        Fault.Kind.MISSING,
                        "demo/host",
                        "counter 2 has a receipt (lane 0 number 2 of run abc/def) and is not there"));
    }

    @Test
    void aDeviceOfWhichNothingIsThereIsNoticed() throws IOException {
        stored(BOILER, 1, Lane.NORMAL, 1);
        log.clear();

        assertThat(kinds()).containsExactly(Fault.Kind.MISSING);
    }

    @Test
    void oneCounterUnderTwoNumbersIsDoubled() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        log.add(event(HOST, 1, 0, STORE, RUN, 1, 2));

        assertThat(check().faults())
                .containsExactly(new Fault(
                        Fault.Kind.DOUBLED,
                        "demo/host",
                        "counter 1 is there as lane 0 number 1 of run abc/def and as lane 0 number 2 of run abc/def"));
    }

    @Test
    void aCounterUnderAnotherNumberThanItsReceiptSaysIsMisplaced() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        log.set(0, event(HOST, 1, 0, STORE, RUN, 1, 7));

        assertThat(kinds()).containsExactly(Fault.Kind.MISPLACED);
    }

    @Test
    void aCounterOnAnotherLaneIsMisplaced() throws IOException {
        journal.published(HOST, 1, Lane.NORMAL);
        log.add(event(HOST, 1, Lane.URGENT.number(), STORE, RUN, 1, 1));

        assertThat(kinds()).containsExactly(Fault.Kind.MISPLACED);
    }

    @Test
    void twoCountersThatChangedPlacesAreOutOfOrder() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        published(HOST, 2, Lane.NORMAL, 3);
        published(HOST, 3, Lane.NORMAL, 2);

        assertThat(check().faults())
                .containsExactly(new Fault(
                        Fault.Kind.OUT_OF_ORDER,
                        "demo/host",
                        "counter 3 (lane 0 number 2 of run abc/def) comes before counter 2 (lane 0 number 3 of run"
                                + " abc/def)"));
    }

    @Test
    void oneNumberForTwoCountersContradictsItself() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        published(HOST, 2, Lane.NORMAL, 1);

        assertThat(kinds()).containsExactly(Fault.Kind.CONTRADICTORY);
    }

    @Test
    void whatNobodyPublishedIsNoticed() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        log.add(event(HOST, 2, 0, STORE, RUN, 1, 2));
        log.add(new StoredEvent(0, 99, "demo/host", Optional.empty(), Optional.empty(), Optional.empty()));
        log.add(new StoredEvent(0, 100, "demo/host", log.get(0).place(), Optional.empty(), Optional.empty()));
        log.add(new StoredEvent(
                0,
                101,
                "demo/host",
                log.get(0).place(),
                Optional.empty(),
                Optional.of(new StoredEvent.Mark("demo/boiler-1", 1))));

        assertThat(kinds())
                .containsExactlyInAnyOrder(
                        Fault.Kind.UNPUBLISHED, Fault.Kind.UNPUBLISHED, Fault.Kind.UNPUBLISHED, Fault.Kind.UNPUBLISHED);
    }

    @Test
    void anEventBehindTheGapThatGaveItUpIsNotThere() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        log.add(0, gap(HOST, 1, 3));

        assertThat(kinds()).containsExactly(Fault.Kind.MISSING);
    }

    @Test
    void aGapBehindItsEventChangesNothing() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        log.add(gap(HOST, 1, 3));

        assertThat(check().faults()).isEmpty();
    }

    @Test
    void aDeviceInTwoPartitionsIsScattered() throws IOException {
        stored(HOST, 1, Lane.NORMAL, 1);
        stored(HOST, 2, Lane.NORMAL, 2);
        StoredEvent second = log.get(1);
        log.set(1, new StoredEvent(5, 0, second.device(), second.place(), second.gapTo(), second.mark()));

        assertThat(kinds()).containsExactly(Fault.Kind.SCATTERED);
    }

    @Test
    void whatCannotBeReadIsAFault() throws IOException {
        journal.close();
        JournalCheck check = new JournalCheck(JournalReading.read(file));
        check.unreadable("partition 1 offset 2", "its header fl is not an array");

        assertThat(check.verdict().faults())
                .containsExactly(new Fault(
                        Fault.Kind.UNREADABLE,
                        "?",
                        "the record at partition 1 offset 2: its header fl is not an array"));
    }

    @Test
    void devicesThatKeepNoJournalAreCountedAndLeftAlone() throws IOException {
        log.add(event(DeviceId.parse("demo/guest"), 1, 0, STORE, RUN, 1, 1));

        assertThat(check()).isEqualTo(new Verdict(0, 0, 1, 0, 1, List.of()));
    }

    @Test
    void theEventsOfEarlierJournalsMayStillCome() throws IOException {
        journal.began(HOST, 10);
        log.add(event(HOST, 10, 0, STORE, RUN, 1, 10));
        journal.published(HOST, 11, Lane.NORMAL);
        journal.stored(HOST, 11, receipt(Lane.NORMAL, 0x111, 0x222, 1));
        log.add(event(HOST, 11, 0, 0x111, 0x222, 2, 1));

        assertThat(check().faults()).isEmpty();
    }

    @Test
    void runsComeInTheirOrder() throws IOException {
        journal.published(HOST, 1, Lane.NORMAL);
        journal.published(HOST, 2, Lane.NORMAL);
        log.add(event(HOST, 2, 0, STORE, 0x1, 20, 9));
        log.add(event(HOST, 1, 0, STORE, 0x2, 10, 9));
        assertThat(check().faults()).isEmpty();
    }

    @Test
    void everySingleSpoiltRecordIsFound() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 1; i <= 200; i++) {
            stored(random.nextBoolean() ? HOST : BOILER, i, Lane.of(random.nextInt(3)), i);
        }
        journal.close();
        JournalReading reading = JournalReading.read(file);
        for (int round = 0; round < 500; round++) {
            List<StoredEvent> spoilt = new ArrayList<>(log);
            int at = random.nextInt(spoilt.size());
            StoredEvent victim = spoilt.get(at);
            StoredEvent.Place place = victim.place().orElseThrow();
            StreamNumber number = place.number();
            long counter = victim.mark().orElseThrow().counter();
            DeviceId device = DeviceId.parse(victim.device());
            switch (random.nextInt(4)) {
                case 0 -> spoilt.remove(at);
                case 1 -> spoilt.add(event(device, counter, number.lane(), STORE, RUN, 1, 1000));
                case 2 -> spoilt.set(at, event(device, 1000, number.lane(), STORE, RUN, 1, number.seq()));
                default -> spoilt.set(at, event(device, counter, number.lane(), STORE, RUN, 1, number.seq() + 1000));
            }
            JournalCheck check = new JournalCheck(reading);
            spoilt.forEach(check::record);
            assertThat(check.verdict().holds())
                    .as("seed %d, round %d, %s", seed, round, victim)
                    .isFalse();
        }
    }

    @Test
    void theNextJournalGoesOnWhereThisOneEnded() throws IOException {
        journal.began(BOILER, 7);
        journal.published(HOST, 3, Lane.NORMAL);
        journal.close();

        assertThat(JournalReading.read(file).lastCounters())
                .containsEntry("demo/host", 3L)
                .containsEntry("demo/boiler-1", 7L);
    }

    @Test
    void aLineThatWasCutOffIsLeftOutAndADamagedOneIsNot() throws IOException {
        journal.published(HOST, 3, Lane.NORMAL);
        journal.close();
        Files.writeString(file, Files.readString(file) + "P demo/host 45");
        assertThat(JournalReading.read(file).lastCounters()).containsEntry("demo/host", 3L);

        Files.writeString(file, Files.readString(file) + "\n");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> JournalReading.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ", line 4 is not of a journal's form");
    }

    private Verdict check() throws IOException {
        journal.close();
        return check(new JournalCheck(JournalReading.read(file)));
    }

    private Verdict checkExact() throws IOException {
        journal.close();
        return check(JournalCheck.ofExact(JournalReading.read(file)));
    }

    private Verdict check(JournalCheck check) {
        log.forEach(check::record);
        return check.verdict();
    }

    private List<Fault.Kind> kinds() throws IOException {
        return check().faults().stream().map(Fault::kind).toList();
    }

    /** Published, stored, and told so. */
    private void stored(DeviceId device, long counter, Lane lane, long seq) {
        published(device, counter, lane, seq);
        journal.stored(device, counter, receipt(lane, STORE, RUN, seq));
    }

    /** Published and stored. */
    private void published(DeviceId device, long counter, Lane lane, long seq) {
        journal.published(device, counter, lane);
        log.add(event(device, counter, lane.number(), STORE, RUN, 1, seq));
    }

    private static Receipt receipt(Lane lane, long store, long run, long seq) {
        return new Receipt(lane, store, run, seq, OutboxMode.MEMORY, Optional.empty());
    }

    private static StoredEvent event(
            DeviceId device, long counter, int lane, long store, long run, long order, long seq) {
        return new StoredEvent(
                0,
                seq,
                device.toString(),
                Optional.of(new StoredEvent.Place(new StreamNumber(lane, store, run, seq), order)),
                Optional.empty(),
                Optional.of(new StoredEvent.Mark(device.toString(), counter)));
    }

    private static StoredEvent gap(DeviceId device, long seq, long to) {
        return new StoredEvent(
                0,
                seq,
                device.toString(),
                Optional.of(new StoredEvent.Place(new StreamNumber(0, STORE, RUN, seq), 1)),
                Optional.of(to),
                Optional.empty());
    }
}
