package io.fleetline.device.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.fake.IssuedByTest;
import io.fleetline.device.fake.Script;
import io.fleetline.device.fake.World;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Credentials that end, are renewed, are refused and cannot be had, told one story at a time, on virtual time. */
class CredentialStoriesTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Script script = new Script();
    private final World world = new World(7, script);
    private final IssuedByTest issued = new IssuedByTest(world);

    @BeforeEach
    void handOut() {
        world.credentials = issued;
    }

    private ConnectionKeeper connected() {
        ConnectionKeeper device = world.device();
        device.start();
        world.passUntil(() -> device.status().phase() == Phase.CONNECTED, SOON);
        return device;
    }

    private List<String> handedOver() {
        return world.node.received().stream()
                .filter(DeviceFrame.Reauthenticate.class::isInstance)
                .map(frame -> ((DeviceFrame.Reauthenticate) frame).credential())
                .toList();
    }

    @Test
    void aCredentialIsRenewedOnTheOpenConnectionBeforeItEnds() {
        issued.lifetimeMillis = Duration.ofHours(1).toMillis();
        ConnectionKeeper device = connected();
        world.pass(Duration.ofMinutes(41));
        assertThat(handedOver()).isEmpty();
        world.pass(Duration.ofMinutes(8));
        assertThat(handedOver()).containsExactly("Bearer 2");
        world.pass(Duration.ofHours(23));
        assertThat(handedOver()).hasSizeBetween(29, 34);
        assertThat(device.counters().connects()).isEqualTo(1);
        assertThat(world.dials.get(0).authorization()).hasValue("Bearer 1");
        assertThat(world.node.breaches()).isEmpty();
    }

    @Test
    void theNodeMaySayThatACredentialEndsEarlierThanTheDeviceThinks() {
        issued.lifetimeMillis = Duration.ofHours(1).toMillis();
        script.credentialMillis = Duration.ofMinutes(10).toMillis();
        connected();
        world.pass(Duration.ofMinutes(49));
        assertThat(handedOver()).hasSize(1);
        world.pass(Duration.ofMinutes(16));
        assertThat(handedOver()).hasSize(3);
    }

    @Test
    void aCredentialWithoutAnEndIsNeverRenewedByItself() {
        connected();
        world.pass(Duration.ofDays(3));
        assertThat(handedOver()).isEmpty();
        assertThat(issued.issued).isEqualTo(1);
    }

    @Test
    void whereNoNewCredentialIsToBeHadTheConnectionGoesOnWithTheOldOneAndAsksAgain() {
        issued.lifetimeMillis = Duration.ofHours(1).toMillis();
        ConnectionKeeper device = connected();
        issued.trouble = Optional.of("the issuer is away");
        world.pass(Duration.ofMinutes(58));
        assertThat(issued.refused).isBetween(3, 12);
        assertThat(device.status().phase()).isEqualTo(Phase.CONNECTED);
        issued.trouble = Optional.empty();
        world.pass(Duration.ofMinutes(2));
        assertThat(handedOver()).hasSize(1);
        assertThat(device.counters().connects()).isEqualTo(1);
    }

    @Test
    void anExpiredCredentialIsReplacedOnceAtOnceAndThenWithBackoff() {
        ConnectionKeeper device = connected();
        world.node.latest().close(4401, "credential expired");
        world.passUntil(() -> world.dials.size() == 2, Duration.ofMillis(1_100));
        assertThat(world.dials.get(1).authorization()).hasValue("Bearer 2");
        world.passUntil(() -> device.status().phase() == Phase.CONNECTED, SOON);
        world.node.latest().close(4401, "credential expired");
        world.passUntil(() -> world.dials.size() == 3, Duration.ofMinutes(2));
        assertThat(world.dials.get(2).authorization()).hasValue("Bearer 2");
    }

    @Test
    void aRefusedCredentialIsReplacedOnceAndTheNodesTimeIsLearntFromItsAnswer() {
        world.time.stepUnixClock(Duration.ofMillis(-World.UNIX_MILLIS));
        ConnectionKeeper device = world.device();
        world.refusal = Optional.of(Ending.refused(401, "", OptionalLong.of(World.UNIX_MILLIS)));
        device.start();
        world.passUntil(() -> world.dials.size() == 1, SOON);
        assertThat(device.nodeUnixMillis()).isEmpty();
        world.passUntil(() -> world.dials.size() == 2, Duration.ofMillis(1_100));
        assertThat(world.dials.get(1).authorization()).hasValue("Bearer 2");
        assertThat(device.nodeUnixMillis().orElseThrow())
                .isBetween(World.UNIX_MILLIS - 1_000, World.UNIX_MILLIS + 3_000);
        assertThat(world.nodeTimes).contains(World.UNIX_MILLIS);
        world.passUntil(() -> world.dials.size() == 4, Duration.ofMinutes(3));
        assertThat(world.dials.get(3).authorization()).hasValue("Bearer 2");
    }

    @Test
    void anAttemptWithoutACredentialFailsAndIsMadeAgainWithBackoff() {
        issued.trouble = Optional.of("the issuer is away");
        ConnectionKeeper device = world.device();
        device.start();
        world.pass(Duration.ofMinutes(10));
        assertThat(world.dials).isEmpty();
        assertThat(device.status().lastEnding().orElseThrow().cause()).isEqualTo(EndCause.NO_CREDENTIAL);
        assertThat(device.status().lastEnding().orElseThrow().detail()).isEqualTo("no credential: the issuer is away");
        assertThat(issued.refused).isBetween(12, 40);
        issued.trouble = Optional.empty();
        world.passUntil(() -> device.status().phase() == Phase.CONNECTED, Duration.ofMinutes(2));
    }

    @Test
    void anIssuerThatNeverAnswersIsWaitedForNoLongerThanAnAttemptMayTake() {
        issued.silent = true;
        ConnectionKeeper device = world.device();
        device.start();
        world.passUntil(() -> device.status().phase() == Phase.WAITING, Duration.ofSeconds(11));
        assertThat(device.status().lastEnding().orElseThrow().detail()).isEqualTo("no credential within PT10S");
    }

    @Test
    void closingWhileACredentialIsFetchedEndsAtTheDeadline() {
        issued.silent = true;
        ConnectionKeeper device = world.device();
        device.start();
        world.pass(Duration.ofMillis(10));
        device.close(world.nanos() + Duration.ofSeconds(2).toNanos());
        world.passUntil(() -> device.closed().isDone(), Duration.ofMillis(2_100));
    }

    @Test
    void anAnswerToAHandOverThatNeverWasEndsTheConnection() {
        ConnectionKeeper device = connected();
        world.node.latest().send(new ServerFrame.Reauthenticated(0));
        world.passUntil(() -> device.status().phase() == Phase.WAITING, SOON);
        assertThat(device.status().lastEnding().orElseThrow().detail()).contains("without having been asked");
    }
}
