package io.fleetline.device.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.connection.Backoff.Pause;
import io.fleetline.testkit.Seeds;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Ending FAILED = Ending.of(EndCause.NODE_FAILED, "");
    private static final Ending LOST = Ending.of(EndCause.LOST, "");
    private static final Ending UNTRUSTED = Ending.of(EndCause.UNTRUSTED_NODE, "");
    private static final Ending EXPIRED = Ending.of(EndCause.CREDENTIAL_EXPIRED, "");
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();

    @Test
    void theCeilingDoublesUpToAMinuteAndTheWaitIsAnythingBelowIt() {
        long[] highest = new long[12];
        Seeds.forEach(400, seed -> {
            Backoff backoff = new Backoff(new Random(seed), 1, false);
            for (int i = 0; i < highest.length; i++) {
                long delay = backoff.after(FAILED, false, -1).delayNanos();
                assertThat(delay).isBetween(0L, Math.min(60L, 1L << i) * 1_000_000_000);
                highest[i] = Math.max(highest[i], delay);
            }
        });
        for (int i = 0; i < highest.length && System.getProperty(Seeds.PROPERTY) == null; i++) {
            // Of 400 draws at least one is in the upper tenth: all but one time in 10^18.
            assertThat(highest[i]).isGreaterThan(Math.min(60L, 1L << i) * 900_000_000);
        }
    }

    @Test
    void onlyAConnectionThatProvedItselfBringsTheWaitsBackToTheStart() {
        Backoff backoff = new Backoff(new Random(1), 1, false);
        for (int i = 0; i < 10; i++) {
            backoff.after(FAILED, false, -1);
        }
        assertThat(backoff.failures()).isEqualTo(10);
        backoff.after(FAILED, true, -1);
        assertThat(backoff.failures()).isEqualTo(1);
    }

    @Test
    void aLostConnectionIsMadeAgainOnceWithinTheWindowAndThenWithBackoff() {
        Seeds.forEach(100, seed -> {
            Backoff backoff = new Backoff(new Random(seed), 1, false);
            assertThat(backoff.after(LOST, true, WINDOW).delayNanos()).isBetween(0L, WINDOW);
            assertThat(backoff.after(LOST, false, WINDOW).delayNanos()).isBetween(0L, 2_000_000_000L);
            assertThat(backoff.after(LOST, true, 0).delayNanos()).isZero();
        });
    }

    @Test
    void oneWrongEndpointDoesNotHoldOffTheOthers() {
        Backoff backoff = new Backoff(new Random(1), 2, false);
        assertThat(backoff.after(UNTRUSTED, false, -1).slow()).isFalse();
        Pause second = backoff.after(UNTRUSTED, false, -1);
        assertThat(second.slow()).isTrue();
        assertThat(Duration.ofNanos(second.delayNanos())).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(60));
        backoff.after(FAILED, false, -1);
        assertThat(backoff.after(UNTRUSTED, false, -1).slow()).isFalse();
    }

    @Test
    void aNewCredentialIsFetchedOnceUntilAConnectionProvesItself() {
        Backoff backoff = new Backoff(new Random(1), 1, true);
        assertThat(backoff.after(EXPIRED, false, -1).renewCredential()).isTrue();
        assertThat(backoff.after(EXPIRED, false, -1).renewCredential()).isFalse();
        assertThat(backoff.after(EXPIRED, true, -1).renewCredential()).isTrue();
        assertThat(new Backoff(new Random(1), 1, false)
                        .after(EXPIRED, false, -1)
                        .renewCredential())
                .isFalse();
    }

    @Test
    void aNodeThatDrainsEveryConnectionAtOnceIsNotJoinedInItsLoop() {
        Backoff backoff = new Backoff(new Random(1), 1, false);
        Ending drained = Ending.of(EndCause.DRAINED, "");
        assertThat(backoff.after(drained, true, 0).delayNanos()).isZero();
        long waited = 0;
        for (int i = 0; i < 20; i++) {
            waited += backoff.after(drained, false, 0).delayNanos();
        }
        assertThat(Duration.ofNanos(waited)).isGreaterThan(Duration.ofMinutes(1));
    }
}
