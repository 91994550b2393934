package io.fleetline.device.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fleetline.device.fake.FakeNode.Landed;
import io.fleetline.device.fake.NodeBehaviour.Fate;
import io.fleetline.device.fake.Reported;
import io.fleetline.device.fake.Script;
import io.fleetline.device.fake.World;
import io.fleetline.device.internal.outbox.OutboxMode;
import io.fleetline.device.internal.outbox.OutboxSettings;
import io.fleetline.device.internal.outbox.Overflow;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.ServerFrame.Welcome;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens between a device and its nodes, told one story at a time, on virtual time. */
class StoriesTest {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final SendingRules RULES = new SendingRules(0, 16, 8 * 1024);
    private static final List<URI> TWO_NODES =
            List.of(URI.create("wss://a:1/connect"), URI.create("wss://b:1/connect"));

    private final Script script = new Script();
    private final World world = new World(42, script);

    private ConnectionKeeper connected(ConnectionKeeper device) {
        device.start();
        world.passUntil(() -> device.status().phase() == Phase.CONNECTED, SOON);
        return device;
    }

    private List<Reported> publish(ConnectionKeeper device, Lane lane, int events) {
        List<Reported> published = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            published.add(Reported.publish(device, lane, i));
        }
        return published;
    }

    private static Welcome with(Welcome welcome, int heartbeatMillis, int window, int windowBytes, int perSecond) {
        return new Welcome(
                welcome.connection(),
                welcome.timeMillis(),
                heartbeatMillis,
                welcome.maxFrameBytes(),
                welcome.maxItemBytes(),
                window,
                windowBytes,
                perSecond,
                0,
                welcome.reconnectWindowMillis());
    }

    private <F extends DeviceFrame> List<F> received(Class<F> kind) {
        return world.node.received().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    @Test
    void whatIsPublishedBeforeTheStartGoesOutRightAfterTheWelcome() {
        ConnectionKeeper device = world.device();
        List<Reported> published = publish(device, Lane.NORMAL, 40);
        device.start();
        world.passUntil(() -> published.stream().allMatch(Reported::told), SOON);
        assertThat(world.node.numbers(Lane.NORMAL)).hasSize(40).isSorted();
        assertThat(received(DeviceFrame.Publish.class)).hasSize(3);
        assertThat(world.node.breaches()).isEmpty();
        assertThat(device.counters().resent()).isZero();
    }

    @Test
    void noMoreThanTheWindowIsInFlightAndAckedItemsMakeRoom() {
        script.welcome(welcome -> with(welcome, 25_000, 10, 1 << 20, 0));
        script.storeNanos = 100_000_000;
        ConnectionKeeper device = world.device();
        publish(device, Lane.NORMAL, 30);
        device.start();
        world.pass(Duration.ofMillis(100));
        assertThat(device.counters().inFlightItems()).isEqualTo(10);
        world.passUntil(() -> world.node.numbers(Lane.NORMAL).size() == 30, SOON);
        assertThat(world.node.breaches()).isEmpty();
    }

    @Test
    void anItemLargerThanTheWindowGoesAlone() {
        script.welcome(welcome -> with(welcome, 25_000, 10, 100, 0));
        ConnectionKeeper device = connected(world.device());
        Reported small = Reported.publish(device, Lane.NORMAL, 1);
        Reported large = Reported.publish(device, Lane.NORMAL, new byte[1000]);
        Reported last = Reported.publish(device, Lane.NORMAL, 2);
        world.passUntil(last::told, SOON);
        assertThat(small.stored).isPresent();
        assertThat(large.stored).isPresent();
        assertThat(world.node.breaches()).isEmpty();
    }

    @Test
    void anItemThatNoFrameHoldsBecomesAGapByTheDevicesOwnDoing() {
        script.welcome(welcome -> new Welcome(
                welcome.connection(), welcome.timeMillis(), 25_000, 2_000, 1_500, 1024, 1 << 20, 0, 0, 1000));
        ConnectionKeeper device = world.device();
        Reported large = Reported.publish(device, Lane.NORMAL, new byte[3000]);
        Reported next = Reported.publish(device, Lane.NORMAL, 1);
        connected(device);
        world.passUntil(next::told, SOON);
        assertThat(large.dropped.orElseThrow().reason()).isEqualTo(GapReason.REFUSED);
        assertThat(world.node.log().get(0).item()).isEqualTo(new Item.Gap(1, GapReason.REFUSED));
        assertThat(device.counters().connects()).isEqualTo(1);
    }

    @Test
    void urgentEventsOvertakeAndBackfillWaitsForEverythingElse() {
        script.welcome(welcome -> with(welcome, 25_000, 1024, 1 << 20, 10));
        ConnectionKeeper device = world.device();
        publish(device, Lane.BACKFILL, 5);
        publish(device, Lane.NORMAL, 15);
        publish(device, Lane.URGENT, 5);
        device.start();
        world.passUntil(() -> world.node.log().size() == 25, Duration.ofSeconds(10));
        List<Lane> order = world.node.log().stream().map(Landed::lane).toList();
        assertThat(order.subList(0, 5)).containsOnly(Lane.URGENT);
        assertThat(order.subList(5, 20)).containsOnly(Lane.NORMAL);
        assertThat(order.subList(20, 25)).containsOnly(Lane.BACKFILL);
    }

    @Test
    void aBacklogIsDrainedAtThePaceThatTheNodeTold() {
        script.welcome(welcome -> with(welcome, 25_000, 1024, 1 << 20, 50));
        ConnectionKeeper device = world.device();
        publish(device, Lane.NORMAL, 550);
        connected(device);
        long began = world.nanos();
        world.passUntil(() -> world.node.numbers(Lane.NORMAL).size() == 550, Duration.ofMinutes(1));
        // One second's worth goes at once, the rest follows at 50 a second.
        assertThat(Duration.ofNanos(world.nanos() - began))
                .isBetween(Duration.ofMillis(9_900), Duration.ofMillis(10_200));
    }

    @Test
    void eventsThatMayLingerShareAFrameAndUrgentOnesDoNotWaitForThem() {
        ConnectionKeeper device = connected(world.device(
                TWO_NODES, new SendingRules(Duration.ofMillis(100).toNanos(), 100, 8192), 1 << 20, Overflow.REFUSE));
        for (int i = 0; i < 9; i++) {
            Reported.publish(device, Lane.NORMAL, i);
            world.pass(Duration.ofMillis(10));
        }
        Reported urgent = Reported.publish(device, Lane.URGENT, "now");
        world.passUntil(urgent::told, SOON);
        assertThat(world.node.numbers(Lane.NORMAL)).isEmpty();
        world.passUntil(() -> world.node.numbers(Lane.NORMAL).size() == 9, SOON);
        assertThat(received(DeviceFrame.Publish.class)).hasSize(2);
    }

    @Test
    void afterACutTheFirstThatIsUnsettledIsSentAgainAndThenTheRest() {
        script.storeNanos = Duration.ofMillis(50).toNanos();
        ConnectionKeeper device = connected(world.device());
        List<Reported> published = publish(device, Lane.NORMAL, 5);
        world.passUntil(() -> received(DeviceFrame.Publish.class).size() == 1, SOON);
        world.pipe().cut();
        world.passUntil(() -> device.status().phase() == Phase.WAITING, SOON);
        published.addAll(publish(device, Lane.NORMAL, 5));
        world.passUntil(() -> published.stream().allMatch(Reported::told), Duration.ofMinutes(1));
        // The first five landed although nobody heard of it: at least once, and the numbers are the same.
        assertThat(world.node.numbers(Lane.NORMAL))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(device.counters().resent()).isEqualTo(5);
        DeviceFrame.Open again = received(DeviceFrame.Open.class).get(1);
        assertThat(again.next()).isEqualTo(1);
        assertThat(again.acked()).isZero();
    }

    @Test
    void aRewindIsAnsweredWithAnOpenAfterTheTimeThatItNames() {
        script.rewindAfterMillis = 700;
        script.fate(Lane.NORMAL, 3, Fate.FAILED);
        ConnectionKeeper device = connected(world.device());
        List<Reported> published = publish(device, Lane.NORMAL, 6);
        world.passUntil(() -> world.node.sent().stream().anyMatch(ServerFrame.Rewind.class::isInstance), SOON);
        long rewound = world.nanos();
        script.fate(Lane.NORMAL, 3, Fate.STORED);
        world.passUntil(() -> published.stream().allMatch(Reported::told), Duration.ofSeconds(5));
        assertThat(Duration.ofNanos(world.nanos() - rewound)).isGreaterThan(Duration.ofMillis(700));
        assertThat(received(DeviceFrame.Open.class).get(1).next()).isEqualTo(3);
        assertThat(device.counters().connects()).isEqualTo(1);
        assertThat(world.node.breaches()).isEmpty();
    }

    @Test
    void aNodeThatRewindsWithoutEndIsAskedLessAndLess() {
        script.rewindAfterMillis = 0;
        script.fate = Fate.FAILED;
        ConnectionKeeper device = connected(world.device());
        publish(device, Lane.NORMAL, 1);
        world.pass(Duration.ofMinutes(5));
        assertThat(received(DeviceFrame.Open.class)).hasSizeBetween(8, 20);
        script.fate = Fate.STORED;
        world.passUntil(() -> world.node.numbers(Lane.NORMAL).size() == 1, Duration.ofMinutes(2));
        assertThat(device.status().phase()).isEqualTo(Phase.CONNECTED);
    }

    @Test
    void aRejectedEventBecomesAGapAndItsPublisherHearsWhy() {
        script.fate(Lane.NORMAL, 2, Fate.REJECTED);
        ConnectionKeeper device = connected(world.device());
        List<Reported> published = publish(device, Lane.NORMAL, 4);
        world.passUntil(() -> published.stream().allMatch(Reported::told), SOON);
        assertThat(published.get(1).dropped.orElseThrow().reason()).isEqualTo(GapReason.REFUSED);
        assertThat(published.get(1).code).hasValue(RejectCode.SCHEMA);
        world.passUntil(() -> world.node.numbers(Lane.NORMAL).size() == 4, SOON);
        assertThat(world.node.log().get(1).item()).isEqualTo(new Item.Gap(2, GapReason.REFUSED));
        assertThat(world.node.breaches()).isEmpty();
    }

    @Test
    void oneUnbearableEventAmongManyIsFoundAndOnlyItIsGivenUp() {
        script.fate(Lane.NORMAL, 7, Fate.UNBEARABLE);
        ConnectionKeeper device = connected(world.device());
        List<Reported> published = publish(device, Lane.NORMAL, 10);
        published.addAll(publish(device, Lane.URGENT, 3));
        world.passUntil(() -> published.stream().allMatch(Reported::told), Duration.ofHours(1));
        for (Reported one : published) {
            boolean unbearable = one.lane == Lane.NORMAL && one.seq == 7;
            assertThat(one.stored.isPresent()).isEqualTo(!unbearable);
        }
        // Once in the crowd, three times alone, and then no more.
        assertThat(world.node.connections()).hasSize(5);
        assertThat(world.node.breaches()).isEmpty();
    }

    @Test
    void afterATakeoverTheDeviceKnowsTheWinnersNumber() {
        ConnectionKeeper device = connected(world.device());
        long winner = (World.UNIX_MILLIS + 5_000) * 1024 + 7;
        world.node.latest().close(4409, String.valueOf(winner));
        world.passUntil(
                () -> world.node.connections().size() == 2 && device.status().phase() == Phase.CONNECTED,
                Duration.ofMinutes(2));
        assertThat(received(DeviceFrame.Hello.class).get(1).last()).isEqualTo(winner);
    }

    @Test
    void anAbsurdWinnerIsNotBelievedForItWouldShutTheDeviceOut() {
        ConnectionKeeper device = connected(world.device());
        long first = ((Welcome) world.node.sent().get(0)).connection();
        world.node.latest().close(4409, String.valueOf(9_007_199_254_740_991L));
        world.passUntil(
                () -> world.node.connections().size() == 2 && device.status().phase() == Phase.CONNECTED,
                Duration.ofMinutes(2));
        assertThat(received(DeviceFrame.Hello.class).get(1).last()).isEqualTo(first);
    }

    @Test
    void whenOnlyHelloWasSentAndRefusedTheNextOneNamesNoConnection() {
        ConnectionKeeper device = connected(world.device());
        world.node.latest().close(1012, "");
        script.silent = true;
        world.passUntil(() -> device.status().phase() == Phase.GREETING, Duration.ofMinutes(2));
        world.node.latest().close(4400, "last is more than a day ahead");
        world.passUntil(() -> device.status().phase() == Phase.WAITING, SOON);
        script.silent = false;
        world.passUntil(() -> device.status().phase() == Phase.CONNECTED, Duration.ofMinutes(2));
        assertThat(received(DeviceFrame.Hello.class))
                .extracting(DeviceFrame.Hello::last)
                .last()
                .isEqualTo(0L);
    }

    @Test
    void anIdleDeviceSendsHeartbeatsAndNothingElse() {
        ConnectionKeeper device = connected(world.device());
        world.pass(Duration.ofMinutes(10));
        assertThat(received(DeviceFrame.Heartbeat.class)).hasSizeBetween(22, 26);
        assertThat(device.counters().connects()).isEqualTo(1);
        assertThat(device.counters().roundTripNanos()).isEqualTo(10_000_000);
        assertThat(device.nodeUnixMillis().orElseThrow()).isCloseTo(world.unixMillis(), within(1L));
    }

    @Test
    void aNodeThatFallsSilentIsGivenUpAfterTwoHeartbeats() {
        ConnectionKeeper device = connected(world.device());
        long began = world.nanos();
        world.pipe().goSilent();
        world.passUntil(() -> device.status().phase() == Phase.WAITING, Duration.ofMinutes(2));
        assertThat(device.status().lastEnding().orElseThrow().cause()).isEqualTo(EndCause.SILENT);
        assertThat(Duration.ofNanos(world.nanos() - began)).isBetween(Duration.ofSeconds(49), Duration.ofSeconds(51));
    }

    @Test
    void aSignOfLifeWithTokenZeroKeepsAConnectionThatIsHeldBack() {
        ConnectionKeeper device = connected(world.device());
        for (int i = 0; i < 20; i++) {
            script.silent = false;
            world.node.latest().send(new ServerFrame.HeartbeatAck(0, world.unixMillis(), 1000));
            script.silent = true;
            world.pass(Duration.ofMillis(12_500));
        }
        assertThat(device.status().phase()).isEqualTo(Phase.CONNECTED);
        assertThat(device.counters().connects()).isEqualTo(1);
    }

    @Test
    void aNodeThatDrainsIsLeftWithinItsWindowOnceEverythingInFlightIsAcknowledged() {
        ConnectionKeeper device = connected(world.device(TWO_NODES, RULES, 1 << 20, Overflow.REFUSE));
        world.pass(Duration.ofMinutes(2));
        script.storeNanos = Duration.ofMillis(300).toNanos();
        URI first = world.dials.get(0).endpoint();
        world.node.latest().send(new ServerFrame.Drain(5_000, "restart"));
        world.pass(Duration.ofMillis(20));
        List<Reported> published = publish(device, Lane.NORMAL, 3);
        world.passUntil(() -> world.node.connections().size() == 2, Duration.ofSeconds(9));
        assertThat(published).allMatch(Reported::told);
        assertThat(device.counters().resent()).isZero();
        assertThat(device.status().lastEnding().orElseThrow().cause()).isEqualTo(EndCause.DRAINED);
        assertThat(world.dials.get(1).endpoint()).isNotEqualTo(first);
    }

    @Test
    void endpointsAreTriedInTurn() {
        ConnectionKeeper device = world.device(TWO_NODES, RULES, 1 << 20, Overflow.REFUSE);
        world.refusal = Optional.of(Ending.of(EndCause.UNREACHABLE, "refused"));
        device.start();
        world.passUntil(() -> world.dials.size() == 6, Duration.ofMinutes(5));
        for (int i = 1; i < 6; i++) {
            assertThat(world.dials.get(i).endpoint())
                    .isNotEqualTo(world.dials.get(i - 1).endpoint());
        }
    }

    @Test
    void anAttemptWithoutAWelcomeIsGivenUp() {
        script.silent = true;
        ConnectionKeeper device = world.device();
        device.start();
        world.passUntil(() -> device.status().phase() == Phase.WAITING, Duration.ofSeconds(11));
        assertThat(device.status().lastEnding().orElseThrow().cause()).isEqualTo(EndCause.UNREACHABLE);
        assertThat(device.status().lastEnding().orElseThrow().detail()).contains("no welcome within PT10S");
    }

    @Test
    void anAckAboveWhatWasSentEndsTheConnection() {
        assertBroken(new ServerFrame.Ack(Lane.NORMAL, 99, Optional.empty()), "only 1 was sent");
    }

    @Test
    void anAckOfALaneThatIsNotOpenEndsTheConnection() {
        assertBroken(new ServerFrame.Ack(Lane.URGENT, 1, Optional.empty()), "the lane is not open");
    }

    @Test
    void aRejectOfWhatWasNotSentEndsTheConnection() {
        assertBroken(new ServerFrame.Reject(Lane.NORMAL, 2, RejectCode.SCHEMA, ""), "which was not sent");
    }

    @Test
    void aRewindToWhereTheAcksDoNotEndEndsTheConnection() {
        assertBroken(new ServerFrame.Rewind(Lane.NORMAL, 1, 0), "2 comes after what is acknowledged");
    }

    @Test
    void aSecondWelcomeEndsTheConnection() {
        assertBroken(
                new Welcome(1, World.UNIX_MILLIS, 25_000, 65_536, 32_768, 1024, 1 << 20, 0, 0, 0), "a second welcome");
    }

    private void assertBroken(ServerFrame frame, String how) {
        ConnectionKeeper device = connected(world.device());
        Reported stored = Reported.publish(device, Lane.NORMAL, 1);
        world.passUntil(stored::told, SOON);
        world.node.latest().send(frame);
        world.passUntil(() -> device.status().phase() == Phase.WAITING, SOON);
        assertThat(device.status().lastEnding().orElseThrow().cause()).isEqualTo(EndCause.BROKEN_PEER);
        assertThat(device.status().lastEnding().orElseThrow().detail()).contains(how);
        Reported next = Reported.publish(device, Lane.NORMAL, 2);
        world.passUntil(next::told, Duration.ofMinutes(1));
    }

    @Test
    void absurdLimitsInAWelcomeAreBroughtToReason() {
        script.welcome(welcome -> new Welcome(
                welcome.connection(),
                welcome.timeMillis(),
                1,
                9_007_199_254_740_991L,
                9_007_199_254_740_991L,
                9_007_199_254_740_991L,
                9_007_199_254_740_991L,
                9_007_199_254_740_991L,
                9_007_199_254_740_991L,
                9_007_199_254_740_991L));
        ConnectionKeeper device = connected(world.device());
        List<Reported> published = publish(device, Lane.NORMAL, 50);
        world.passUntil(() -> published.stream().allMatch(Reported::told), SOON);
        world.pass(Duration.ofMinutes(1));
        assertThat(received(DeviceFrame.Heartbeat.class)).hasSizeBetween(50, 70);
        world.pipe().cut();
        world.passUntil(() -> world.node.connections().size() == 2, Duration.ofMinutes(15));
    }

    @Test
    void closingSendsWhatIsLeftAndEndsInGoodOrder() {
        ConnectionKeeper device = connected(world.device());
        script.storeNanos = Duration.ofMillis(100).toNanos();
        List<Reported> published = publish(device, Lane.NORMAL, 30);
        device.close(world.nanos() + Duration.ofSeconds(5).toNanos());
        world.passUntil(() -> device.closed().isDone(), Duration.ofSeconds(1));
        assertThat(published).allMatch(one -> one.stored.isPresent());
        assertThat(device.status().phase()).isEqualTo(Phase.CLOSED);
    }

    @Test
    void closingEndsAtItsDeadlineWhateverIsLeftAndSaysSo() {
        ConnectionKeeper device = connected(world.device());
        script.silent = true;
        List<Reported> published = publish(device, Lane.NORMAL, 3);
        device.close(world.nanos() + Duration.ofSeconds(5).toNanos());
        world.passUntil(() -> device.closed().isDone(), Duration.ofMillis(7_100));
        world.pass(Duration.ofMillis(1));
        assertThat(published).allMatch(one -> one.abandoned);
    }

    @Test
    void closingWhileNotConnectedTriesAsLongAsThereIsTime() {
        ConnectionKeeper device = world.device();
        Reported published = Reported.publish(device, Lane.NORMAL, 1);
        world.refusal = Optional.of(Ending.of(EndCause.UNREACHABLE, "refused"));
        device.start();
        world.passUntil(() -> world.dials.size() == 1, SOON);
        world.refusal = Optional.empty();
        device.close(world.nanos() + Duration.ofSeconds(10).toNanos());
        world.passUntil(() -> device.closed().isDone(), Duration.ofSeconds(10));
        assertThat(published.stored).isPresent();
    }

    @Test
    void closingBeforeTheStartEndsAtOnce() {
        ConnectionKeeper device = world.device();
        device.close(world.nanos() + Duration.ofSeconds(10).toNanos());
        world.passUntil(() -> device.closed().isDone(), Duration.ofMillis(1));
        assertThat(world.dials).isEmpty();
    }

    @Test
    void flushedCompletesWhenAllThatWasThereIsSettledThoughMoreHasComeSince() {
        script.storeNanos = Duration.ofMillis(100).toNanos();
        ConnectionKeeper device = connected(world.device());
        List<Reported> before = publish(device, Lane.NORMAL, 3);
        var flushed = device.flushed();
        world.pass(Duration.ofMillis(50));
        Reported after = Reported.publish(device, Lane.NORMAL, 4);
        world.passUntil(flushed::isDone, SOON);
        world.pass(Duration.ofMillis(1));
        assertThat(before).allMatch(Reported::told);
        assertThat(after.told()).isFalse();
    }

    @Test
    void itemsOfAnEarlierRunGoOutFirstAndTheLaneGoesOnWithTheNextRun(@TempDir Path directory) {
        ConnectionKeeper before = world.device(TWO_NODES, RULES, onDisk(directory));
        List<Reported> earlier = publish(before, Lane.NORMAL, 5);
        before.close(world.nanos());
        world.passUntil(() -> before.closed().isDone(), SOON);
        assertThat(earlier).noneMatch(Reported::told);

        ConnectionKeeper device = world.device(TWO_NODES, RULES, onDisk(directory));
        List<Reported> later = publish(device, Lane.NORMAL, 5);
        connected(device);
        world.passUntil(() -> later.stream().allMatch(Reported::told), SOON);
        assertThat(world.node.numbers(Lane.NORMAL)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        List<DeviceFrame.Open> opens = received(DeviceFrame.Open.class);
        assertThat(opens).hasSize(2);
        assertThat(opens.get(0).first()).isEqualTo(1);
        assertThat(opens.get(1).first()).isEqualTo(6);
        assertThat(opens.get(1).next()).isEqualTo(6);
        assertThat(opens.get(1).before()).hasValue(opens.get(0).run());
        assertThat(opens.get(1).order()).isGreaterThan(opens.get(0).order());
        assertThat(world.node.breaches()).isEmpty();
    }

    private static OutboxSettings onDisk(Path directory) {
        return new OutboxSettings(
                OutboxMode.DURABLE, Optional.of(directory), 1 << 20, 1 << 20, 1 << 20, Overflow.REFUSE);
    }

    @Test
    void anEventWhoseTimeIsOverBeforeItIsSentBecomesAGap() {
        world.refusal = Optional.of(Ending.of(EndCause.UNREACHABLE, "refused"));
        ConnectionKeeper device = world.device();
        Reported perishable = Reported.publish(
                        device, Lane.NORMAL, 1, Duration.ofSeconds(30).toNanos())
                .orElseThrow();
        Reported lasting = Reported.publish(device, Lane.NORMAL, 2);
        device.start();
        world.pass(Duration.ofMinutes(2));
        assertThat(perishable.dropped.orElseThrow().reason()).isEqualTo(GapReason.EXPIRED);
        world.refusal = Optional.empty();
        world.passUntil(lasting::told, Duration.ofMinutes(3));
        assertThat(world.node.log().get(0).item()).isEqualTo(new Item.Gap(1, GapReason.EXPIRED));
    }
}
