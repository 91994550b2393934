package io.fleetline.simulator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void aFixedScheduleIsEvenAndBeginsSomewhereInItsFirstInterval() {
        Ticks ticks = new Schedule.Fixed(SECOND).begin(new Random(7));

        long first = ticks.nextNanos();
        assertThat(first).isBetween(0L, SECOND.toNanos());
        assertThat(ticks.nextNanos()).isEqualTo(first + SECOND.toNanos());
        assertThat(ticks.nextNanos()).isEqualTo(first + 2 * SECOND.toNanos());
    }

    @Test
    void everyScheduleGoesAsOftenAsItSaysAndNeverBack() {
        List<Schedule> all = List.of(
                new Schedule.Fixed(Duration.ofMillis(100)),
                new Schedule.Poisson(Duration.ofMillis(100)),
                new Schedule.Bursts(SECOND, 12, Duration.ofMillis(5)),
                new Schedule.Day(Duration.ofMillis(50), Duration.ofMinutes(1), 0.25));

        for (Schedule schedule : all) {
            Ticks ticks = schedule.begin(new Random(1));
            long minutes = 100;
            long count = 0;
            long before = 0;
            for (long at = ticks.nextNanos(); at < minutes * 60_000_000_000L; at = ticks.nextNanos()) {
                assertThat(at).as(schedule.toString()).isGreaterThanOrEqualTo(before);
                before = at;
                count++;
            }
            // Of 60,000 and more by chance the count is right to about one in a hundred.
            assertThat(count / (minutes * 60.0))
                    .as(schedule.toString())
                    .isCloseTo(schedule.perSecond(), within(schedule.perSecond() * 0.02));
        }
    }

    @Test
    void theSameSeedGivesTheSameMoments() {
        Schedule schedule = new Schedule.Poisson(SECOND);
        Ticks one = schedule.begin(new Random(3));
        Ticks other = schedule.begin(new Random(3));

        for (int i = 0; i < 100; i++) {
            assertThat(one.nextNanos()).isEqualTo(other.nextNanos());
        }
    }

    @Test
    void aDayIsBusiestInItsMiddle() {
        Ticks ticks = new Schedule.Day(Duration.ofMillis(10), Duration.ofMinutes(10), 0).begin(new Random(5));
        int atNight = 0;
        int atNoon = 0;
        for (long at = ticks.nextNanos(); at < Duration.ofMinutes(10).toNanos(); at = ticks.nextNanos()) {
            long minute = Duration.ofNanos(at).toMinutes();
            atNight += minute == 0 || minute == 9 ? 1 : 0;
            atNoon += minute == 4 || minute == 5 ? 1 : 0;
        }
        assertThat(atNoon).isGreaterThan(20 * atNight);
    }

    @Test
    void aBurstThatWouldNotEndBeforeTheNextIsRefused() {
        assertThatThrownBy(() -> new Schedule.Bursts(SECOND, 11, Duration.ofMillis(100)))
                .hasMessageContaining("a burst of 11 events would not end before the next begins");
        assertThatThrownBy(() -> new Schedule.Fixed(Duration.ZERO))
                .hasMessageContaining("every is 0s, shorter than 10us");
    }

    @Test
    void stagesMakeSchedulesFasterSlowerAndStandStill() {
        LoadCurve curve =
                new LoadCurve(List.of(new LoadCurve.Step(10, 1), new LoadCurve.Step(10, 0), new LoadCurve.Step(10, 2)));

        assertThat(curve.lengthNanos()).isEqualTo(30);
        assertThat(curve.scheduleNanos(5)).isEqualTo(5);
        assertThat(curve.scheduleNanos(15)).isEqualTo(10);
        assertThat(curve.scheduleNanos(25)).isEqualTo(20);
        assertThat(curve.runNanos(9)).isEqualTo(9);
        assertThat(curve.runNanos(10)).isEqualTo(20);
        assertThat(curve.runNanos(20)).isEqualTo(25);
        assertThat(curve.runNanos(29)).isEqualTo(29);
        assertThat(curve.runNanos(30)).isEqualTo(LoadCurve.NEVER);
    }
}
