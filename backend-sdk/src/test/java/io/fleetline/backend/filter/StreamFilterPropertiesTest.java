package io.fleetline.backend.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.backend.filter.DeviceHistory.Disk;
import io.fleetline.backend.filter.DeviceHistory.Receipt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the filter promises, over seeded histories. A failure names its seed; the system properties {@code
 * fleetline.seed} and {@code fleetline.histories} say from which seed on how many are played.
 */
class StreamFilterPropertiesTest {
    private static final int HISTORIES = Integer.getInteger("fleetline.histories", 1_500);
    private static final long FIRST_SEED = Long.getLong("fleetline.seed", 1);

    @ParameterizedTest
    @CsvSource({"DURABLE, false", "DURABLE, true", "BUFFERED, false", "BUFFERED, true"})
    void everyReceiptedEventComesExactlyOnceInOrderAndNoAlarmIsRaised(Disk disk, boolean wipes) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
            DeviceHistory history = DeviceHistory.play(seed, disk, wipes);
            ModelReader reader = new ModelReader(FilterStart.whole(), FilterLimits.DEFAULT).read(history.log());

            List<Long> delivered = reader.seen().delivered();
            assertThat(delivered).as("seed %d", seed).doesNotHaveDuplicates();
            List<Long> receipted =
                    history.receipts().stream().map(Receipt::value).toList();
            Set<Long> wanted = new HashSet<>(receipted);
            List<Long> deliveredReceipted =
                    delivered.stream().filter(wanted::contains).toList();
            if (wipes) {
                // Between two stores there is no order.
                assertThat(deliveredReceipted).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(receipted);
            } else {
                assertThat(deliveredReceipted).as("seed %d", seed).isEqualTo(receipted);
            }
            assertNoFalseAlarm(reader, seed);
            if (disk == Disk.DURABLE && !wipes) {
                assertThat(reader.seen().asideOverflow()).as("seed %d", seed).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"DURABLE, true", "BUFFERED, true"})
    void aReaderThatRestartsAnywhereSeesWhatAnUnbrokenOneDoes(Disk disk, boolean wipes) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES / 5; seed++) {
            DeviceHistory history = DeviceHistory.play(seed, disk, wipes);
            ModelReader unbroken = new ModelReader(FilterStart.whole(), FilterLimits.DEFAULT).read(history.log());
            ModelReader restarting = new ModelReader(FilterStart.whole(), FilterLimits.DEFAULT);
            for (StreamRecord<Long> record : history.log()) {
                restarting.read(List.of(record));
                restarting.restart();
            }
            assertThat(restarting.seen()).as("seed %d", seed).isEqualTo(unbroken.seen());
            assertThat(restarting.states().get(0).bytes())
                    .as("seed %d", seed)
                    .isEqualTo(unbroken.states().get(0).bytes());
        }
    }

    /** Of a durable outbox: a crash of a buffered one can take the acknowledgement that proves the loss. */
    @Test
    void anAcknowledgedRecordThatIsRemovedIsReportedAloneAndNothingElseIsSkipped() {
        int removals = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
            DeviceHistory history = DeviceHistory.play(seed, Disk.DURABLE, false);
            List<Receipt> receipts = history.receipts();
            if (receipts.size() < 6) {
                continue;
            }
            Receipt victim = receipts.get(new Random(seed).nextInt(receipts.size() - 3));
            List<StreamRecord<Long>> log = new ArrayList<>(history.log());
            log.removeIf(record -> record.payload() == victim.value());
            if (DeviceHistory.numbers(log, victim.store()).contains(victim.seq())) {
                continue; // a gap covers the number or another run used it, so it is not missing
            }
            removals++;
            ModelReader reader = new ModelReader(FilterStart.whole(), FilterLimits.DEFAULT).read(log);
            // A second time at most: when a run that begins at this very number takes over after the first alarm.
            assertThat(reader.seen().lost())
                    .as("seed %d", seed)
                    .hasSizeBetween(1, 2)
                    .containsOnly(List.of(0L, victim.store(), victim.seq(), victim.seq()));
            assertThat(reader.seen().cloned()).as("seed %d", seed).isEmpty();
            List<Long> others = receipts.stream()
                    .map(Receipt::value)
                    .filter(value -> value != victim.value())
                    .toList();
            assertThat(reader.seen().delivered().stream()
                            .filter(new HashSet<>(others)::contains)
                            .toList())
                    .as("seed %d", seed)
                    .isEqualTo(others);
        }
        assertThat(removals).isGreaterThan(HISTORIES / 2);
    }

    @ParameterizedTest
    @CsvSource({"DURABLE, false", "BUFFERED, true"})
    void aReaderThatJoinsAnywhereRaisesNoFalseAlarmAndDeliversNothingTwice(Disk disk, boolean wipes) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
            List<StreamRecord<Long>> log = DeviceHistory.play(seed, disk, wipes).log();
            int at = 1 + new Random(seed).nextInt(log.size() - 1);
            ModelReader reader = new ModelReader(
                            FilterStart.after(log.get(at - 1).timestampMillis()), FilterLimits.DEFAULT)
                    .read(log.subList(at, log.size()));
            assertThat(reader.seen().delivered()).as("seed %d", seed).doesNotHaveDuplicates();
            assertNoFalseAlarm(reader, seed);
        }
    }

    /** Leftovers of more crashes than there is room for may well be reported: ASIDE_OVERFLOW is no false alarm. */
    private static void assertNoFalseAlarm(ModelReader reader, long seed) {
        assertThat(reader.seen().lost()).as("LOST, seed %d", seed).isEmpty();
        assertThat(reader.seen().cloned()).as("CLONED, seed %d", seed).isEmpty();
        assertThat(reader.conflicts()).as("CONFLICT, seed %d", seed).isZero();
    }
}
