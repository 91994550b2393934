package io.fleetline.device.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableOutboxTest {
    private static final long GROUP = CommitSchedule.GROUP_NANOS;
    private static final long WELCOME_MILLIS = 1_700_000_000_000L;

    @TempDir
    private Path directory;

    private final Random random = new Random(7);
    private int commitsWanted;
    private int moreToSend;
    private final OutboxListener listener = new OutboxListener() {
        @Override
        public void moreToSend() {
            moreToSend++;
        }

        @Override
        public void commitWanted() {
            commitsWanted++;
        }
    };

    private Outbox<String> open(OutboxMode mode) throws OutboxInUseException {
        OutboxSettings settings =
                new OutboxSettings(mode, Optional.of(directory), 1 << 20, 1 << 17, 1 << 16, Overflow.REFUSE);
        return Outbox.open(settings, random, listener, 0, WELCOME_MILLIS);
    }

    private static byte[] event(int number) {
        return new byte[] {(byte) 0x84, 0, 0x61, 'c', (byte) number, 1, 1};
    }

    private static long append(Outbox<String> outbox, int number, long nowNanos) throws Exception {
        return outbox.append(Lane.NORMAL, event(number), 0, 0, "w" + number, nowNanos);
    }

    private static Batch all(Outbox<String> outbox) {
        return outbox.next(Lane.NORMAL, outbox.beginSession(Lane.NORMAL), 1000, 1 << 20)
                .orElseThrow();
    }

    @Test
    void anEventIsSentOnlyOnceItIsOnDisk() throws Exception {
        Outbox<String> outbox = open(OutboxMode.DURABLE);
        outbox.onWelcome(WELCOME_MILLIS, 0);
        outbox.commit(0);
        commitsWanted = 0;
        append(outbox, 1, GROUP);
        assertThat(commitsWanted).isEqualTo(1);
        assertThat(outbox.next(Lane.NORMAL, 1, 10, 1000)).isEmpty();
        moreToSend = 0;
        assertThat(outbox.commit(GROUP)).isEqualTo(Long.MAX_VALUE);
        assertThat(moreToSend).isEqualTo(1);
        assertThat(all(outbox).items()).hasSize(1);
    }

    @Test
    void whatAnEarlierProcessLeftCanBeWaitedForAgain() throws Exception {
        Outbox<String> before = open(OutboxMode.DURABLE);
        append(before, 1, 0);
        append(before, 2, 0);
        before.close(0);

        Outbox<String> outbox = open(OutboxMode.DURABLE);
        outbox.adopt(Lane.NORMAL, item -> item[4] == 2 ? Optional.of("again " + item[4]) : Optional.empty());
        outbox.onWelcome(WELCOME_MILLIS, 0);
        outbox.commit(0);
        assertThat(all(outbox).items()).hasSize(2);
        assertThat(outbox.settle(Lane.NORMAL, 2, 0))
                .extracting(stored -> stored.waiter())
                .containsExactly("again 2");
    }

    @Test
    void commitsLieTwentyMillisecondsApart() throws Exception {
        Outbox<String> outbox = open(OutboxMode.DURABLE);
        outbox.onWelcome(WELCOME_MILLIS, 0);
        assertThat(outbox.commit(0)).isEqualTo(Long.MAX_VALUE);
        append(outbox, 1, 5_000_000);
        append(outbox, 2, 6_000_000);
        assertThat(commitsWanted).isEqualTo(2);
        assertThat(outbox.commit(7_000_000)).isEqualTo(13_000_000);
        assertThat(outbox.next(Lane.NORMAL, 1, 10, 1000)).isEmpty();
        assertThat(outbox.commit(GROUP)).isEqualTo(Long.MAX_VALUE);
        assertThat(all(outbox).items()).hasSize(2);
    }

    @Test
    void whatWasNotAcknowledgedIsThereAgain() throws Exception {
        Outbox<String> outbox = open(OutboxMode.DURABLE);
        outbox.onWelcome(WELCOME_MILLIS, 0);
        for (int i = 1; i <= 5; i++) {
            append(outbox, i, 0);
        }
        outbox.commit(0);
        outbox.commit(GROUP);
        Batch before = all(outbox);
        outbox.settle(Lane.NORMAL, 2, GROUP);
        outbox.close(GROUP);

        Outbox<String> again = open(OutboxMode.DURABLE);
        assertThat(append(again, 6, 0)).isEqualTo(6);
        again.onWelcome(WELCOME_MILLIS, 0);
        again.commit(0);
        Batch old = all(again);
        assertThat(old.from()).isEqualTo(3);
        assertThat(old.next()).as("the old run ends at 5").isEqualTo(6);
        assertThat(old.open().run()).isEqualTo(before.open().run());
        assertThat(old.open().order()).isEqualTo(before.open().order());
        assertThat(old.items().get(0).bytes()).isEqualTo(event(3));

        Batch fresh = again.next(Lane.NORMAL, 6, 10, 1000).orElseThrow();
        assertThat(fresh.open().store()).isEqualTo(before.open().store());
        assertThat(fresh.open().first()).isEqualTo(6);
        assertThat(fresh.open().before()).hasValue(before.open().run());
        assertThat(fresh.open().order()).isGreaterThan(before.open().order());
        again.close(GROUP);
    }

    @Test
    void aSecondOutboxOnTheSameDirectoryIsRefused() throws Exception {
        Outbox<String> outbox = open(OutboxMode.DURABLE);
        assertThatExceptionOfType(OutboxInUseException.class)
                .isThrownBy(() -> open(OutboxMode.DURABLE))
                .withMessageContaining(directory.toString());
        outbox.close(0);
        open(OutboxMode.DURABLE).close(0);
    }

    @Test
    void aGapOverSomethingOnDiskIsSentOnceItIsThereToo() throws Exception {
        Outbox<String> outbox = open(OutboxMode.DURABLE);
        outbox.onWelcome(WELCOME_MILLIS, 0);
        append(outbox, 1, 0);
        append(outbox, 2, 0);
        outbox.commit(0);
        all(outbox);
        outbox.refuse(Lane.NORMAL, 1, GROUP);
        assertThat(outbox.next(Lane.NORMAL, outbox.beginSession(Lane.NORMAL), 10, 1000))
                .isEmpty();
        outbox.commit(GROUP);
        assertThat(all(outbox).items()).extracting(QueuedItem::isGap).containsExactly(true, false);
        outbox.close(GROUP);
        Outbox<String> again = open(OutboxMode.DURABLE);
        again.onWelcome(WELCOME_MILLIS, 0);
        again.commit(0);
        assertThat(all(again).items()).extracting(QueuedItem::isGap).containsExactly(true, false);
        again.close(0);
    }

    @Test
    void bufferedLeavesTheDiskAloneWhileAcksComeInTime() throws Exception {
        Outbox<String> outbox = open(OutboxMode.BUFFERED);
        outbox.onWelcome(WELCOME_MILLIS, 0);
        outbox.commit(0);
        long second = 1_000_000_000;
        for (int i = 1; i <= 100; i++) {
            append(outbox, i, i * second);
            assertThat(outbox.next(Lane.NORMAL, i, 10, 1000)).isPresent();
            assertThat(outbox.commit(i * second)).isEqualTo(2 * second);
            outbox.settle(Lane.NORMAL, i, i * second + second / 2);
        }
        long before = logBytes();
        append(outbox, 101, 200 * second);
        assertThat(outbox.commit(201 * second)).isEqualTo(second);
        assertThat(logBytes()).isEqualTo(before);
        assertThat(outbox.commit(202 * second)).isEqualTo(Long.MAX_VALUE);
        outbox.close(202 * second);

        Outbox<String> again = open(OutboxMode.BUFFERED);
        again.onWelcome(WELCOME_MILLIS, 0);
        again.commit(0);
        assertThat(all(again).from()).isEqualTo(101);
        again.close(0);
    }

    private long logBytes() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            long sum = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                sum += java.util.Arrays.hashCode(Files.readAllBytes(file));
            }
            return sum;
        }
    }

    @Test
    void aLargeBacklogIsReadBackFromDisk() throws Exception {
        Outbox<String> outbox = open(OutboxMode.DURABLE);
        outbox.onWelcome(WELCOME_MILLIS, 0);
        long now = 0;
        byte[] big = new byte[1000];
        System.arraycopy(event(1), 0, big, 0, 7);
        for (int i = 1; i <= 900; i++) {
            big[999] = (byte) i;
            outbox.append(Lane.NORMAL, big.clone(), 0, 0, null, now);
            if (i % 20 == 0) {
                now += GROUP;
                outbox.commit(now);
            }
        }
        assertThat(outbox.snapshot(now).memoryBytes()).isLessThanOrEqualTo(1 << 16);
        for (int round = 0; round < 2; round++) {
            long from = outbox.beginSession(Lane.NORMAL);
            while (from <= 900) {
                Batch batch = outbox.next(Lane.NORMAL, from, 100, 1 << 20).orElseThrow();
                for (QueuedItem item : batch.items()) {
                    assertThat(item.bytes()[999]).isEqualTo((byte) item.seq());
                }
                from = batch.next();
            }
            assertThat(from).isEqualTo(901);
        }
        outbox.close(now);
        Outbox<String> again = open(OutboxMode.DURABLE);
        assertThat(again.snapshot(0).items()).isEqualTo(900);
        again.onWelcome(WELCOME_MILLIS, 0);
        again.commit(0);
        assertThat(all(again).items()).hasSize(900);
        again.settle(Lane.NORMAL, 900, GROUP);
        again.close(GROUP);
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertThat(names).filteredOn(name -> name.endsWith(".log")).hasSize(1);
            assertThat(names).filteredOn(name -> name.endsWith(".spare")).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void theWaiterLearnsHowItsEventEnded() throws Exception {
        Outbox<String> outbox = open(OutboxMode.DURABLE);
        outbox.onWelcome(WELCOME_MILLIS, 0);
        append(outbox, 1, 0);
        append(outbox, 2, 0);
        outbox.commit(0);
        all(outbox);
        outbox.refuse(Lane.NORMAL, 2, 0);
        assertThat(outbox.takeDropped()).extracting(Dropped::reason).containsExactly(GapReason.REFUSED);
        assertThat(outbox.settle(Lane.NORMAL, 1, 0))
                .singleElement()
                .satisfies(stored -> assertThat(stored.kept()).isEqualTo(OutboxMode.DURABLE));
        outbox.close(0);
    }
}
