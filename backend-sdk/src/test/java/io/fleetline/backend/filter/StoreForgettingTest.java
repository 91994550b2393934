package io.fleetline.backend.filter;

import static io.fleetline.backend.filter.TestRun.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.Lane;
import io.fleetline.protocol.StoreNames;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When the filter forgets a store, and when it must not (rule C8). */
class StoreForgettingTest {
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    private final FilterProbe forgetful =
            new FilterProbe(FilterStart.whole(), FilterLimits.DEFAULT.withSupersededRetention(Duration.ofDays(3)));
    private final TestRun a = run('a', 100, 1);

    @Test
    void aSupersededStoreIsForgottenAfterTheTopicsRetentionAndTheLatestNever() {
        for (int store = 1; store <= 50; store++) {
            TestRun each = run('a', 100 + store, 1)
                    .inStore(store)
                    .at(Duration.ofDays(store).toMillis());
            forgetful.reads(each.event(1, 0), each.event(2, 1));
        }
        long withFewStores = forgetful.filter().states().get(0).bytes().length;
        assertThat(withFewStores).isLessThan(6 * 60);
        // The latest store is remembered however late its next record is.
        TestRun latest = run('a', 150, 1).inStore(50).at(Duration.ofDays(1_000).toMillis());
        forgetful.reads(latest.event(2, 1), latest.event(3, 2));
        assertThat(forgetful.delivered()).hasSize(101);
        assertThat(forgetful.alarms()).isEmpty();
    }

    @Test
    void aStoreInMemoryThatIsOverIsForgottenThoughItsDiskWasMetBefore() {
        // None in memory looks later than the one before it: that the device came back to its disk has to tell.
        for (int day = 1; day <= 50; day++) {
            long millis = Duration.ofDays(day).toMillis();
            TestRun memory =
                    run('m', 200 - day, 1).inStore(StoreNames.fleeting(2 * day)).at(millis);
            TestRun disk = run((char) (1_000 + day), 100 + day, 2L * day - 1)
                    .inStore(StoreNames.lasting(7))
                    .at(millis);
            forgetful.reads(
                    memory.event(1, 0), disk.event(2 * day - 1, 2 * day - 2), disk.event(2L * day, 2 * day - 1));
        }
        assertThat(forgetful.delivered()).hasSize(150);
        assertThat(forgetful.filter().states().get(0).bytes().length).isLessThan(7 * 60);
    }

    @Test
    void aDeviceThatStartsInMemoryForEachSingleEventCostsNoMoreThanItsLastStores() {
        for (int start = 1; start <= 1_000; start++) {
            forgetful.reads(run('m', 100 + start, 1)
                    .inStore(StoreNames.fleeting(2 * start))
                    .at(10L * start * MINUTE)
                    .event(1, 0));
        }
        assertThat(forgetful.delivered()).hasSize(1_000);
        // 64 of them, and no more than that within an hour.
        assertThat(forgetful.filter().states().get(0).bytes().length).isLessThan(66 * 60);
    }

    @Test
    void aRecordThatIsLateFindsItsStoreAlthoughItHadBeenSilentForLongBefore() {
        // Silent for 30 days, the device publishes once more and is wiped: the new store's first record lands before
        // it.
        long later = Duration.ofDays(30).toMillis();
        TestRun wiped = run('w', 200, 1).inStore(2);
        forgetful.reads(
                a.event(1, 0),
                a.event(2, 1),
                wiped.at(later).event(1, 0),
                wiped.at(later).event(2, 1));
        // Its first record in another lane is what has its streams looked at.
        forgetful.reads(wiped.onLane(Lane.URGENT).at(later).event(1, 0, "u1"));
        forgetful.restarts();
        forgetful.reads(a.at(later).event(3, 2));
        assertThat(forgetful.delivered()).containsExactly("a1", "a2", "w1", "w2", "u1", "a3");
        assertThat(forgetful.alarms()).isEmpty();
    }

    @Test
    void aLateCopyOfAnEarlierStoreDoesNotLetTheOneThatFollowedItBeForgotten() {
        TestRun wiped = run('w', 200, 1).inStore(2);
        // Number 3 is the first of a run that only now is met: by that alone the first store looks as if it had come
        // back.
        monthBetween(
                List.of(
                        a.event(1, 0),
                        a.event(2, 1),
                        wiped.event(1, 0),
                        run('b', 101, 3).event(3, 2)),
                wiped.at(Duration.ofDays(31).toMillis()).event(2, 1),
                "w2");
    }

    @Test
    void aLateCopyUnderAClockThatIsAheadDoesNotLetTheStoreThatFollowedBeForgotten() {
        TestRun wiped = run('w', 200, 1).inStore(2);
        // Of the first store nothing had landed when the device was wiped; its node's clock was ahead.
        monthBetween(
                List.of(wiped.event(1, 0), run('o', 300, 1).event(1, 0)),
                wiped.at(Duration.ofDays(31).toMillis()).event(2, 1),
                "w2");
    }

    @Test
    void ofTwoStoresThatLookLaterThanEachOtherTheOneAtWorkStays() {
        // The first store's disk comes back, under a clock that is behind that of the store in between.
        TestRun between = run('w', 300, 1).inStore(2);
        TestRun back = run('d', 250, 3);
        monthBetween(
                List.of(
                        a.event(1, 0),
                        a.event(2, 1),
                        between.event(1, 0),
                        between.event(2, 1),
                        back.event(3, 2),
                        back.event(4, 3)),
                back.at(Duration.ofDays(31).toMillis()).event(5, 4),
                "d5");
    }

    @Test
    void inATopicThatKeepsRecordsForLongerAStoreThatComesAgainIsTakenForANewOneUnlessThatIsSaid() {
        FilterProbe told = comesAgainAfterEightDays(Duration.ofDays(30));
        assertThat(told.delivered()).containsExactly("a1", "a2", "w1", "w2", "u1", "v1");
        assertThat(told.alarms()).isEmpty();
        FilterProbe untold = comesAgainAfterEightDays(FilterLimits.DEFAULT.supersededRetention());
        assertThat(untold.delivered()).containsExactly("a1", "a2", "w1", "w2", "u1", "v1", "a2");
        assertThat(untold.alarms()).containsExactly(new Alarm.Lost(FilterProbe.DEVICE, Lane.NORMAL, 1, 1, 1));
    }

    private FilterProbe comesAgainAfterEightDays(Duration remembered) {
        TestRun wiped = run('w', 200, 1).inStore(2);
        long later = Duration.ofDays(8).toMillis();
        return new FilterProbe(FilterStart.whole(), FilterLimits.DEFAULT.withSupersededRetention(remembered))
                .reads(
                        a.event(1, 0),
                        a.event(2, 1),
                        wiped.event(1, 0),
                        wiped.event(2, 1),
                        // A first record in another lane is what has its streams looked at.
                        run('u', 200, 1).onLane(Lane.URGENT).inStore(2).event(1, 0),
                        run('v', 300, 1)
                                .onLane(Lane.URGENT)
                                .inStore(4)
                                .at(later)
                                .event(1, 0),
                        a.at(later).event(2, 1));
    }

    /** In between the device has other stores in another lane, which is when its streams are looked at. */
    private void monthBetween(List<StreamRecord<String>> before, StreamRecord<String> after, String last) {
        before.forEach(forgetful::reads);
        for (int day = 1; day <= 30; day++) {
            forgetful.reads(run((char) (1_000 + day), 100, 1)
                    .onLane(Lane.URGENT)
                    .inStore(2 + day)
                    .at(Duration.ofDays(day).toMillis())
                    .event(1, 0));
        }
        forgetful.reads(after);
        assertThat(forgetful.delivered()).hasSize(before.size() + 31).endsWith(last);
        assertThat(forgetful.alarms()).isEmpty();
    }
}
