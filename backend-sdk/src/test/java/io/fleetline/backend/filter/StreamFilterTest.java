package io.fleetline.backend.filter;

import static io.fleetline.backend.filter.TestRun.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.StoreNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The histories that each rule of the filter is there for, and those that broke earlier drafts of the rules. */
class StreamFilterTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    private final FilterProbe reader = FilterProbe.ofTheWholeTopic();
    private final TestRun a = run('a', 100, 1);

    private static Alarm lost(long from, long to) {
        return new Alarm.Lost(FilterProbe.DEVICE, Lane.NORMAL, 1, from, to);
    }

    private static Alarm cloned(char run, long seq) {
        return new Alarm.Cloned(FilterProbe.DEVICE, Lane.NORMAL, 1, run, seq);
    }

    private static Alarm overtaken(char run, long seq) {
        return new Alarm.Overtaken(FilterProbe.DEVICE, Lane.NORMAL, 1, run, seq);
    }

    // Order

    @Test
    void copiesOfWhatWasDeliveredAreDropped() {
        reader.reads(a.event(1, 0), a.event(1, 0), a.event(2, 0), a.event(1, 0), a.event(2, 0), a.event(3, 2));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a3");
        assertThat(reader.ignored()).hasSize(3).containsOnly(IgnoreReason.REPEATED);
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aBatchThatFailsWhileTheNextOneLandsIsWaitedFor() {
        reader.reads(a.event(1, 0), a.event(3, 0));
        assertThat(reader.delivered()).containsExactly("a1");
        reader.reads(a.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a3");
        reader.reads(a.event(3, 1), a.event(4, 3));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a3", "a4");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aGapCountsAsAllOfItsNumbers() {
        reader.reads(a.event(1, 0), a.gap(2, 5, 1), a.event(6, 1));
        assertThat(reader.delivered()).containsExactly("a1", "[2-5]", "a6");
    }

    @Test
    void anOverflowGapOverWhatLandedAfterAllChangesNothing() {
        reader.reads(a.event(1, 0), a.event(2, 0), a.event(3, 0), a.gap(1, 4, 0), a.event(5, 4));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a3", "[4-4]", "a5");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void whatLandsAfterTheGapThatWasPutOverItIsDropped() {
        reader.reads(a.gap(1, 3, 0), a.event(2, 0), a.event(4, 3));
        assertThat(reader.delivered()).containsExactly("[1-3]", "a4");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aHeldEventGoesBeforeTheGapThatCoversIt() {
        reader.reads(a.event(3, 0), a.gap(2, 4, 0), a.event(1, 0), a.event(5, 0));
        assertThat(reader.delivered()).containsExactly("a1", "[2-2]", "a3", "[4-4]", "a5");
    }

    @Test
    void aHeldEventGoesBeforeTheGapFromItsOwnNumberWhicheverCameFirst() {
        reader.reads(a.gap(2, 4, 0), a.event(2, 0), a.event(6, 0), a.gap(6, 7, 0), a.event(1, 0), a.event(5, 0));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "[3-4]", "a5", "a6", "[7-7]");
    }

    @Test
    void ofTwoHeldGapsFromOneNumberTheLongerCounts() {
        reader.reads(a.gap(2, 3, 0), a.gap(2, 5, 0), a.gap(2, 4, 0), a.event(1, 0), a.event(6, 1));
        assertThat(reader.delivered()).containsExactly("a1", "[2-5]", "a6");
    }

    @Test
    void lanesAndDevicesDoNotWaitForEachOther() {
        TestRun urgent = a.onLane(Lane.URGENT);
        reader.reads(a.event(2, 0), urgent.event(1, 0, "u1"));
        reader.readsOfDevice(new DeviceId("acme", "pump-8"), a.event(1, 0, "other"));
        assertThat(reader.delivered()).containsExactly("u1", "other");
        reader.reads(a.event(1, 0));
        assertThat(reader.delivered()).containsExactly("u1", "other", "a1", "a2");
        assertThat(reader.filter().devices()).isEqualTo(2);
    }

    // Runs

    @Test
    void aRunChangeWithItemsInFlightKeepsTheOrder() {
        TestRun b = run('b', 101, 3).after(a);
        reader.reads(a.event(1, 0), b.event(3, 0), b.event(4, 0), a.event(2, 0));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "b3", "b4");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aRunThatNamesAnotherOneBeforeItWaitsUntilAcknowledgementsTell() {
        // Run a had sent 2, lost it in a crash (BUFFERED), and number 2 was given again by run b, which nobody has
        // seen.
        TestRun b = run('b', 101, 2);
        TestRun c = run('c', 102, 3).after(b);
        reader.reads(a.event(1, 0), a.event(2, 0), c.event(3, 1));
        assertThat(reader.delivered()).containsExactly("a1", "a2");
        reader.reads(b.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "b2", "c3");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void numbersThatALaterRunUsesAgainAreItsOwn() {
        TestRun b = run('b', 101, 2);
        reader.reads(a.event(1, 0), a.event(2, 0), a.event(3, 0), b.event(2, 1), a.event(4, 0), b.event(3, 1));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a3", "b2", "b3");
        assertThat(reader.ignored()).containsExactly(IgnoreReason.TAKEN_OVER);
        // Nobody had seen a4, and from here it cannot be told that the device was never told that it is stored.
        assertThat(reader.alarms()).containsExactly(overtaken('a', 4));
        reader.reads(a.event(5, 0));
        assertThat(reader.alarms()).hasSize(1);
    }

    @Test
    void anItemOfARunInBetweenMayLandAfterALaterRunsFirst() {
        TestRun b = run('b', 101, 3).after(a);
        TestRun c = run('c', 102, 4).after(b);
        reader.reads(a.event(1, 0), a.event(2, 0), c.event(4, 2), b.event(3, 2), c.event(5, 2));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "b3", "c4", "c5");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void itemsOfAnOldRunComeToAReaderThatNeverSawThatRun() {
        // Run a published 1 and 2 offline; only run b ever connected, and sends them under a's name.
        TestRun b = run('b', 101, 3).after(a);
        reader.reads(b.event(3, 0), a.event(1, 0), a.event(2, 0));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "b3");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void whatTheOldRunStillHeldGoesOutWhenANewOneTakesOver() {
        TestRun b = run('b', 101, 2);
        reader.reads(a.event(1, 0), a.event(3, 0), b.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "a3", "b2");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aStoreSetBackAndOrderedTooLowTakesOverOnceItsAcksReachTheCurrentRun() {
        TestRun late = run('b', 200, 1);
        TestRun setBack = run('c', 150, 3);
        reader.reads(late.event(1, 0), late.event(2, 1), late.event(3, 2), late.event(4, 3));
        reader.reads(setBack.event(3, 0, "c3"));
        assertThat(reader.delivered()).containsExactly("b1", "b2", "b3", "b4");
        reader.reads(setBack.event(4, 3, "c4"), setBack.event(5, 4, "c5"));
        assertThat(reader.delivered()).containsExactly("b1", "b2", "b3", "b4", "c3", "c4", "c5");
        assertThat(reader.alarms()).containsExactly(overtaken('c', 3));
    }

    @Test
    void aStoreThatIsSetBackTwiceUnderClocksThatDifferDoesNotLoseInSilence() {
        TestRun setBack = run('c', 150, 3);
        TestRun again = run('d', 201, 3);
        reader.reads(a.event(1, 0), a.event(2, 1), run('b', 200, 3).event(3, 2));
        reader.reads(setBack.event(3, 2), again.event(3, 2), again.event(4, 3), again.event(5, 4));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "b3", "d3", "d4", "d5");
        assertThat(reader.alarms()).containsExactly(overtaken('c', 3));
        assertThat(reader.filter().counts().overtaken()).isEqualTo(1);
    }

    @Test
    void aWaitingRunThatALaterOnePassesIsOvertaken() {
        // Run b waits for number 2, which c uses again.
        reader.reads(
                a.event(1, 0),
                run('b', 101, 3).after(a).event(3, 0),
                run('c', 102, 2).event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "c2");
        assertThat(reader.alarms()).containsExactly(overtaken('b', 3));
    }

    @Test
    void runsOfADeviceThatCrashesOverAndOverAreRememberedForAnHour() {
        TestRun[] runs = IntStream.range(0, 64)
                .mapToObj(i -> run((char) (1_000 + i), 101 + i, 2).at(1_000 + i * MINUTE / 2))
                .toArray(TestRun[]::new);
        reader.reads(a.event(1, 0), a.event(2, 0));
        for (TestRun run : runs) {
            reader.reads(run.event(2, 1));
        }
        reader.restarts();
        int delivered = reader.delivered().size();
        assertThat(delivered).isEqualTo(66);
        // The very first run again, acknowledged beyond the first number of the latest: as if the store was set back.
        reader.reads(a.at(runs[63].stampMillis()).event(3, 2));
        assertThat(reader.delivered()).hasSize(delivered);
        assertThat(reader.alarms()).containsExactly(overtaken('a', 3), cloned('a', 3));
    }

    @Test
    void aDeviceThatNowAndThenStartsAnewCostsNoMoreThanTheLastEightRuns() {
        for (int day = 1; day <= 200; day++) {
            TestRun run = run((char) (1_000 + day), 100 + day, day)
                    .at(Duration.ofDays(day).toMillis());
            reader.reads(run.event(day, day - 1));
        }
        assertThat(reader.delivered()).hasSize(200);
        assertThat(reader.filter().states().get(0).bytes().length).isLessThan(300);
    }

    @Test
    void aLateCopyOfAnEarlierRunNeverTakesOver() {
        TestRun b = run('b', 101, 1);
        reader.reads(b.event(1, 0), a.event(1, 0), b.event(2, 1), b.event(3, 2));
        assertThat(reader.delivered()).containsExactly("b1", "b2", "b3");
        assertThat(reader.alarms()).containsExactly(overtaken('a', 1));
    }

    // Loss

    @Test
    void aLateRecordOfARunThatWasTakenOverStillProvesALoss() {
        // Number 3 of run a was acknowledged and is gone; a crash made the device use 3 and 4 again.
        reader.reads(
                a.event(1, 0), a.event(2, 1), a.event(4, 2), run('b', 101, 3).event(3, 2), a.event(4, 2));
        assertThat(reader.alarms()).isEmpty();
        reader.reads(a.event(5, 3), a.event(6, 4));
        assertThat(reader.alarms()).containsExactly(overtaken('a', 5), lost(3, 3));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a4", "b3");
    }

    @Test
    void aLateRecordOfAnEarlierStoreStillProvesALoss() {
        TestRun wiped = run('w', 200, 1).inStore(2);
        reader.reads(a.event(1, 0), a.event(3, 1), a.event(5, 1), wiped.event(1, 0), wiped.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "w1", "a3", "a5", "w2");
        reader.reads(a.event(4, 1), a.event(6, 3));
        assertThat(reader.alarms()).containsExactly(lost(2, 2));
        reader.reads(a.event(7, 6));
        assertThat(reader.alarms()).containsExactly(lost(2, 2), lost(4, 4));
    }

    @Test
    void oneAcknowledgedRecordThatIsGoneRaisesOneAlarmThatNamesExactlyIt() {
        reader.reads(a.event(1, 0), a.event(3, 0), a.event(4, 1), a.event(5, 4), a.event(6, 5));
        assertThat(reader.alarms()).containsExactly(lost(2, 2));
        assertThat(reader.delivered()).containsExactly("a1", "a3", "a4", "a5", "a6");
        assertThat(reader.filter().counts().lost()).isEqualTo(1);
    }

    @Test
    void onlyNumbersThatAreNotHeldAreCalledLost() {
        reader.reads(a.event(3, 0), a.gap(5, 6, 0), a.event(8, 0), a.event(11, 10));
        assertThat(reader.alarms()).containsExactly(lost(1, 2), lost(4, 4), lost(7, 7), lost(9, 10));
        assertThat(reader.delivered()).containsExactly("a3", "[5-6]", "a8", "a11");
    }

    @Test
    void whatIsMissingAboveTheAckIsOnlyWaitedFor() {
        reader.reads(a.event(1, 0), a.event(5, 1), a.event(6, 1));
        assertThat(reader.delivered()).containsExactly("a1");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aLaterRunProvesTheLossOfWhatCameBeforeItsFirst() {
        TestRun b = run('b', 101, 4);
        reader.reads(a.event(1, 0), a.event(2, 0), b.event(4, 3));
        assertThat(reader.alarms()).containsExactly(lost(3, 3));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "b4");
    }

    @Test
    void whatALossProvesIsSettledByNoRunLaterThanTheOneThatProvesIt() {
        TestRun b = run('b', 101, 6);
        TestRun c = run('c', 102, 4);
        reader.reads(a.event(1, 0), a.event(4, 0), c.event(4, 0), b.event(6, 5));
        assertThat(reader.alarms()).containsExactly(lost(2, 3), lost(5, 5));
        assertThat(reader.delivered()).containsExactly("a1", "a4", "b6", "c4");
    }

    // Joining

    @Test
    void aReaderThatStartsInTheMiddleBeginsBehindWhatWasAcknowledged() {
        FilterProbe joining = FilterProbe.joiningAfter(900);
        joining.reads(a.event(7, 4), a.event(5, 4), a.event(6, 4), a.event(8, 7));
        assertThat(joining.delivered()).containsExactly("a5", "a6", "a7", "a8");
        assertThat(joining.alarms()).isEmpty();
    }

    @Test
    void aReaderThatStartsBetweenPipelinedBatchesCallsNothingLost() {
        // 5 landed before 4 (its first batch failed) and lies before the reader's start; 7 and 8 were under way.
        FilterProbe joining = FilterProbe.joiningAfter(900);
        joining.reads(a.event(4, 3), a.event(7, 3), a.event(8, 3), a.event(9, 8));
        assertThat(joining.delivered()).containsExactly("a4", "a7", "a8", "a9");
        assertThat(joining.alarms()).isEmpty();
    }

    @Test
    void afterItsFirstHourAJoiningReaderReportsLossLikeAnyOther() {
        FilterProbe joining = FilterProbe.joiningAfter(900);
        joining.reads(
                a.event(4, 3),
                a.at(1_000 + HOUR).event(5, 4),
                a.at(1_001 + HOUR).event(8, 7));
        assertThat(joining.alarms()).containsExactly(lost(6, 7));
    }

    @Test
    void theHourIsTheReadersAndNotEachStreams() {
        FilterProbe joining = FilterProbe.joiningAfter(900);
        TestRun later = a.at(901 + HOUR);
        joining.reads(later.event(4, 3), later.event(8, 7));
        assertThat(joining.alarms()).containsExactly(lost(5, 7));
    }

    @Test
    void afterItsFirstHourAJoiningReaderStillCallsNothingLostThatAGapOfThatHourReached() {
        FilterProbe joining = FilterProbe.joiningAfter(900);
        TestRun b = run('b', 101, 8).at(901 + HOUR);
        joining.reads(a.event(4, 3), a.gap(5, 20, 3), b.event(8, 7), b.event(12, 11), b.event(25, 24));
        assertThat(joining.alarms()).containsExactly(lost(21, 24));
        assertThat(joining.delivered()).containsExactly("a4", "[5-20]", "b8", "b12", "b25");
    }

    @Test
    void whereTheRecordBeforeIsNotKnownTheHourCountsFromTheFirst() {
        FilterProbe joining = new FilterProbe(FilterStart.atFirstRecord(), FilterLimits.DEFAULT);
        joining.reads(a.at(5_000).event(4, 3), a.at(4_999 + HOUR).event(8, 7));
        assertThat(joining.alarms()).isEmpty();
        assertThat(joining.filter().start()).isEqualTo(FilterStart.after(5_000));
        joining.reads(a.at(5_000 + HOUR).event(9, 8), a.at(5_000 + HOUR).event(11, 10));
        assertThat(joining.alarms()).containsExactly(lost(10, 10));
    }

    // Stores

    @Test
    void aWipedStoreBeginsAnewAtOne() {
        TestRun wiped = run('w', 200, 1).inStore(2);
        reader.reads(a.event(1, 0), a.event(2, 1), wiped.event(1, 0), wiped.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "w1", "w2");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void whatIsHeldOfAWipedStoreGoesOutWhenTheNewOneIsAtWork() {
        TestRun wiped = run('w', 200, 1).inStore(2);
        reader.reads(a.event(1, 0), a.event(3, 0), a.event(5, 0), wiped.event(1, 0));
        assertThat(reader.delivered()).containsExactly("a1", "w1");
        reader.reads(wiped.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "w1", "a3", "a5", "w2");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aLateCopyOfARunThatWasThereBeforeWhatAWipedStoreHeldIsARepeat() {
        // Run b, which run c builds on, has vanished; c still goes out when the new store is at work.
        TestRun c = run('c', 102, 2).after(run('b', 101, 1));
        TestRun wiped = run('w', 200, 1).inStore(2);
        reader.reads(a.event(1, 0), a.event(2, 1), a.event(3, 2), c.event(2, 0), wiped.event(1, 0), wiped.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a3", "w1", "c2", "w2");
        reader.restarts();
        reader.reads(a.event(2, 1), a.event(3, 2), c.event(2, 0));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a3", "w1", "c2", "w2");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aLateCopyOfARunThatWasThereBeforeWhatAWipedStoreHeldStillProvesALossAndTellsItOnce() {
        TestRun c = run('c', 102, 6).after(run('b', 101, 1));
        TestRun wiped = run('w', 200, 1).inStore(2);
        reader.reads(a.event(1, 0), a.event(3, 0), c.event(6, 0), wiped.event(1, 0), wiped.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "w1", "a3", "c6", "w2");
        reader.reads(a.event(3, 2));
        assertThat(reader.alarms()).containsExactly(lost(2, 2));
        reader.reads(a.event(4, 3), c.event(7, 5), a.event(5, 4));
        assertThat(reader.delivered()).containsExactly("a1", "w1", "a3", "c6", "w2", "c7");
        assertThat(reader.alarms()).containsExactly(lost(2, 2), lost(4, 5));
    }

    @Test
    void whatWasNeverSeenOfARunThatWasLeftBehindIsCalledLostOnceItIsProven() {
        TestRun c = run('c', 102, 6).after(run('b', 101, 1));
        TestRun wiped = run('w', 200, 1).inStore(2);
        reader.reads(a.event(1, 0), a.event(3, 0), c.event(6, 0), wiped.event(1, 0), wiped.event(2, 1));
        reader.reads(a.event(2, 1));
        assertThat(reader.alarms()).isEmpty();
        reader.reads(a.event(3, 2));
        assertThat(reader.alarms()).containsExactly(lost(2, 2));
    }

    @Test
    void whatAJoiningReaderPassedOverOfARunThatWasLeftBehindIsToldWhenItComes() {
        FilterProbe joining = FilterProbe.joiningAfter(900);
        TestRun c = run('c', 102, 12).after(run('b', 101, 10));
        TestRun wiped = run('w', 50, 1).inStore(2);
        joining.reads(a.event(9, 6), c.event(12, 6), wiped.event(1, 0), wiped.event(2, 1));
        assertThat(joining.delivered()).containsExactly("w1", "a9", "c12", "w2");
        joining.reads(a.event(7, 6));
        assertThat(joining.alarms()).containsExactly(overtaken('a', 7));
    }

    @Test
    void whatAWipedStorePassedOverIsCalledLostThoughALaterRunOwnsItsNumber() {
        TestRun wiped = run('w', 200, 1).inStore(2);
        TestRun b = run('b', 101, 4);
        reader.reads(a.event(1, 0), a.event(3, 0), a.event(5, 0), wiped.event(1, 0), wiped.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "w1", "a3", "a5", "w2");
        reader.reads(b.event(4, 3), a.event(5, 4));
        assertThat(reader.alarms()).containsExactly(lost(2, 2), lost(4, 4));
    }

    @Test
    void aStoreOnADiskWaitsWhileTheDeviceGoesOnInMemory() {
        TestRun disk = a.inStore(StoreNames.lasting(7));
        TestRun memory = run('m', 200, 1).inStore(StoreNames.fleeting(7));
        reader.reads(disk.event(1, 0), disk.event(3, 1), memory.event(1, 0), memory.event(2, 1));
        // Back on its disk, the device sends number 2 again.
        TestRun back = run('b', 300, 4).inStore(StoreNames.lasting(7));
        reader.reads(disk.event(2, 1), disk.event(3, 1), back.event(4, 3));
        assertThat(reader.delivered()).containsExactly("a1", "m1", "m2", "a2", "a3", "b4");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void whatIsHeldOfAStoreInMemoryGoesOutWhenTheNextOneIsAtWork() {
        TestRun first = a.inStore(StoreNames.fleeting(1));
        TestRun second = run('b', 200, 1).inStore(StoreNames.fleeting(2));
        reader.reads(first.event(1, 0), first.event(3, 1), second.event(1, 0), second.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "b1", "a3", "b2");
    }

    @Test
    void aStoreInMemoryIsOverOnceTheDeviceIsBackOnItsDiskAlsoUnderClocksThatDiffer() {
        TestRun disk = a.inStore(StoreNames.lasting(7));
        TestRun memory = run('m', 200, 1).inStore(StoreNames.fleeting(7));
        TestRun back = run('b', 150, 2).inStore(StoreNames.lasting(7));
        reader.reads(disk.event(1, 0), memory.event(1, 0), memory.event(3, 0), back.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "m1", "b2");
        reader.reads(back.event(3, 2));
        assertThat(reader.delivered()).containsExactly("a1", "m1", "b2", "m3", "b3");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void aLateCopyFromTheDiskDoesNotEndTheStoreInMemory() {
        TestRun disk = a.inStore(StoreNames.lasting(7));
        TestRun memory = run('m', 200, 1).inStore(StoreNames.fleeting(7));
        FilterProbe joining = new FilterProbe(FilterStart.after(1_000), FilterLimits.DEFAULT);
        joining.reads(memory.event(1, 0), memory.event(3, 0), disk.event(5, 4), memory.event(2, 1));
        assertThat(joining.delivered()).containsExactly("m1", "a5", "m2", "m3");
        assertThat(joining.alarms()).isEmpty();
    }

    @Test
    void aLateCopyUnderAClockThatIsAheadDoesNotEndTheStoreThatAJoiningReaderMetFirst() {
        // Store 1 was over before store 2 began. Its node's clock was ahead, and a copy of its last record lands late.
        TestRun old = run('o', 200, 1);
        TestRun wiped = run('w', 150, 1).inStore(2);
        FilterProbe joining = FilterProbe.joiningAfter(900);
        joining.reads(wiped.event(8, 6), old.event(5, 4), wiped.event(7, 6), wiped.event(9, 8));
        assertThat(joining.delivered()).containsExactly("o5", "w7", "w8", "w9");
        assertThat(joining.alarms()).isEmpty();
    }

    @Test
    void twoLateCopiesDoNotEndTheStoreThatAJoiningReaderMetFirstEvenIfOneIsARunsFirst() {
        // Of the old store's acknowledged numbers 2 to 8 stand before the reader's start.
        TestRun old = run('o', 50, 1).inStore(2);
        TestRun now = run('n', 150, 1);
        FilterProbe joining = FilterProbe.joiningAfter(900);
        joining.reads(now.event(8, 6), old.event(1, 0), old.event(9, 8));
        joining.restarts();
        joining.reads(old.event(1, 0), old.event(10, 9), now.event(7, 6), now.event(9, 8));
        assertThat(joining.delivered()).containsExactly("o1", "o9", "o10", "n7", "n8", "n9");
        assertThat(joining.alarms()).isEmpty();
    }

    @Test
    void aStoreThatBeginsBeforeTheEyesOfAJoiningReaderEndsTheOneBefore() {
        TestRun wiped = run('w', 50, 1).inStore(2);
        FilterProbe joining = FilterProbe.joiningAfter(900);
        joining.reads(a.event(8, 6), wiped.event(1, 0));
        assertThat(joining.delivered()).containsExactly("w1");
        joining.reads(wiped.event(2, 1));
        assertThat(joining.delivered()).containsExactly("w1", "a8", "w2");
        assertThat(joining.alarms()).isEmpty();
    }

    @Test
    void whatAJoiningReaderPassedOverIsToldWhenItComes() {
        TestRun wiped = run('w', 50, 1).inStore(2);
        FilterProbe joining = FilterProbe.joiningAfter(900);
        joining.reads(a.event(9, 6), wiped.event(1, 0), wiped.event(2, 1));
        joining.restarts();
        joining.reads(a.event(7, 6), a.event(8, 6), a.event(10, 9));
        assertThat(joining.delivered()).containsExactly("w1", "a9", "w2", "a10");
        assertThat(joining.alarms()).containsExactly(overtaken('a', 7));
    }

    @Test
    void anEarlierStoresRecordsDoNotFlushALaterOne() {
        TestRun wiped = run('w', 200, 1).inStore(2);
        reader.reads(wiped.event(2, 0), a.event(1, 0), a.event(2, 1));
        assertThat(reader.delivered()).containsExactly("a1", "a2");
        reader.reads(wiped.event(1, 0));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "w1", "w2");
    }

    // Limits and alarms

    @Test
    void aCopiedStoreIsReportedWhenTheRunThatWasTakenOverGoesOn() {
        TestRun copy = run('c', 101, 3);
        TestRun later = a.at(1_000 + 5 * MINUTE);
        reader.reads(a.event(1, 0), a.event(2, 1), copy.event(3, 2), a.event(3, 2), later.event(4, 3));
        assertThat(reader.alarms()).containsExactly(overtaken('a', 3));
        TestRun tooLate = a.at(1_001 + 5 * MINUTE);
        reader.reads(tooLate.event(2, 1), tooLate.event(5, 4), tooLate.event(6, 5));
        assertThat(reader.alarms())
                .containsExactly(
                        overtaken('a', 3),
                        new Alarm.Cloned(FilterProbe.DEVICE, Lane.NORMAL, 1, 'a', 5),
                        new Alarm.Cloned(FilterProbe.DEVICE, Lane.NORMAL, 1, 'a', 6));
    }

    @Test
    void twoDifferentEventsUnderOneNumberAreAConflictWhetherDeliveredOrHeld() {
        reader.reads(a.event(1, 0), a.event(1, 0), a.event(1, 0, "else"));
        reader.reads(a.event(3, 0), a.event(3, 0, "other"));
        assertThat(reader.alarms())
                .containsExactly(
                        new Alarm.Conflict(FilterProbe.DEVICE, Lane.NORMAL, 1, 'a', 1),
                        new Alarm.Conflict(FilterProbe.DEVICE, Lane.NORMAL, 1, 'a', 3));
        reader.reads(a.event(2, 0));
        assertThat(reader.delivered()).containsExactly("a1", "a2", "a3");
    }

    @Test
    void repeatsOfAllThatWasDeliveredAreNoConflict() {
        IntStream.rangeClosed(1, 40).forEach(seq -> reader.reads(a.event(seq, 0)));
        IntStream.rangeClosed(1, 40).forEach(seq -> reader.reads(a.event(seq, 0)));
        TestRun b = run('b', 101, 30);
        IntStream.rangeClosed(30, 50).forEach(seq -> reader.reads(b.event(seq, 29)));
        IntStream.rangeClosed(30, 50).forEach(seq -> reader.reads(b.event(seq, 29)));
        assertThat(reader.delivered()).hasSize(61);
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void anEventAndAGapUnderOneNumberAreNoConflictNorAreTwoRuns() {
        TestRun b = run('b', 101, 2);
        reader.reads(a.event(1, 0), a.gap(1, 2, 0), a.event(2, 0, "late"), b.event(2, 1), b.event(3, 2));
        assertThat(reader.delivered()).containsExactly("a1", "[2-2]", "b2", "b3");
        assertThat(reader.alarms()).isEmpty();
    }

    @Test
    void ofRunsAsideTheTwoLatestAndOfEachTheLowestNumbersAreKept() {
        FilterLimits small = new FilterLimits(
                Duration.ofHours(1), Duration.ofMinutes(5), 8, 8, Duration.ofHours(1), 2, 3, 16, Duration.ofDays(7));
        FilterProbe probe = new FilterProbe(FilterStart.whole(), small);
        TestRun current = run('z', 500, 1);
        probe.reads(current.event(1, 0), current.event(2, 1), current.event(3, 2));
        probe.reads(
                run('p', 300, 5).event(5, 0),
                run('q', 301, 5).event(5, 0),
                run('r', 302, 5).event(5, 0));
        assertThat(probe.alarms())
                .containsExactly(
                        overtaken('p', 5),
                        overtaken('q', 5),
                        overtaken('r', 5),
                        new Alarm.AsideOverflow(FilterProbe.DEVICE, Lane.NORMAL, 1, 'p', 1, true));
        TestRun r = run('r', 302, 5);
        probe.reads(r.event(8, 0), r.event(7, 0), r.event(6, 0));
        assertThat(probe.alarms()).contains(new Alarm.AsideOverflow(FilterProbe.DEVICE, Lane.NORMAL, 1, 'r', 1, false));
        // The latest of them proves itself, with the lowest three of its records.
        probe.reads(r.event(6, 5));
        assertThat(probe.delivered()).containsExactly("z1", "z2", "z3", "r5", "r6", "r7");
        assertThat(probe.alarms()).contains(lost(4, 4));
    }

    @Test
    void alarmsSayWhatAndWhere() {
        reader.reads(a.event(1, 0), a.event(5, 4));
        assertThat(reader.alarms().get(0).message())
                .contains("acme/pump-7")
                .contains("lane NORMAL")
                .contains("2 to 4");
    }

    // State

    @Test
    void aThousandHeldRecordsSurviveARestartAndGoOutInOrder() {
        IntStream.rangeClosed(2, 1_000).forEach(seq -> reader.reads(a.event(seq, 0)));
        reader.restarts();
        reader.reads(a.event(1, 0));
        List<String> expected = new ArrayList<>();
        IntStream.rangeClosed(1, 1_000).forEach(seq -> expected.add("a" + seq));
        assertThat(reader.delivered()).isEqualTo(expected);
    }

    @Test
    void onlyDevicesThatChangedAreStoredAgain() {
        DeviceId other = new DeviceId("acme", "pump-8");
        reader.reads(a.event(1, 0));
        reader.readsOfDevice(other, a.event(1, 0));
        assertThat(reader.filter().takeChanges()).hasSize(2);
        assertThat(reader.filter().takeChanges()).isEmpty();
        reader.readsOfDevice(other, a.event(2, 1));
        assertThat(reader.filter().takeChanges())
                .singleElement()
                .satisfies(state -> assertThat(state.device()).isEqualTo(other));
        assertThat(reader.filter().states()).hasSize(2);
    }
}
