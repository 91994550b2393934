package io.fleetline.ingest.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.telemetry.AckWindow.Ending;
import io.fleetline.ingest.telemetry.AckWindow.Phase;
import io.fleetline.ingest.telemetry.AckWindow.Round;
import io.fleetline.protocol.RejectCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckWindowTest {
    private static final int PARTITION = 2;
    private static final Refusal TOO_LARGE = new Refusal(RejectCode.TOO_LARGE, "too large", -1);

    private int news;
    private final AckWindow window = new AckWindow(100, () -> news++);

    @Test
    void onlyThePrefixWithoutAHoleIsAcknowledged() {
        long first = admit(101);
        long second = admit(102);
        long third = admit(103);

        window.stored(third, PARTITION, 12);
        assertThat(window.takeRound().ackUpTo()).isZero();
        window.stored(first, PARTITION, 10);
        assertThat(window.takeRound().ackUpTo()).isEqualTo(101);
        window.stored(second, PARTITION, 11);

        Round last = window.takeRound();
        assertThat(last.ackUpTo()).isEqualTo(103);
        assertThat(last.offset()).isEqualTo(12);
        assertThat(last.partition()).isEqualTo(PARTITION);
        assertThat(last.items()).isEqualTo(2);
    }

    @Test
    void marksThatMoveTogetherAreToldOnceAndGoAsOneAck() {
        for (int seq = 101; seq <= 150; seq++) {
            window.stored(admit(seq), PARTITION, seq);
        }

        assertThat(news).isEqualTo(1);
        Round round = window.takeRound();
        assertThat(round.ackUpTo()).isEqualTo(150);
        assertThat(round.items()).isEqualTo(50);
        assertThat(round.freedItems()).isEqualTo(50);
        assertThat(round.freedBytes()).isEqualTo(500);
        assertThat(window.takeRound()).isEqualTo(new Round(0, PARTITION, 150, 0, 0, 0, 0, Ending.NONE));
    }

    @Test
    void aGapIsAcknowledgedUpToItsEnd() {
        window.stored(window.admit(140, 10, 0), PARTITION, 1);
        assertThat(window.takeRound().ackUpTo()).isEqualTo(140);
    }

    @Test
    void theFirstFailureEndsTheLaneSessionAndNothingIsAcknowledgedAfterIt() {
        long first = admit(101);
        long second = admit(102);
        long third = admit(103);
        window.stored(first, PARTITION, 10);
        window.failed(second, new IllegalStateException("broker away"));

        Round round = window.takeRound();
        assertThat(round.ending()).isEqualTo(Ending.REWIND);
        assertThat(round.ackUpTo()).isZero();
        assertThat(window.ackedUpTo()).isEqualTo(100);
        assertThat(window.trouble()).contains("broker away");

        window.stored(third, PARTITION, 12);
        Round after = window.takeRound();
        assertThat(after.ending()).isEqualTo(Ending.NONE);
        assertThat(after.ackUpTo()).isZero();
        assertThat(after.freedItems()).isEqualTo(1);
        assertThat(window.admit(104, 10, 0)).isNegative();
    }

    @Test
    void aLaterRecordThatLandedDoesNotHideThatAnEarlierOneFailed() {
        long first = admit(101);
        long second = admit(102);
        window.stored(second, PARTITION, 11);
        assertThat(window.takeRound().ackUpTo()).isZero();

        window.failed(first, new IllegalStateException());

        assertThat(window.takeRound().ending()).isEqualTo(Ending.REWIND);
        assertThat(window.ackedUpTo()).isEqualTo(100);
    }

    @Test
    void anOffsetThatDoesNotRiseIsADoubt() {
        long first = admit(101);
        long second = admit(102);
        window.stored(first, PARTITION, 10);
        window.stored(second, PARTITION, 10);
        assertRewound("offset 10 came after offset 10");
    }

    @Test
    void anOffsetThatRoseTheWrongWayRoundIsADoubtToo() {
        long first = admit(101);
        long second = admit(102);
        window.stored(second, PARTITION, 10);
        window.stored(first, PARTITION, 11);
        assertRewound("offset 10 came after offset 11");
    }

    @Test
    void aChangeOfPartitionIsADoubt() {
        long first = admit(101);
        long second = admit(102);
        window.stored(first, PARTITION, 10);
        window.stored(second, PARTITION + 1, 11);
        assertRewound("the partition changed from 2 to 3");
    }

    @Test
    void aRecordWithoutAnOffsetIsADoubt() {
        window.stored(admit(101), PARTITION, -1);
        assertRewound("without an offset");
    }

    @Test
    void aSecondCallbackOfTheSameRecordChangesNothing() {
        long first = admit(101);
        long second = admit(102);
        window.stored(second, PARTITION, 11);
        window.stored(second, PARTITION, 11);
        window.failed(second, new IllegalStateException());
        window.stored(first, PARTITION, 10);
        window.failed(first, new IllegalStateException());

        Round round = window.takeRound();
        assertThat(round.ackUpTo()).isEqualTo(102);
        assertThat(round.freedItems()).isEqualTo(2);
        assertThat(round.ending()).isEqualTo(Ending.NONE);
    }

    @Test
    void aRefusedItemIsToldOnceEverythingBeforeItIsAcknowledgedAndItLiesInTheDeadLetters() {
        long first = admit(101);
        assertThat(window.refuse(102, TOO_LARGE)).isTrue();
        assertThat(window.admit(103, 10, 0)).isNegative();

        window.buried();
        assertThat(window.takeRound().ending()).isEqualTo(Ending.NONE);
        window.stored(first, PARTITION, 10);

        Round round = window.takeRound();
        assertThat(round.ackUpTo()).isEqualTo(101);
        assertThat(round.ending()).isEqualTo(Ending.REJECT);
        assertThat(window.refusedSeq()).isEqualTo(102);
        assertThat(window.refusal()).isEqualTo(TOO_LARGE);
        assertThat(window.takeRound().ending()).isEqualTo(Ending.NONE);
    }

    @Test
    void anItemThatIsRefusedFirstOfAllWaitsForItsDeadLetterOnly() {
        window.refuse(101, TOO_LARGE);
        assertThat(window.takeRound().ending()).isEqualTo(Ending.NONE);
        window.buried();
        assertThat(window.takeRound().ending()).isEqualTo(Ending.REJECT);
    }

    @Test
    void aDeadLetterThatCannotBeStoredRewindsTheLane() {
        window.refuse(101, TOO_LARGE);
        window.burialFailed(new IllegalStateException("broker away"));
        assertRewound("a dead letter: java.lang.IllegalStateException: broker away");
    }

    @Test
    void aFailureBeforeTheRefusedItemRewindsTheLaneInsteadOfRejectingIt() {
        long first = admit(101);
        window.refuse(102, TOO_LARGE);
        window.buried();
        window.failed(first, new IllegalStateException());
        assertThat(window.takeRound().ending()).isEqualTo(Ending.REWIND);
        assertThat(window.takeRound().ending()).isEqualTo(Ending.NONE);
    }

    @Test
    void anAbandonedLaneSessionSaysNothingMoreAndStillGivesRoomBack() {
        long first = admit(101);
        long second = admit(102);
        window.abandon();
        window.stored(first, PARTITION, 10);
        window.failed(second, new IllegalStateException());

        Round round = window.takeRound();
        assertThat(round.ackUpTo()).isZero();
        assertThat(round.ending()).isEqualTo(Ending.NONE);
        assertThat(round.freedItems()).isEqualTo(2);
        assertThat(round.freedBytes()).isEqualTo(20);
        assertThat(window.pending()).isZero();
    }

    /** Against a model that is too simple to be wrong: lists of everything, looked through each time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverComesInWhateverOrderThePrefixIsRightAndEveryItemIsFreedOnce(long seed) {
        RandomGenerator random = new Random(seed);
        AckWindow real = new AckWindow(0, () -> {});
        List<Boolean> done = new ArrayList<>();
        List<Long> slots = new ArrayList<>();
        long acked = 0;
        int freed = 0;
        for (int step = 0; step < 20_000; step++) {
            int pending = done.size() - (int) acked;
            if (pending < 300 && random.nextInt(5) < 3) {
                slots.add(real.admit(done.size() + 1, 1, step));
                done.add(false);
            } else if (pending > 0) {
                int which = (int) acked + random.nextInt(Math.min(pending, 1 + random.nextInt(pending)));
                real.stored(slots.get(which), 0, which);
                done.set(which, true);
            }
            if (random.nextInt(10) == 0) {
                Round round = real.takeRound();
                while (acked < done.size() && done.get((int) acked)) {
                    acked++;
                }
                freed += round.freedItems();
                assertThat(real.ackedUpTo()).as("seed %d, step %d", seed, step).isEqualTo(acked);
                assertThat(round.ending()).as("seed %d, step %d", seed, step).isEqualTo(Ending.NONE);
            }
        }
        freed += real.takeRound().freedItems();
        assertThat(freed).as("seed %d", seed).isEqualTo((int)
                done.stream().filter(d -> d).count());
        assertThat(real.phase()).isEqualTo(Phase.LIVE);
    }

    private long admit(long seq) {
        return window.admit(seq, 10, 0);
    }

    private void assertRewound(String why) {
        Round round = window.takeRound();
        assertThat(round.ending()).isEqualTo(Ending.REWIND);
        assertThat(window.trouble()).contains(why);
        assertThat(window.phase()).isEqualTo(Phase.OVER);
    }
}
