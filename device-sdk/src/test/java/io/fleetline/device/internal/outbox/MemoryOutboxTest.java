package io.fleetline.device.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryOutboxTest {
    private static final long SECOND = 1_000_000_000L;

    private static final long SMALL = 64 * 1024;

    private int wakes;
    private final OutboxListener listener = new OutboxListener() {
        @Override
        public void moreToSend() {
            wakes++;
        }

        @Override
        public void commitWanted() {}
    };

    private Outbox<String> outbox(Overflow overflow) throws Exception {
        return outbox(SMALL, overflow);
    }

    private Outbox<String> outbox(long maxBytes, Overflow overflow) throws Exception {
        return Outbox.open(OutboxSettings.inMemory(maxBytes, SMALL, overflow), new Random(1), listener, 0, 0);
    }

    private static byte[] event(String channel, int bodyBytes) {
        byte[] item = new byte[4 + channel.length() + bodyBytes];
        item[0] = (byte) 0x84;
        item[2] = (byte) (0x60 + channel.length());
        System.arraycopy(channel.getBytes(StandardCharsets.US_ASCII), 0, item, 3, channel.length());
        return item;
    }

    private static long append(Outbox<String> outbox, Lane lane, String waiter) throws Exception {
        return outbox.append(lane, event("c", 10), 0, 0, waiter, 0);
    }

    /** An event of which two fill the smallest outbox. */
    private static byte[] half(String channel) {
        return event(channel, 30_000);
    }

    @Test
    void numbersRiseFromOneInEachLane() throws Exception {
        Outbox<String> outbox = outbox(Overflow.REFUSE);
        assertThat(append(outbox, Lane.NORMAL, "a")).isEqualTo(1);
        assertThat(append(outbox, Lane.NORMAL, "b")).isEqualTo(2);
        assertThat(append(outbox, Lane.URGENT, "c")).isEqualTo(1);
        assertThat(wakes).isEqualTo(3);
    }

    @Test
    void nothingIsHandedOutBeforeTheRunHasItsOrder() throws Exception {
        Outbox<String> outbox = outbox(Overflow.REFUSE);
        append(outbox, Lane.NORMAL, "a");
        long from = outbox.beginSession(Lane.NORMAL);
        assertThat(outbox.next(Lane.NORMAL, from, 10, 1000)).isEmpty();

        outbox.onWelcome(1_700_000_000_999L, 0);
        Batch batch = outbox.next(Lane.NORMAL, from, 10, 1000).orElseThrow();
        assertThat(batch.open().order()).isEqualTo(1_700_000_000L);
        assertThat(batch.open().first()).isEqualTo(1);
        assertThat(batch.open().acked()).isZero();
        assertThat(batch.open().before()).isEmpty();

        outbox.onWelcome(1_800_000_000_000L, 0);
        assertThat(outbox.next(Lane.NORMAL, from, 10, 1000).orElseThrow().open().order())
                .as("the order is given once")
                .isEqualTo(1_700_000_000L);
    }

    @Test
    void aBatchKeepsTheLimitsButNeverComesWithoutItsFirstItem() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        for (int i = 0; i < 5; i++) {
            append(outbox, Lane.NORMAL, "a");
        }
        int size = event("c", 10).length;
        assertThat(outbox.next(Lane.NORMAL, 1, 3, 1000).orElseThrow().next()).isEqualTo(4);
        assertThat(outbox.next(Lane.NORMAL, 4, 3, 1000).orElseThrow().next()).isEqualTo(6);
        assertThat(outbox.next(Lane.NORMAL, 6, 3, 1000)).isEmpty();
        assertThat(outbox.next(Lane.NORMAL, 1, 3, 2 * size).orElseThrow().bytes())
                .isEqualTo(2 * size);
        assertThat(outbox.next(Lane.NORMAL, 1, 3, 1).orElseThrow().next()).isEqualTo(2);
    }

    @Test
    void anAckHandsBackWhoWaitedAndWhereTheEventIs() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        append(outbox, Lane.NORMAL, "a");
        append(outbox, Lane.NORMAL, null);
        append(outbox, Lane.NORMAL, "c");
        Batch batch = outbox.next(Lane.NORMAL, 1, 10, 1000).orElseThrow();

        List<Stored<String>> stored = outbox.settle(Lane.NORMAL, 3, 0);
        assertThat(stored).extracting(Stored::waiter).containsExactly("a", "c");
        assertThat(stored).extracting(Stored::seq).containsExactly(1L, 3L);
        assertThat(stored).extracting(Stored::run).containsOnly(batch.open().run());
        assertThat(stored).extracting(Stored::store).containsOnly(batch.open().store());
        assertThat(outbox.settle(Lane.NORMAL, 3, 0)).isEmpty();
        assertThat(outbox.snapshot(0).bytes()).isZero();
        assertThatThrownBy(() -> outbox.settle(Lane.NORMAL, 4, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNewSessionGoesOnBehindWhatIsAcknowledged() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        for (int i = 0; i < 4; i++) {
            append(outbox, Lane.NORMAL, "a");
        }
        outbox.next(Lane.NORMAL, 1, 10, 1000);
        outbox.settle(Lane.NORMAL, 2, 0);
        assertThat(outbox.beginSession(Lane.NORMAL)).isEqualTo(3);
        Batch again = outbox.next(Lane.NORMAL, 3, 10, 1000).orElseThrow();
        assertThat(again.from()).isEqualTo(3);
        assertThat(again.open().acked()).isEqualTo(2);
        assertThat(again.next()).isEqualTo(5);
    }

    @Test
    void aRefusedItemBecomesAGapInItsPlace() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        for (String waiter : List.of("a", "b", "c")) {
            append(outbox, Lane.NORMAL, waiter);
        }
        outbox.next(Lane.NORMAL, 1, 10, 1000);
        outbox.refuse(Lane.NORMAL, 2, 0);
        outbox.refuse(Lane.NORMAL, 2, 0);
        assertThat(outbox.takeDropped())
                .singleElement()
                .satisfies(dropped -> assertThat(dropped.waiter()).isEqualTo("b"))
                .satisfies(dropped -> assertThat(dropped.reason()).isEqualTo(GapReason.REFUSED));

        Batch batch = outbox.next(Lane.NORMAL, outbox.beginSession(Lane.NORMAL), 10, 1000)
                .orElseThrow();
        assertThat(batch.items()).extracting(QueuedItem::isGap).containsExactly(false, true, false);
        assertThat(batch.items().get(1).bytes()).containsExactly(0x83, 1, 2, 4);
        assertThat(outbox.settle(Lane.NORMAL, 3, 0)).extracting(Stored::waiter).containsExactly("a", "c");
    }

    @Test
    void aFullOutboxRefusesAndTakesAgainOnceThereIsRoom() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        outbox.append(Lane.NORMAL, half("a"), 0, 0, "a", 0);
        outbox.append(Lane.NORMAL, half("b"), 0, 0, "b", 0);
        assertThatExceptionOfType(OutboxFullException.class)
                .isThrownBy(() -> outbox.append(Lane.NORMAL, half("c"), 0, 0, "c", 0))
                .withMessageContaining("65536");
        outbox.append(Lane.OUTCOMES, half("x"), 0, 0, "x", 0);
        outbox.settle(Lane.NORMAL, 1, 0);
        assertThat(outbox.append(Lane.NORMAL, half("c"), 0, 0, "c", 0)).isEqualTo(3);
    }

    @Test
    void aBlockedAppenderGoesOnWhenAnAckMakesRoomAndGivesUpInTime() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.BLOCK));
        outbox.append(Lane.NORMAL, half("a"), 0, 0, "a", 0);
        outbox.append(Lane.NORMAL, half("b"), 0, 0, "b", 0);
        assertThatExceptionOfType(OutboxFullException.class)
                .isThrownBy(() -> outbox.append(Lane.NORMAL, half("c"), 0, 1000, "c", 0));

        Thread appender = new Thread(() -> {
            try {
                outbox.append(Lane.NORMAL, half("c"), 0, 60 * SECOND, "c", 0);
            } catch (OutboxFullException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        appender.start();
        while (appender.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        outbox.settle(Lane.NORMAL, 1, 0);
        appender.join();
        assertThat(outbox.snapshot(0).last()).startsWith(3L);
    }

    @Test
    void theOldestEventThatIsNotInFlightGoesFirst() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.DROP_OLDEST));
        outbox.append(Lane.NORMAL, half("a"), 0, 0, "a", 0);
        outbox.append(Lane.NORMAL, half("b"), 0, 0, "b", 0);
        outbox.next(Lane.NORMAL, 1, 1, 100_000);
        outbox.append(Lane.NORMAL, half("c"), 0, 0, "c", 0);
        outbox.append(Lane.NORMAL, half("d"), 0, 0, "d", 0);
        assertThat(outbox.takeDropped()).extracting(Dropped::waiter).containsExactly("b", "c");

        Batch rest = outbox.next(Lane.NORMAL, 2, 10, 100_000).orElseThrow();
        assertThat(rest.items()).extracting(QueuedItem::to).containsExactly(3L, 4L);
        outbox.append(Lane.NORMAL, half("e"), 0, 0, "e", 0);
        assertThat(outbox.takeDropped())
                .as("all in flight")
                .extracting(Dropped::waiter)
                .containsExactly("a");
    }

    @Test
    void aLessUrgentLaneGivesWayAndAMoreUrgentOneDoesNot() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.DROP_OLDEST));
        outbox.append(Lane.URGENT, half("a"), 0, 0, "a", 0);
        outbox.append(Lane.BACKFILL, half("b"), 0, 0, "b", 0);
        outbox.append(Lane.NORMAL, half("c"), 0, 0, "c", 0);
        outbox.append(Lane.URGENT, half("d"), 0, 0, "d", 0);
        assertThat(outbox.takeDropped()).extracting(Dropped::waiter).containsExactly("b", "c");
        assertThatExceptionOfType(OutboxFullException.class)
                .isThrownBy(() -> outbox.append(Lane.NORMAL, half("e"), 0, 0, "e", 0))
                .withMessageContaining("NORMAL");
    }

    @Test
    void nothingIsDroppedForAnEventThatFindsNoRoomAllTheSame() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.DROP_OLDEST));
        outbox.append(Lane.NORMAL, event("a", 10), 0, 0, "a", 0);
        outbox.append(Lane.URGENT, half("b"), 0, 0, "b", 0);
        outbox.append(Lane.URGENT, event("c", 33_000), 0, 0, "c", 0);
        assertThatExceptionOfType(OutboxFullException.class)
                .isThrownBy(() -> outbox.append(Lane.NORMAL, half("d"), 0, 0, "d", 0))
                .withMessageContaining("more urgent than lane NORMAL");
        assertThat(outbox.takeDropped()).isEmpty();
        assertThat(outbox.snapshot(0).items()).isEqualTo(3);
    }

    @Test
    void theNewestOfEachChannelStays() throws Exception {
        Outbox<String> outbox = sending(outbox(3 * SMALL / 2, Overflow.KEEP_NEWEST));
        for (String channel : List.of("a", "b", "b", "c")) {
            outbox.append(Lane.NORMAL, half(channel), 0, 0, channel, 0);
        }
        assertThat(outbox.takeDropped()).extracting(Dropped::seq).containsExactly(2L);
        outbox.append(Lane.NORMAL, half("c"), 0, 0, "c", 0);
        assertThat(outbox.takeDropped())
                .as("overtaken by the very event that needs the room")
                .extracting(Dropped::seq)
                .containsExactly(4L);
        outbox.append(Lane.NORMAL, half("d"), 0, 0, "d", 0);
        assertThat(outbox.takeDropped())
                .as("each is the newest of its channel: the oldest goes")
                .extracting(Dropped::seq)
                .containsExactly(1L);
    }

    @Test
    void neighbouringGapsOfOneReasonAreOne() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        for (int i = 0; i < 5; i++) {
            append(outbox, Lane.NORMAL, "a");
        }
        for (long seq : new long[] {2, 4, 3}) {
            outbox.refuse(Lane.NORMAL, seq, 0);
        }
        Batch batch = outbox.next(Lane.NORMAL, 1, 10, 1000).orElseThrow();
        assertThat(batch.items()).extracting(QueuedItem::to).containsExactly(1L, 4L, 5L);
    }

    @Test
    void anAckMayCutAGapInItsMiddle() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        for (int i = 0; i < 4; i++) {
            append(outbox, Lane.NORMAL, "a");
        }
        outbox.next(Lane.NORMAL, 1, 10, 1000);
        outbox.refuse(Lane.NORMAL, 2, 0);
        outbox.refuse(Lane.NORMAL, 3, 0);
        assertThat(outbox.settle(Lane.NORMAL, 2, 0)).hasSize(1);
        Batch rest = outbox.next(Lane.NORMAL, outbox.beginSession(Lane.NORMAL), 10, 1000)
                .orElseThrow();
        assertThat(rest.from()).isEqualTo(3);
        assertThat(rest.items()).extracting(QueuedItem::isGap).containsExactly(true, false);
    }

    @Test
    void anEventExpiresUnlessItIsInFlight() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        outbox.append(Lane.NORMAL, event("c", 1), 5 * SECOND, 0, "a", 0);
        outbox.append(Lane.NORMAL, event("c", 1), 7 * SECOND, 0, "b", 0);
        outbox.append(Lane.NORMAL, event("c", 1), 0, 0, "c", 0);
        assertThat(outbox.expire(SECOND)).isEqualTo(4 * SECOND);
        outbox.next(Lane.NORMAL, 1, 1, 1000);
        outbox.expire(6 * SECOND);
        assertThat(outbox.takeDropped()).isEmpty();
        assertThat(outbox.expire(7 * SECOND)).isEqualTo(Long.MAX_VALUE);
        assertThat(outbox.takeDropped()).extracting(Dropped::waiter).containsExactly("b");

        outbox.beginSession(Lane.NORMAL);
        outbox.expire(8 * SECOND);
        assertThat(outbox.takeDropped()).extracting(Dropped::reason).containsExactly(GapReason.EXPIRED);
        Batch batch = outbox.next(Lane.NORMAL, 1, 10, 1000).orElseThrow();
        assertThat(batch.items()).extracting(QueuedItem::to).containsExactly(2L, 3L);
    }

    @Test
    void outcomesHaveARoomOfTheirOwn() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        assertThat(outbox.reserveOutcome()).isTrue();
        assertThat(outbox.reserveOutcome()).isFalse();
        outbox.append(Lane.OUTCOMES, half("x"), 0, 0, "x", 0);
        outbox.releaseOutcome();
        assertThat(outbox.reserveOutcome()).isTrue();
        outbox.releaseOutcome();
        outbox.settle(Lane.OUTCOMES, 1, 0);
        assertThat(outbox.reserveOutcome()).isTrue();
    }

    @Test
    void theSnapshotTellsTheAgeOfTheOldest() throws Exception {
        Outbox<String> outbox = sending(outbox(Overflow.REFUSE));
        outbox.append(Lane.NORMAL, event("c", 1), 0, 0, "a", SECOND);
        outbox.append(Lane.URGENT, event("c", 1), 0, 0, "b", 3 * SECOND);
        assertThat(outbox.snapshot(4 * SECOND).oldestAgeNanos()).isEqualTo(3 * SECOND);
        outbox.settle(Lane.NORMAL, 1, 0);
        OutboxSnapshot snapshot = outbox.snapshot(4 * SECOND);
        assertThat(snapshot.oldestAgeNanos()).isEqualTo(SECOND);
        assertThat(snapshot.items()).isEqualTo(1);
        assertThat(snapshot.acked()).containsExactly(1L, 0L, 0L, 0L);
    }

    @Test
    void aClosedOutboxTakesNothing() throws Exception {
        Outbox<String> outbox = outbox(Overflow.REFUSE);
        append(outbox, Lane.NORMAL, "a");
        outbox.close(0);
        assertThatThrownBy(() -> append(outbox, Lane.NORMAL, "b")).isInstanceOf(IllegalStateException.class);
    }

    private static Outbox<String> sending(Outbox<String> outbox) {
        outbox.onWelcome(1_700_000_000_000L, 0);
        return outbox;
    }
}
