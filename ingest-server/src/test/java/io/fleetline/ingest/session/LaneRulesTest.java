package io.fleetline.ingest.session;

import static io.fleetline.ingest.session.SessionFixture.ORDER;
import static io.fleetline.ingest.session.SessionFixture.RUN;
import static io.fleetline.ingest.session.SessionFixture.STORE;
import static io.fleetline.ingest.session.SessionFixture.event;
import static io.fleetline.ingest.session.SessionFixture.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Which opens and publishes are legal, what is ignored, and what becomes of a lane session. */
class LaneRulesTest {
    private final SessionFixture fixture = new SessionFixture();
    private final SessionFixture.Device device = fixture.welcomed();

    @Test
    void itemsAreStoredWithTheirPlaceInTheStream() {
        device.open(Lane.NORMAL, 41, 40);
        device.publish(Lane.NORMAL, 41, 40, event(1), new Item.Gap(45, GapReason.EXPIRED), event(2));

        assertThat(fixture.sink.records())
                .extracting(FakeSink.Stored::position)
                .extracting(RecordPosition::seq)
                .containsExactly(41L, 42L, 46L);
        device.stored();
        ServerFrame.Ack ack = device.peer.expect(ServerFrame.Ack.class);
        assertThat(ack.upTo()).isEqualTo(46);
        assertThat(ack.storedAt()).contains(new ServerFrame.StoredAt(7, 1_002));
    }

    @Test
    void publishingOnALaneThatIsNotOpenEndsTheConnection() {
        device.publish(Lane.NORMAL, 1, 0, event(1));
        assertViolation("publish on lane 0, which is not open");
    }

    @Test
    void theFirstOpenOfALaneHasToBeginRightAfterWhatIsAcknowledged() {
        device.open(Lane.NORMAL, 7, 3);
        assertViolation("has next 7, not one past acked 3");
    }

    @Test
    void aHoleInTheNumbersEndsTheConnection() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 3));
        device.publish(Lane.NORMAL, 5, 0, event(5));
        assertViolation("publish on lane 0 begins at 5, expected 4");
    }

    @Test
    void aNumberThatComesAgainEndsTheConnection() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 3));
        device.publish(Lane.NORMAL, 3, 0, event(3));
        assertViolation("publish on lane 0 begins at 3, expected 4");
    }

    @Test
    void theNextNumberAfterAGapIsTheOneBehindItsEnd() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, new Item.Gap(9, GapReason.OVERFLOW));
        device.publish(Lane.NORMAL, 10, 0, event(10));
        assertThat(device.peer.closed()).isNull();
    }

    @Test
    void ackedNeverFallsInAPublish() {
        device.open(Lane.NORMAL, 6, 5);
        device.publish(Lane.NORMAL, 6, 4, event(6));
        assertViolation("acked of lane 0 fell from 5 to 4");
    }

    @Test
    void ackedNeverFallsInAnOpenThatContinues() {
        device.open(Lane.NORMAL, 6, 5);
        device.publish(Lane.NORMAL, 6, 5, event(6));
        device.open(Lane.NORMAL, RUN + 1, ORDER + 1, 7, 7, 4);
        assertViolation("acked of lane 0 fell from 5 to 4");
    }

    @Test
    void aConnectionHasOneStore() {
        device.open(Lane.NORMAL, 1, 0);
        device.send(new DeviceFrame.Open(Lane.URGENT, STORE + 1, RUN, ORDER, 1, 1, 0, OptionalLong.empty()));
        assertViolation("a connection has one store: open names 12 after 11");
    }

    @Test
    void theNextRunContinuesTheLaneSessionOnTheSameWay() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 2));
        device.open(Lane.NORMAL, RUN + 1, ORDER + 1, 3, 3, 0);
        device.publish(Lane.NORMAL, 3, 0, events(3, 4));

        assertThat(fixture.sink.records()).extracting(FakeSink.Stored::route).containsOnly(0);
        assertThat(fixture.sink.records().get(3).position().run()).isEqualTo(RUN + 1);
        device.stored();
        assertThat(device.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(4);
    }

    @Test
    void aFailureInTheRunBeforeStopsTheAcksOfTheNextRunToo() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 2));
        device.open(Lane.NORMAL, RUN + 1, ORDER + 1, 3, 3, 0);
        device.publish(Lane.NORMAL, 3, 0, events(3, 4));
        fixture.sink.store(1);
        fixture.sink.fail();
        fixture.sink.storeAll();
        fixture.runTasks();

        assertThat(device.peer.expect(ServerFrame.Rewind.class).from()).isEqualTo(1);
        device.peer.expectNothing();
    }

    @Test
    void aRunThatIsNotLaterThanTheOneBeforeEndsTheConnection() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(1));
        device.open(Lane.NORMAL, RUN + 1, ORDER, 2, 2, 0);
        assertViolation("open of lane 0 has order 33, not above 33");
    }

    @Test
    void anOpenThatContinuesHasToBeginWhereTheLaneStands() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(1));
        device.open(Lane.NORMAL, RUN + 1, ORDER + 1, 3, 3, 2);
        assertViolation("open of lane 0 has next 3, expected 2");
    }

    @Test
    void beforeStandsInRecordsAsLongAsTheRunsBeginningIsNotAcknowledged() {
        device.send(new DeviceFrame.Open(Lane.NORMAL, STORE, RUN, ORDER, 4, 4, 3, OptionalLong.empty()));
        device.publish(Lane.NORMAL, 4, 3, event(4));
        device.send(new DeviceFrame.Open(Lane.NORMAL, STORE, RUN + 1, ORDER + 1, 5, 5, 3, OptionalLong.of(RUN)));
        device.publish(Lane.NORMAL, 5, 3, event(5));
        device.publish(Lane.NORMAL, 6, 4, event(6));

        assertThat(fixture.sink.records())
                .extracting(FakeSink.Stored::position)
                .extracting(RecordPosition::before)
                .containsExactly(OptionalLong.empty(), OptionalLong.of(RUN), OptionalLong.empty());
    }

    @Test
    void aRewindSaysFromWhereAndWhatWasUnderWayIsIgnored() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 3));
        fixture.sink.store(1);
        fixture.runTasks();
        assertThat(device.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(1);
        fixture.sink.fail();

        device.publish(Lane.NORMAL, 4, 0, event(4));
        device.open(Lane.NORMAL, RUN + 1, ORDER + 1, 5, 5, 0);
        device.publish(Lane.NORMAL, 5, 0, event(5));
        fixture.runTasks();

        ServerFrame.Rewind rewind = device.peer.expect(ServerFrame.Rewind.class);
        assertThat(rewind.from()).isEqualTo(2);
        assertThat(fixture.sink.records()).hasSize(3);
        device.open(Lane.NORMAL, 2, 1);
        device.publish(Lane.NORMAL, 2, 1, events(2, 4));
        assertThat(fixture.sink.records()).hasSize(6);
        assertThat(fixture.sink.records().get(5).route())
                .as("a lane session has a way of its own")
                .isEqualTo(1);
        device.stored();
        assertThat(device.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(4);
    }

    @Test
    void otherLanesGoOnWhileOneIsRewound() {
        device.open(Lane.NORMAL, 1, 0);
        device.open(Lane.URGENT, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(1));
        device.publish(Lane.URGENT, 1, 0, event(1));
        fixture.sink.fail();
        device.stored();

        assertThat(device.peer.expect(ServerFrame.Rewind.class).lane()).isEqualTo(Lane.NORMAL);
        assertThat(device.peer.expect(ServerFrame.Ack.class).lane()).isEqualTo(Lane.URGENT);
    }

    @Test
    void rewindsInARowComeEverMoreSlowlyUntilSomethingIsAcknowledged() {
        SessionLimits limits = SessionLimits.DEFAULTS;
        long previousMost = 0;
        for (int i = 0; i < 12; i++) {
            long most = Math.min(
                    limits.rewindDelay().toMillis() << i,
                    limits.maxRewindDelay().toMillis());
            assertThat(rewindAfter(1)).as("rewind %d", i).isBetween(most / 2, most);
            assertThat(most).isGreaterThanOrEqualTo(previousMost);
            previousMost = most;
        }
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(1));
        device.stored();
        device.peer.expect(ServerFrame.Ack.class);
        device.publish(Lane.NORMAL, 2, 1, event(2));
        fixture.sink.fail();
        fixture.runTasks();
        assertThat(device.peer.expect(ServerFrame.Rewind.class).afterMillis())
                .isLessThanOrEqualTo(limits.rewindDelay().toMillis());
    }

    @Test
    void anItemThatIsTooLargeIsRejectedOnceEverythingBeforeItIsAcknowledged() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(1), large(), event(3));

        assertThat(fixture.sink.records()).hasSize(1);
        assertThat(fixture.sink.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.position().seq()).isEqualTo(2);
            assertThat(letter.refusal().code()).isEqualTo(RejectCode.TOO_LARGE);
        });
        fixture.sink.bury();
        fixture.runTasks();
        device.peer.expectNothing();
        device.stored();

        assertThat(device.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(1);
        ServerFrame.Reject reject = device.peer.expect(ServerFrame.Reject.class);
        assertThat(reject.seq()).isEqualTo(2);
        assertThat(reject.code()).isEqualTo(RejectCode.TOO_LARGE);
        assertThat(reject.message()).contains("not at most 32768");
    }

    @Test
    void afterARejectTheLaneIsIgnoredUntilItIsOpenedAnewWithAGap() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(1), large(), event(3));
        device.publish(Lane.NORMAL, 4, 0, event(4));
        device.open(Lane.NORMAL, RUN + 1, ORDER + 1, 5, 5, 0);
        fixture.sink.bury();
        device.stored();
        device.peer.expect(ServerFrame.Ack.class);
        device.peer.expect(ServerFrame.Reject.class);
        assertThat(fixture.sink.records()).hasSize(1);

        device.open(Lane.NORMAL, 2, 1);
        device.publish(Lane.NORMAL, 2, 1, new Item.Gap(2, GapReason.REFUSED), event(3));
        device.stored();

        assertThat(device.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(3);
        assertThat(fixture.sink.records())
                .extracting(record -> record.position().seq())
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void aDeadLetterThatCannotBeStoredRewindsInsteadOfRejecting() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(1), large());
        device.stored();
        assertThat(device.peer.expect(ServerFrame.Ack.class).upTo()).isEqualTo(1);
        fixture.sink.failBurial();
        fixture.runTasks();

        assertThat(device.peer.expect(ServerFrame.Rewind.class).from()).isEqualTo(2);
    }

    @Test
    void aBodyThatIsNotAcceptableIsRejectedWithTheByteWhereTheFaultIs() {
        Payload twice = Payload.wrap(
                new byte[] {(byte) 0xa2, 0x61, 'a', 1, 0x61, 'a', 2},
                0,
                7,
                java.util.Optional.of(
                        new io.fleetline.protocol.BodyFault(io.fleetline.protocol.BodyFault.Kind.DUPLICATE_KEY, 4)));
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, event(twice));
        fixture.sink.bury();
        fixture.runTasks();

        ServerFrame.Reject reject = device.peer.expect(ServerFrame.Reject.class);
        assertThat(reject.code()).isEqualTo(RejectCode.BODY_NOT_ACCEPTABLE);
        assertThat(reject.message()).contains("same key twice").contains("byte 4");
    }

    @Test
    void anOutcomeOfACommandThatNobodyKnowsIsStored() {
        device.open(Lane.OUTCOMES, 1, 0);
        device.publish(
                Lane.OUTCOMES, 1, 0, new Item.Outcome("never-heard-of", OutcomeStatus.SUCCEEDED, 5, Payload.NULL));
        device.stored();
        assertThat(device.peer.expect(ServerFrame.Ack.class).lane()).isEqualTo(Lane.OUTCOMES);
    }

    @Test
    void callbacksOfAConnectionThatIsGoneGiveTheNodesBudgetBack() {
        device.open(Lane.NORMAL, 1, 0);
        device.publish(Lane.NORMAL, 1, 0, events(1, 10));
        assertThat(fixture.budget.usedBytes()).isPositive();
        device.session.gone();
        fixture.sink.store(5);
        fixture.runTasks();
        fixture.sink.fail();
        fixture.sink.storeAll();
        fixture.runTasks();

        assertThat(fixture.budget.usedBytes()).isZero();
        device.peer.expectNothing();
    }

    private long rewindAfter(long from) {
        device.open(Lane.NORMAL, from, from - 1);
        device.publish(Lane.NORMAL, from, from - 1, event(1));
        fixture.sink.fail();
        fixture.runTasks();
        return device.peer.expect(ServerFrame.Rewind.class).afterMillis();
    }

    private static Item large() {
        return event(Payload.byteString(new byte[33_000]));
    }

    private void assertViolation(String text) {
        assertThat(device.peer.closed()).isNotNull();
        assertThat(device.peer.closed().reason()).isEqualTo(CloseReason.PROTOCOL_VIOLATION);
        assertThat(device.peer.closed().text()).contains(text);
    }
}
