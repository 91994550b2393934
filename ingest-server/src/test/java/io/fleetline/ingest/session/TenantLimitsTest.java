package io.fleetline.ingest.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.registry.StoredTenant;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.registry.TenantLimits;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the registry says of a tenant holds for its devices, each and all together. */
class TenantLimitsTest {
    private static final DeviceId OTHER = new DeviceId("acme", "valve");
    private static final DeviceId STRANGER = new DeviceId("zeta", "pump");

    private final SessionFixture fixture = new SessionFixture();

    @Test
    void theWelcomeTellsWhatTheTenantsDevicesMay() {
        say(new TenantLimits(0, 0, 7, 1_000, Duration.ofMinutes(5), 8_192, 512));
        SessionFixture.Device device = fixture.connect();
        device.hello(0);
        ServerFrame.Welcome welcome = device.peer.expect(ServerFrame.Welcome.class);
        assertThat(welcome.eventsPerSecond()).isEqualTo(7);
        assertThat(welcome.bytesPerSecond()).isEqualTo(1_000);
        assertThat(welcome.heartbeatMillis()).isEqualTo(300_000);
        assertThat(welcome.maxFrameBytes()).isEqualTo(8_192);
        assertThat(welcome.maxItemBytes()).isEqualTo(512);

        SessionFixture.Device stranger = fixture.connect(STRANGER);
        stranger.hello(0);
        assertThat(stranger.peer.expect(ServerFrame.Welcome.class).heartbeatMillis())
                .isEqualTo(25_000);
    }

    @Test
    void aTenantGetsNoLargerFramesThanTheNodeIsSetUpFor() {
        say(new TenantLimits(0, 0, 0, 0, Duration.ZERO, 1_048_576, 1_048_576));
        SessionFixture.Device device = fixture.connect();
        device.hello(0);
        ServerFrame.Welcome welcome = device.peer.expect(ServerFrame.Welcome.class);
        assertThat(welcome.maxFrameBytes()).isEqualTo(64 * 1024);
        assertThat(welcome.maxItemBytes()).isEqualTo(32 * 1024);
    }

    @Test
    void whereTheNodeIsSetUpForMoreATenantGetsWhatItIsGiven() {
        SessionLimits d = SessionLimits.DEFAULTS;
        SessionLimits wide = new SessionLimits(
                d.helloTimeout(),
                d.heartbeat(),
                d.maxFrameBytes(),
                d.maxItemBytes(),
                d.windowItems(),
                d.maxItemBytes(),
                0,
                1,
                0,
                1,
                d.reconnectWindow(),
                d.rewindDelay(),
                d.maxRewindDelay(),
                d.control(),
                new SessionLimits.Tenants(1_048_576, 524_288));
        assertThat(wide.largestFrameBytes()).isEqualTo(1_048_576);
        SessionLimits given = wide.forTenant(new TenantLimits(0, 0, 0, 0, Duration.ZERO, 1_048_576, 1_048_576));
        assertThat(given.maxFrameBytes()).isEqualTo(1_048_576);
        assertThat(given.maxItemBytes()).isEqualTo(524_288);
        assertThat(given.windowBytes()).as("one item fits into it").isEqualTo(524_288);
        assertThat(wide.forTenant(TenantLimits.NONE).maxFrameBytes()).isEqualTo(d.maxFrameBytes());
    }

    @Test
    void anItemAboveTheTenantsLimitIsRejected() {
        say(new TenantLimits(0, 0, 0, 0, Duration.ZERO, 0, 64));
        SessionFixture.Device device = fixture.welcomed();
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, SessionFixture.event(BodyCodec.encode("x".repeat(100))));
        fixture.sink.bury();
        fixture.runTasks();
        assertThat(device.peer.expect(ServerFrame.Reject.class).code()).isEqualTo(RejectCode.TOO_LARGE);
    }

    @Test
    void allDevicesOfATenantTogetherAreReadAtItsRate() {
        say(new TenantLimits(10, 0, 0, 0, Duration.ZERO, 0, 0));
        SessionFixture.Device one = opened(SessionFixture.PUMP);
        SessionFixture.Device other = opened(OTHER);
        SessionFixture.Device stranger = opened(STRANGER);
        one.publish(Lane.NORMAL, 1, 0, SessionFixture.events(1, 100));
        assertThat(one.peer.isDemanded()).as("a burst of ten seconds").isTrue();
        other.publish(Lane.NORMAL, 1, 0, SessionFixture.events(1, 5));
        assertThat(other.peer.isDemanded()).isFalse();
        stranger.publish(Lane.NORMAL, 1, 0, SessionFixture.events(1, 5));
        assertThat(stranger.peer.isDemanded()).as("another tenant").isTrue();
        one.publish(Lane.NORMAL, 101, 0, SessionFixture.events(1, 5));
        assertThat(one.peer.isDemanded()).isFalse();

        fixture.time.pass(Duration.ofMillis(500));
        assertThat(other.peer.isDemanded()).isTrue();
        assertThat(one.peer.isDemanded()).as("came later, waits longer").isFalse();
        fixture.time.pass(Duration.ofMillis(500));
        assertThat(one.peer.isDemanded()).isTrue();
    }

    @Test
    void anotherRateHoldsAtOnce() {
        say(new TenantLimits(0, 10, 0, 0, Duration.ZERO, 0, 0));
        SessionFixture.Device device = opened(SessionFixture.PUMP);
        device.publish(Lane.NORMAL, 1, 0, SessionFixture.events(1, 50));
        assertThat(device.peer.isDemanded()).isFalse();
        say(TenantLimits.NONE);
        SessionFixture.Device other = opened(OTHER);
        other.publish(Lane.NORMAL, 1, 0, SessionFixture.events(1, 50));
        assertThat(other.peer.isDemanded()).isTrue();
    }

    @Test
    void limitsAreStoredWithTheTenant() throws IOException {
        Tenant tenant = Tenant.PLAIN.withLimits(new TenantLimits(1, 2, 3, 4, Duration.ofSeconds(5), 6_000, 700));
        assertThat(StoredTenant.decode(StoredTenant.encode(tenant))).isEqualTo(tenant);
        assertThat(new String(StoredTenant.encode(Tenant.PLAIN), StandardCharsets.UTF_8))
                .doesNotContain("limits");
    }

    @Test
    void aLimitOutOfItsRangeIsNamed() {
        assertThatThrownBy(() -> new TenantLimits(-1, 0, 0, 0, Duration.ZERO, 0, 0))
                .hasMessage("limits.eventsPerSecond is -1, not 0 or within 1 to 1000000000");
        assertThatThrownBy(() -> new TenantLimits(0, 0, 0, 0, Duration.ZERO, 100, 0))
                .hasMessageContaining("limits.maxFrameBytes is 100");
    }

    private void say(TenantLimits limits) {
        fixture.registry.putTenant("acme", Tenant.PLAIN.withLimits(limits));
    }

    private SessionFixture.Device opened(DeviceId id) {
        SessionFixture.Device device = fixture.connect(id);
        device.hello(0);
        device.peer.expect(ServerFrame.Welcome.class);
        device.open(Lane.NORMAL, 1, 0);
        return device;
    }
}
