package io.fleetline.ingest.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.DeviceId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How guessing is made slow, and how devices that connect over and over are held off. */
class AttemptLimitsTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump");

    private final ManualTime time = new ManualTime();

    @Test
    void theSixthTryForADeviceHasToWaitUntilTheMinuteIsOver() {
        FailedAttempts attempts = new FailedAttempts(time, () -> 5, () -> 50);
        for (int i = 0; i < 5; i++) {
            assertThat(attempts.waitNanos("10.0.0.1", "acme/pump")).isZero();
            attempts.failed("10.0.0.1", "acme/pump");
        }
        time.pass(Duration.ofSeconds(10));
        assertThat(attempts.waitNanos("10.0.0.1", "acme/pump"))
                .isEqualTo(Duration.ofSeconds(50).toNanos());
        assertThat(attempts.waitNanos("10.0.0.1", "acme/other")).isZero();
        assertThat(attempts.waitNanos("10.0.0.2", "acme/pump")).isZero();
        assertThat(attempts.waitNanos("10.0.0.1")).isZero();
        time.pass(Duration.ofSeconds(50));
        assertThat(attempts.waitNanos("10.0.0.1", "acme/pump")).isZero();
    }

    @Test
    void whoGuessesManyDevicesIsHeldOffAltogether() {
        FailedAttempts attempts = new FailedAttempts(time, () -> 5, () -> 50);
        for (int i = 0; i < 50; i++) {
            assertThat(attempts.waitNanos("10.0.0.1")).isZero();
            attempts.failed("10.0.0.1", "acme/pump-" + i);
        }
        assertThat(attempts.waitNanos("10.0.0.1")).isPositive();
    }

    @Test
    void withoutLimitsNobodyWaits() {
        FailedAttempts attempts = new FailedAttempts(time, () -> 0, () -> 0);
        for (int i = 0; i < 1_000; i++) {
            attempts.failed("10.0.0.1", "acme/pump");
        }
        assertThat(attempts.waitNanos("10.0.0.1")).isZero();
        assertThat(attempts.waitNanos("10.0.0.1", "acme/pump")).isZero();
    }

    @Test
    void anAttackerWithManyAddressesDoesNotFillTheMemory() {
        FailedAttempts attempts = new FailedAttempts(time, () -> 5, () -> 50);
        for (int i = 0; i < 100_000; i++) {
            attempts.failed("10.0." + i, "acme/pump");
        }
        for (int i = 0; i < 5; i++) {
            attempts.failed("10.9.9.9", "acme/pump");
        }
        assertThat(attempts.waitNanos("10.9.9.9", "acme/pump")).isPositive();
        assertThat(attempts.remembered()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void aDeviceThatConnectsSixteenTimesInAMinuteIsHeldOffForFive() {
        Flapping flapping = new Flapping(time, () -> 15);
        for (int i = 0; i < 15; i++) {
            assertThat(flapping.connectNanos(PUMP)).isZero();
        }
        assertThat(flapping.connectNanos(PUMP)).isEqualTo(Duration.ofMinutes(5).toNanos());
        time.pass(Duration.ofMinutes(4));
        assertThat(flapping.connectNanos(PUMP)).isEqualTo(Duration.ofMinutes(1).toNanos());
        assertThat(flapping.connectNanos(new DeviceId("acme", "other"))).isZero();
        time.pass(Duration.ofMinutes(1));
        assertThat(flapping.connectNanos(PUMP)).isZero();
    }

    @Test
    void aDeviceThatConnectsNowAndThenIsNeverHeldOff() {
        Flapping flapping = new Flapping(time, () -> 15);
        for (int i = 0; i < 200; i++) {
            assertThat(flapping.connectNanos(PUMP)).isZero();
            time.pass(Duration.ofSeconds(5));
        }
    }
}
