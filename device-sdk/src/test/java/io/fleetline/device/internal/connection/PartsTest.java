package io.fleetline.device.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.connection.Quarantine.Suspect;
import io.fleetline.protocol.Lane;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small parts of the connection, each for itself. */
class PartsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aPacerLetsOneSecondThroughAtOnceAndThenKeepsItsRate() {
        Pacer pacer = new Pacer(50, 0);
        assertThat(pacer.allowance(0)).isEqualTo(50);
        pacer.spend(50, 0);
        assertThat(pacer.allowance(0)).isZero();
        assertThat(pacer.readyAtNanos()).isBetween(SECOND / 50, SECOND / 50 + 10);
        assertThat(pacer.allowance(pacer.readyAtNanos())).isEqualTo(1);
        assertThat(pacer.allowance(100 * SECOND)).isEqualTo(50);
    }

    @Test
    void aPacerLetsThroughWhatIsLargerThanItsBucketAndIsPaidAfterwards() {
        Pacer pacer = new Pacer(1000, 0);
        pacer.spend(5000, 0);
        assertThat(pacer.allowance(3 * SECOND)).isZero();
        assertThat(pacer.readyAtNanos()).isBetween(4 * SECOND, 4 * SECOND + SECOND / 100);
        assertThat(pacer.allowance(pacer.readyAtNanos())).isEqualTo(1);
    }

    @Test
    void withoutARateAPacerHoldsNothingBack() {
        Pacer pacer = new Pacer(0, 0);
        pacer.spend(1_000_000, 0);
        assertThat(pacer.allowance(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aHeartbeatIsDueAfterAnIntervalInWhichNothingElseWasSent() {
        Heartbeats heartbeats = new Heartbeats(10 * SECOND, new Random(1), 0);
        assertThat(heartbeats.dueAtNanos()).isBetween(9 * SECOND, 11 * SECOND);
        heartbeats.sent(5 * SECOND);
        heartbeats.heard(5 * SECOND);
        assertThat(heartbeats.dueAtNanos()).isBetween(14 * SECOND, 16 * SECOND);
    }

    @Test
    void aDeviceThatSendsAllTheTimeAsksAllTheSameOnceItHasHeardNothingForAnInterval() {
        Heartbeats heartbeats = new Heartbeats(10 * SECOND, new Random(1), 0);
        for (int second = 1; second <= 9; second++) {
            heartbeats.sent(second * SECOND);
        }
        assertThat(heartbeats.due(11 * SECOND)).isTrue();
    }

    @Test
    void oneHeartbeatAtMostIsUnansweredAndOnlyItsOwnTokenAnswersIt() {
        Heartbeats heartbeats = new Heartbeats(10 * SECOND, new Random(1), 0);
        long token = heartbeats.ask(10 * SECOND);
        assertThat(heartbeats.due(1000 * SECOND)).isFalse();
        assertThat(heartbeats.answered(token + 1, 11 * SECOND)).isEmpty();
        assertThat(heartbeats.answered(0, 11 * SECOND)).isEmpty();
        assertThat(heartbeats.answered(token, 11 * SECOND)).hasValue(SECOND);
        assertThat(heartbeats.answered(token, 12 * SECOND)).isEmpty();
    }

    @Test
    void twoIntervalsWithoutAnyFrameAreTheEnd() {
        Heartbeats heartbeats = new Heartbeats(10 * SECOND, new Random(1), 0);
        heartbeats.heard(3 * SECOND);
        assertThat(heartbeats.dead(23 * SECOND - 1)).isFalse();
        assertThat(heartbeats.dead(23 * SECOND)).isTrue();
    }

    @Test
    void theNodesTimeIsThatOfTheShortestRoundTripCarriedOn() {
        NodeClock clock = new NodeClock();
        long node = 1_800_000_000_000L;
        long device = 1_700_000_000_000L;
        assertThat(clock.unixMillis(0, device)).isEmpty();
        clock.heard(node, 0, 100_000_000, device + 100);
        assertThat(clock.unixMillis(100_000_000, device + 100)).hasValue(node + 50);
        clock.heard(node + 10_000, SECOND, SECOND + 20_000_000, device + 1020);
        assertThat(clock.unixMillis(SECOND + 20_000_000, device + 1020)).hasValue(node + 10_010);
        clock.heard(node + 99_000, 2 * SECOND, 2 * SECOND + 500_000_000, device + 2500);
        assertThat(clock.unixMillis(2 * SECOND, device + 2000)).hasValue(node + 10_990);
    }

    @Test
    void whenTheDevicesClockJumpsOrItSleptTheNodesTimeIsForgotten() {
        NodeClock clock = new NodeClock();
        long node = 1_800_000_000_000L;
        clock.heard(node, 0, 0, node);
        assertThat(clock.unixMillis(10 * SECOND, node + 10_000)).hasValue(node + 10_000);
        assertThat(clock.unixMillis(10 * SECOND, node + 60_000)).isEmpty();
        assertThat(clock.unixMillis(10 * SECOND, 0)).isEmpty();
        clock.heard(node + 11_000, 11 * SECOND, 11 * SECOND, node + 61_000);
        assertThat(clock.unixMillis(11 * SECOND, node + 61_000)).hasValue(node + 11_000);
    }

    @Test
    void aNodeThatLivesIn1970Or2100IsNotBelieved() {
        NodeClock clock = new NodeClock();
        clock.heard(0, 0, 0, 1_800_000_000_000L);
        clock.heard(4_200_000_000_000L, 0, 0, 1_800_000_000_000L);
        assertThat(clock.unixMillis(0, 1_800_000_000_000L)).isEqualTo(OptionalLong.empty());
    }

    @Test
    void whatIsInFlightIsForgottenInOrderAndCounted() {
        InFlight inFlight = new InFlight();
        Random random = new Random(7);
        long next = 1;
        long settled = 0;
        for (int round = 0; round < 1000; round++) {
            for (int i = random.nextInt(40); i > 0; i--) {
                inFlight.add(next++, 10);
            }
            long upTo = settled + random.nextInt((int) (next - settled));
            assertThat(inFlight.settle(upTo)).isEqualTo((int) (upTo - settled));
            settled = upTo;
            assertThat(inFlight.items()).isEqualTo((int) (next - 1 - settled));
            assertThat(inFlight.bytes()).isEqualTo(10L * inFlight.items());
            if (inFlight.items() > 0) {
                assertThat(inFlight.last()).isEqualTo(next - 1);
            }
        }
        inFlight.clear();
        assertThat(inFlight.bytes()).isZero();
    }

    @Test
    void anItemIsGivenUpWhenItWasAloneThreeTimesInARow() {
        Quarantine quarantine = new Quarantine();
        Suspect one = new Suspect(Lane.NORMAL, 5);
        quarantine.suspect(Lane.NORMAL, 9);
        assertThat(quarantine.isOn()).isTrue();
        assertThat(quarantine.blame(one)).isFalse();
        assertThat(quarantine.blame(new Suspect(Lane.URGENT, 5))).isFalse();
        assertThat(quarantine.blame(one)).isFalse();
        assertThat(quarantine.blame(one)).isFalse();
        assertThat(quarantine.blame(one)).isTrue();
    }

    @Test
    void quarantineEndsWhenEverythingThatWasInFlightIsPast() {
        Quarantine quarantine = new Quarantine();
        quarantine.suspect(Lane.NORMAL, 9);
        quarantine.suspect(Lane.URGENT, 2);
        quarantine.settled(Lane.NORMAL, 8);
        quarantine.settled(Lane.URGENT, 2);
        assertThat(quarantine.isOn()).isTrue();
        quarantine.settled(Lane.NORMAL, 9);
        assertThat(quarantine.isOn()).isFalse();
    }

    @Test
    void whatAPeerSaysIsHarmlessInAMessage() {
        Ending ending = Ending.closedByNode(1011, "a\nb\u001b[31m\u2028" + "x".repeat(500));
        assertThat(ending.detail()).doesNotContain("\n", "\u001b", "\u2028").hasSizeLessThan(260);
        assertThat(Ending.closedByNode(4409, "12345").winner()).hasValue(12345);
        assertThat(Ending.closedByNode(4409, "-1").winner()).isEmpty();
        assertThat(Ending.closedByNode(4409, "9".repeat(40)).winner()).isEmpty();
        assertThat(Ending.refused(429, "7").retryAfter()).hasValue(Duration.ofSeconds(7));
    }
}
