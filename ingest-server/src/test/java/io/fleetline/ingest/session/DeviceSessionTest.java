package io.fleetline.ingest.session;

import static io.fleetline.ingest.session.SessionFixture.PUMP;
import static io.fleetline.ingest.session.SessionFixture.event;
import static io.fleetline.ingest.session.SessionFixture.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.command.PendingCommand;
import io.fleetline.ingest.registry.DeviceCredential;
import io.fleetline.ingest.registry.DeviceSecret;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A session from its first frame to its end, with time, windows, floods and commands. */
class DeviceSessionTest {
    private static final Duration HEARTBEAT = SessionLimits.DEFAULTS.heartbeat();

    private SessionFixture fixture = new SessionFixture();

    // ---- hello

    @Test
    void helloIsAnsweredWithTheConnectionsNumberAndItsLimits() {
        SessionFixture.Device device = fixture.connect();
        device.hello(0);

        ServerFrame.Welcome welcome = device.peer.expect(ServerFrame.Welcome.class);
        assertThat(welcome.connection()).isEqualTo(fixture.time.unixMillis() * 1_024 + 5);
        assertThat(welcome.timeMillis()).isEqualTo(fixture.time.unixMillis());
        assertThat(welcome.heartbeatMillis()).isEqualTo(25_000);
        assertThat(welcome.maxFrameBytes()).isEqualTo(65_536);
        assertThat(welcome.maxItemBytes()).isEqualTo(32_768);
        assertThat(welcome.windowItems()).isEqualTo(1_024);
        assertThat(welcome.windowBytes()).isEqualTo(1_048_576);
        assertThat(welcome.eventsPerSecond()).isZero();
        assertThat(fixture.devices.count()).isEqualTo(1);
    }

    @Test
    void theNumberIsAboveTheLastThatTheDeviceWasGiven() {
        SessionFixture.Device device = fixture.connect();
        long last = (fixture.time.unixMillis() + Duration.ofHours(3).toMillis()) * 1_024;
        device.hello(last);
        assertThat(device.peer.expect(ServerFrame.Welcome.class).connection()).isEqualTo(last + 1);
    }

    @Test
    void aLastNumberMoreThanADayAheadIsALie() {
        SessionFixture.Device device = fixture.connect();
        device.hello((fixture.time.unixMillis() + Duration.ofHours(25).toMillis()) * 1_024);
        assertClosed(device, CloseReason.PROTOCOL_VIOLATION, "more than a day ahead");
        assertThat(fixture.devices.count()).isZero();
    }

    @Test
    void nothingIsLegalBeforeHello() {
        for (DeviceFrame frame : List.of(
                new DeviceFrame.Heartbeat(1),
                new DeviceFrame.Reauthenticate("Basic x"),
                new DeviceFrame.Open(Lane.NORMAL, 1, 1, 1, 1, 1, 0, java.util.OptionalLong.empty()),
                new DeviceFrame.Publish(Lane.NORMAL, 1, 0, List.of(event(1))))) {
            SessionFixture.Device device = fixture.connect();
            device.send(frame);
            assertClosed(device, CloseReason.PROTOCOL_VIOLATION, "before hello");
        }
    }

    @Test
    void aSecondHelloEndsTheConnection() {
        SessionFixture.Device device = fixture.welcomed();
        device.hello(0);
        assertClosed(device, CloseReason.PROTOCOL_VIOLATION, "a second hello");
    }

    @Test
    void helloHasToComeInTime() {
        SessionFixture.Device device = fixture.connect();
        fixture.time.pass(Duration.ofMillis(9_999));
        assertThat(device.peer.closed()).isNull();
        fixture.time.pass(Duration.ofMillis(1));
        assertClosed(device, CloseReason.TIMED_OUT, "no hello within 10000 ms");
    }

    // ---- takeover

    @Test
    void aNewerConnectionTakesTheDeviceOverAndTellsTheOlderOneItsNumber() {
        SessionFixture.Device older = fixture.welcomed();
        SessionFixture.Device newer = fixture.connect();
        newer.hello(0);

        long winner = newer.peer.expect(ServerFrame.Welcome.class).connection();
        assertClosed(older, CloseReason.TAKEN_OVER, Long.toString(winner));
        assertThat(fixture.devices.count()).isEqualTo(1);
        older.session.gone();
        assertThat(fixture.devices.count())
                .as("the older one's end is not the newer one's")
                .isEqualTo(1);
        newer.session.gone();
        assertThat(fixture.devices.count()).isZero();
    }

    @Test
    void twoConnectionsInTheSameMillisecondHaveNumbersThatRise() {
        SessionFixture.Device first = fixture.connect();
        first.hello(0);
        SessionFixture.Device second = fixture.connect();
        second.hello(0);
        assertThat(second.peer.expect(ServerFrame.Welcome.class).connection())
                .isGreaterThan(first.peer.expect(ServerFrame.Welcome.class).connection());
    }

    // ---- heartbeats

    @Test
    void aHeartbeatIsAnsweredWithItsToken() {
        SessionFixture.Device device = fixture.welcomed();
        device.heartbeat(99);
        ServerFrame.HeartbeatAck answer = device.peer.expect(ServerFrame.HeartbeatAck.class);
        assertThat(answer.token()).isEqualTo(99);
        assertThat(answer.timeMillis()).isEqualTo(fixture.time.unixMillis());
        assertThat(answer.reconnectWindowMillis()).isEqualTo(30_000);
    }

    @Test
    void aDeviceThatGivesSignsOfLifeStays() {
        SessionFixture.Device device = fixture.welcomed();
        device.live(Duration.ofHours(1), HEARTBEAT.multipliedBy(11).dividedBy(10));
        assertThat(device.peer.closed()).isNull();
    }

    @Test
    void aDeviceThatIsSilentForThreeHeartbeatsIsCut() {
        SessionFixture.Device device = fixture.welcomed();
        fixture.time.pass(HEARTBEAT.multipliedBy(3));
        assertThat(device.peer.closed()).isNull();
        fixture.time.pass(HEARTBEAT.dividedBy(2));
        assertClosed(device, CloseReason.TIMED_OUT, "nothing heard for PT1M15S");
        assertThat(fixture.time.timersSet()).isZero();
    }

    @Test
    void whileTheNodeHoldsBackReadingItGivesTheSignsOfLifeAndCutsNobody() {
        fixture = new SessionFixture(withWindow(4), 1_000_000);
        SessionFixture.Device device = fixture.welcomed();
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 5));
        assertThat(device.peer.isDemanded()).isFalse();

        for (int i = 0; i < 20; i++) {
            fixture.time.pass(HEARTBEAT.dividedBy(2));
            assertThat(device.peer.expect(ServerFrame.HeartbeatAck.class).token())
                    .isZero();
        }
        assertThat(device.peer.closed()).isNull();

        device.stored();
        device.peer.expect(ServerFrame.Ack.class);
        assertThat(device.peer.isDemanded()).isTrue();
        fixture.time.pass(HEARTBEAT.multipliedBy(3));
        assertThat(device.peer.closed())
                .as("the silence counts from when the node listens again")
                .isNull();
        device.peer.expectNothing();
        fixture.time.pass(HEARTBEAT);
        assertClosed(device, CloseReason.TIMED_OUT, "nothing heard");
    }

    @Test
    void aDeviceWhoseFrameWaitsForTheNodesBudgetGetsSignsOfLifeForAsLongAsKafkaDoesNotAnswer() {
        fixture = new SessionFixture(SessionLimits.DEFAULTS.withoutRates(), 70_000);
        SessionFixture.Device first = fixture.welcomed();
        SessionFixture.Device second = fixture.connect(new DeviceId("acme", "other"));
        second.hello(0);
        second.peer.expect(ServerFrame.Welcome.class);
        first.open(Lane.NORMAL, 1, 0);
        second.open(Lane.NORMAL, 1, 0);
        first.publish(Lane.NORMAL, 1, 0, events(1, 220));
        second.publish(Lane.NORMAL, 1, 0, events(1, 50));
        assertThat(fixture.budget.waiting()).isEqualTo(1);
        assertThat(second.peer.isDemanded()).isFalse();

        for (int i = 0; i < 20; i++) {
            fixture.time.pass(HEARTBEAT.dividedBy(2));
            assertThat(second.peer.expect(ServerFrame.HeartbeatAck.class).token())
                    .isZero();
            first.heartbeat(i + 1);
            assertThat(first.peer.expect(ServerFrame.HeartbeatAck.class).token())
                    .as("the other one is read, and answered, as ever")
                    .isEqualTo(i + 1);
        }
        assertThat(second.peer.closed()).isNull();
        assertThat(first.peer.closed()).isNull();

        fixture.sink.store(220);
        fixture.runTasks();
        second.stored();
        assertThat(second.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(50);
        fixture.time.pass(HEARTBEAT.multipliedBy(3));
        assertThat(second.peer.closed())
                .as("the silence counts from when the node listens again")
                .isNull();
        second.peer.expectNothing();
        second.heartbeat(7);
        assertThat(second.peer.expect(ServerFrame.HeartbeatAck.class).token()).isEqualTo(7);
    }

    // ---- the window, the budget, the rate

    @Test
    void theNodeReadsOnUpToTheWindowAndStopsAboveIt() {
        fixture = new SessionFixture(withWindow(4), 1_000_000);
        SessionFixture.Device device = fixture.welcomed();
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 4));
        assertThat(device.peer.isDemanded()).isTrue();
        device.publish(Lane.NORMAL, 5, 0, event(5));
        assertThat(device.peer.isDemanded()).isFalse();

        fixture.sink.store(1);
        fixture.runTasks();
        assertThat(device.peer.isDemanded()).isTrue();
    }

    @Test
    void oneItemAloneMayAlwaysBeSent() {
        SessionLimits narrow = withWindowBytes(1_024, 1_024);
        fixture = new SessionFixture(narrow, 1_000_000);
        SessionFixture.Device device = fixture.welcomed();
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(Payload.byteString(new byte[900])));
        device.publish(Lane.NORMAL, 2, 0, event(Payload.byteString(new byte[900])));
        assertThat(device.peer.isDemanded()).isFalse();
        device.stored();
        assertThat(device.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(2);
        assertThat(device.peer.isDemanded()).isTrue();
    }

    @Test
    void whatAnEndedLaneSessionStillHasUnderWayCountsUntilKafkaIsDoneWithIt() {
        fixture = new SessionFixture(withWindow(4), 1_000_000);
        SessionFixture.Device device = fixture.welcomed();
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 4));
        fixture.sink.fail();
        fixture.runTasks();
        device.peer.expect(ServerFrame.Rewind.class);
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 4));
        assertThat(device.peer.isDemanded())
                .as("three of the old ones and four new ones")
                .isFalse();

        fixture.sink.store(3);
        fixture.runTasks();
        assertThat(device.peer.isDemanded()).isTrue();
        device.stored();
        assertThat(device.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(4);
    }

    @Test
    void aFrameForWhichTheNodeHasNoBudgetWaitsAndGoesOnWhenThereIsRoom() {
        fixture = new SessionFixture(SessionLimits.DEFAULTS.withoutRates(), 70_000);
        SessionFixture.Device first = fixture.welcomed();
        SessionFixture.Device second = fixture.connect(new DeviceId("acme", "other"));
        second.hello(0);
        second.peer.expect(ServerFrame.Welcome.class);
        first.open(Lane.NORMAL, 1, 0);
        second.open(Lane.NORMAL, 1, 0);
        first.publish(Lane.NORMAL, 1, 0, events(1, 220));
        second.publish(Lane.NORMAL, 1, 0, events(1, 50));

        assertThat(fixture.sink.records()).hasSize(220);
        assertThat(second.peer.isDemanded()).isFalse();
        assertThat(fixture.budget.waiting()).isEqualTo(1);
        first.heartbeat(1);
        first.peer.expect(ServerFrame.HeartbeatAck.class);

        fixture.sink.store(220);
        fixture.runTasks();
        assertThat(fixture.sink.records()).hasSize(270);
        assertThat(second.peer.isDemanded()).isTrue();
        second.stored();
        assertThat(second.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(50);
        assertThat(fixture.budget.usedBytes()).isZero();
    }

    @Test
    void aConnectionThatEndsWhileItsFrameWaitsForBudgetLeavesNothingBehind() {
        fixture = new SessionFixture(SessionLimits.DEFAULTS.withoutRates(), 70_000);
        SessionFixture.Device first = fixture.welcomed();
        SessionFixture.Device second = fixture.connect(new DeviceId("acme", "other"));
        second.hello(0);
        first.open(Lane.NORMAL, 1, 0);
        second.open(Lane.NORMAL, 1, 0);
        first.publish(Lane.NORMAL, 1, 0, events(1, 220));
        second.publish(Lane.NORMAL, 1, 0, events(1, 50));
        second.session.gone();

        assertThat(fixture.budget.waiting()).isZero();
        first.stored();
        assertThat(fixture.budget.usedBytes()).isZero();
        assertThat(fixture.sink.records()).hasSize(220);
    }

    @Test
    void aConnectionThatEndsAfterItsFrameWasLetInGivesTheRoomBack() {
        fixture = new SessionFixture(SessionLimits.DEFAULTS.withoutRates(), 70_000);
        SessionFixture.Device first = fixture.welcomed();
        SessionFixture.Device second = fixture.connect(new DeviceId("acme", "other"));
        second.hello(0);
        first.open(Lane.NORMAL, 1, 0);
        second.open(Lane.NORMAL, 1, 0);
        first.publish(Lane.NORMAL, 1, 0, events(1, 220));
        second.publish(Lane.NORMAL, 1, 0, events(1, 50));
        first.session.gone();
        fixture.sink.storeAll();
        fixture.budget.giveBack(0);
        second.session.gone();
        fixture.runTasks();

        assertThat(fixture.budget.usedBytes()).isZero();
        assertThat(fixture.budget.waiting()).isZero();
    }

    @Test
    void aFloodOfEventsIsReadNoFasterThanTheRate() {
        SessionLimits limits = SessionLimits.DEFAULTS;
        fixture = new SessionFixture(limits, 10_000_000);
        SessionFixture.Device device = fixture.welcomed();
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 500));
        device.stored();
        device.peer.expect(ServerFrame.Ack.class);
        assertThat(device.peer.isDemanded()).as("the burst is free").isTrue();

        device.publish(Lane.NORMAL, 501, 0, events(501, 600));
        device.stored();
        device.peer.expect(ServerFrame.Ack.class);
        assertThat(device.peer.isDemanded()).isFalse();
        fixture.time.pass(Duration.ofMillis(1_999));
        assertThat(device.peer.isDemanded()).isFalse();
        fixture.time.pass(Duration.ofMillis(2));
        assertThat(device.peer.isDemanded()).isTrue();
        assertThat(device.peer.closed()).isNull();
    }

    // ---- floods

    @Test
    void aFloodOfHeartbeatsEndsTheConnection() {
        SessionFixture.Device device = fixture.welcomed();
        int sent = 0;
        while (device.peer.closed() == null && sent < 1_000) {
            device.heartbeat(++sent);
        }
        assertThat(sent).isBetween(20, 40);
        assertClosed(device, CloseReason.FLOOD, "heartbeats a second");
    }

    @Test
    void aFloodOfPingsEndsTheConnection() {
        SessionFixture.Device device = fixture.welcomed();
        int sent = 0;
        while (device.session.ping() && sent < 1_000) {
            sent++;
        }
        assertThat(sent).isBetween(20, 40);
        assertClosed(device, CloseReason.FLOOD, "pings a second");
    }

    @Test
    void aFloodOfOpensEndsTheConnection() {
        SessionFixture.Device device = fixture.welcomed();
        device.open(Lane.NORMAL, 1, 0);
        long order = 100;
        while (device.peer.closed() == null && order < 10_000) {
            device.open(Lane.NORMAL, order, order, 1, 1, 0);
            order++;
        }
        assertThat(order).isBetween(1_000L, 1_300L);
        assertClosed(device, CloseReason.FLOOD, "opens a second");
    }

    // ---- a new credential

    @Test
    void theSameDeviceMayBringANewCredential() {
        SessionFixture.Device device = fixture.welcomed();
        String secret = register(PUMP, false);
        device.send(new DeviceFrame.Reauthenticate(basic(PUMP, secret)));
        assertThat(device.peer.expect(ServerFrame.Reauthenticated.class).expiresMillis())
                .isZero();
    }

    @Test
    void aCredentialOfAnotherDeviceEndsTheConnection() {
        SessionFixture.Device device = fixture.welcomed();
        DeviceId other = new DeviceId("acme", "other");
        device.send(new DeviceFrame.Reauthenticate(basic(other, register(other, false))));
        assertClosed(device, CloseReason.REVOKED, "as another device");
    }

    @Test
    void aBadCredentialEndsTheConnection() {
        SessionFixture.Device device = fixture.welcomed();
        register(PUMP, false);
        device.send(new DeviceFrame.Reauthenticate(basic(PUMP, "guessed")));
        assertClosed(device, CloseReason.CREDENTIAL_EXPIRED, "not accepted");
    }

    @Test
    void twoNewCredentialsInASecondAreAFlood() {
        SessionFixture.Device device = fixture.welcomed();
        String credential = basic(PUMP, register(PUMP, false));
        device.send(new DeviceFrame.Reauthenticate(credential));
        device.peer.expect(ServerFrame.Reauthenticated.class);
        device.send(new DeviceFrame.Reauthenticate(credential));
        assertClosed(device, CloseReason.FLOOD, "more than 1 reauthenticate a second");
    }

    @Test
    void aSessionEndsAtTheMomentAtWhichItsCredentialDoes() {
        registerUntil(PUMP, fixture.time.unixMillis() + 60_000);
        SessionFixture.Device device = fixture.welcomed();
        device.live(Duration.ofSeconds(50), Duration.ofSeconds(10));
        fixture.time.pass(Duration.ofMillis(9_999));
        device.session.registryChanged(); // nothing has changed, and nothing is put off
        assertThat(device.peer.closed()).isNull();
        fixture.time.pass(Duration.ofMillis(1));
        assertClosed(device, CloseReason.CREDENTIAL_EXPIRED, "time is over");
    }

    @Test
    void aNewCredentialInTimeKeepsTheSession() {
        registerUntil(PUMP, fixture.time.unixMillis() + 60_000);
        SessionFixture.Device device = fixture.welcomed();
        DeviceCredential first =
                fixture.registry.find(PUMP).orElseThrow().credentials().get(0);
        long later = fixture.time.unixMillis() + 90_000;
        NewSecret next = NewSecret.generate(new SecureRandom());
        fixture.registry.put(
                PUMP,
                new RegisteredDevice(false, List.of(first, new DeviceSecret(next.hash(), Validity.of(0, later)))));
        device.send(new DeviceFrame.Reauthenticate(basic(PUMP, next.secret())));
        assertThat(device.peer.expect(ServerFrame.Reauthenticated.class).expiresMillis())
                .isEqualTo(later);
        device.live(Duration.ofSeconds(80), Duration.ofSeconds(10));
        fixture.time.pass(Duration.ofSeconds(10));
        assertClosed(device, CloseReason.CREDENTIAL_EXPIRED, "time is over");
    }

    @Test
    void theEndOfACredentialWaitsWhileTheNodeDoesNotReadButNotForLong() {
        registerUntil(PUMP, fixture.time.unixMillis() + 60_000);
        SessionFixture tight = new SessionFixture(SessionLimits.DEFAULTS.withoutRates(), 1);
        tight.registry.put(PUMP, fixture.registry.find(PUMP).orElseThrow());
        SessionFixture.Device device = tight.welcomed();
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, SessionFixture.event(1)); // takes the budget, the next one waits for it
        device.publish(Lane.NORMAL, 2, 0, SessionFixture.event(2));
        tight.time.pass(Duration.ofSeconds(60 + 299));
        assertThat(device.peer.closed()).isNull();
        tight.time.pass(Duration.ofSeconds(2));
        assertClosed(device, CloseReason.CREDENTIAL_EXPIRED, "time is over");
    }

    @Test
    void whatIsRevokedDisabledOrRemovedEndsTheSessionAtOnce() {
        for (Runnable change : List.<Runnable>of(
                () -> register(PUMP, false),
                () -> fixture.registry.put(
                        PUMP,
                        new RegisteredDevice(
                                true, fixture.registry.find(PUMP).orElseThrow().credentials())),
                () -> fixture.registry.remove(PUMP),
                () -> fixture.registry.putTenant(
                        "acme", new Tenant(true, List.of(), List.of(), Set.of(), List.of())))) {
            fixture.registry.removeTenant("acme");
            SessionFixture.Device device = fixture.welcomed();
            change.run();
            device.session.registryChanged();
            assertClosed(device, CloseReason.REVOKED, "revoked");
            fixture.registry.remove(PUMP);
        }
    }

    @Test
    void whatWasRevokedBeforeTheHelloIsFoundAtTheHello() {
        SessionFixture.Device device = fixture.connect();
        fixture.registry.remove(PUMP);
        device.hello(0);
        device.peer.expect(ServerFrame.Welcome.class);
        assertClosed(device, CloseReason.REVOKED, "revoked");
        assertThat(fixture.devices.count()).isZero();
    }

    // ---- commands

    @Test
    void commandsThatWaitComeRightAfterTheWelcome() {
        long expires = fixture.time.unixMillis() + 5_000;
        fixture.commands.command(PUMP, new PendingCommand("c1", "read-now", BodyCodec.encode(7), expires));
        fixture.time.pass(Duration.ofSeconds(2));
        SessionFixture.Device device = fixture.welcomed();

        ServerFrame.Command command = device.peer.expect(ServerFrame.Command.class);
        assertThat(command.id()).isEqualTo("c1");
        assertThat(command.name()).isEqualTo("read-now");
        assertThat(command.ttlMillis()).isEqualTo(3_000);
        assertThat(BodyCodec.decode(command.body())).isEqualTo(7L);
        assertThat(fixture.updates).containsExactly("acme/pump c1 SENT");
    }

    @Test
    void aCommandIsNotDeliveredToASessionThatIsOver() {
        SessionFixture.Device device = fixture.welcomed();
        device.session.gone();
        fixture.commands.command(
                PUMP, new PendingCommand("c1", "read-now", Payload.NULL, fixture.time.unixMillis() + 1_000));
        device.peer.expectNothing();
        assertThat(fixture.updates).isEmpty();
    }

    // ---- the end

    @Test
    void aDrainAsksTheDeviceToLeaveAndReadsOn() {
        SessionFixture.Device device = fixture.welcomed();
        device.session.drain(Duration.ofSeconds(12), "restart");
        assertThat(device.peer.expect(ServerFrame.Drain.class)).isEqualTo(new ServerFrame.Drain(12_000, "restart"));
        device.heartbeat(1);
        device.peer.expect(ServerFrame.HeartbeatAck.class);
    }

    @Test
    void whatComesAfterTheEndIsNotAnswered() {
        SessionFixture.Device device = fixture.welcomed();
        device.session.close(CloseReason.GOING_AWAY, "the node goes away");
        device.heartbeat(1);
        device.peer.expectNothing();
        assertThat(device.session.ping()).isFalse();
        assertThat(device.session.phase()).isEqualTo(DeviceSession.Phase.OVER);
        assertThat(fixture.time.timersSet()).isZero();
    }

    private String registerUntil(DeviceId id, long untilMillis) {
        NewSecret secret = NewSecret.generate(new SecureRandom());
        fixture.registry.put(
                id, new RegisteredDevice(false, List.of(new DeviceSecret(secret.hash(), Validity.of(0, untilMillis)))));
        return secret.secret();
    }

    private String register(DeviceId id, boolean disabled) {
        NewSecret secret = NewSecret.generate(new SecureRandom());
        fixture.registry.put(id, new RegisteredDevice(disabled, List.of(DeviceSecret.always(secret.hash()))));
        return secret.secret();
    }

    private static String basic(DeviceId id, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    private static SessionLimits withWindow(int items) {
        SessionLimits d = SessionLimits.DEFAULTS.withoutRates();
        return new SessionLimits(
                d.helloTimeout(),
                d.heartbeat(),
                d.maxFrameBytes(),
                d.maxItemBytes(),
                items,
                d.windowBytes(),
                0,
                1,
                0,
                1,
                d.reconnectWindow(),
                d.rewindDelay(),
                d.maxRewindDelay(),
                d.control(),
                d.tenants());
    }

    private static SessionLimits withWindowBytes(int maxItemBytes, int windowBytes) {
        SessionLimits d = SessionLimits.DEFAULTS.withoutRates();
        return new SessionLimits(
                d.helloTimeout(),
                d.heartbeat(),
                d.maxFrameBytes(),
                maxItemBytes,
                d.windowItems(),
                windowBytes,
                0,
                1,
                0,
                1,
                d.reconnectWindow(),
                d.rewindDelay(),
                d.maxRewindDelay(),
                d.control(),
                d.tenants());
    }

    private static void assertClosed(SessionFixture.Device device, CloseReason reason, String text) {
        assertThat(device.peer.closed()).isNotNull();
        assertThat(device.peer.closed().reason()).isEqualTo(reason);
        assertThat(device.peer.closed().text()).contains(text);
    }
}
