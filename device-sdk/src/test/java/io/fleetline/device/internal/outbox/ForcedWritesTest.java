package io.fleetline.device.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.protocol.Lane;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How often an outbox in mode BUFFERED forces its disk, which is what wears a memory card. */
class ForcedWritesTest {
    private static final long SECOND = 1_000_000_000;
    private static final long STEP = SECOND / 100;

    private final FaultyDisk disk = new FaultyDisk();
    private final Outbox<String> outbox = OutboxOnDisk.open(disk, OutboxMode.BUFFERED, 1000, new Random(3), 0, 0);
    private long now;
    private long next = 1;

    /** A hundred events a second for a minute; what was sent is acknowledged after so long, or never. */
    private long forcesInAMinute(long ackNanos) throws Exception {
        long before = disk.forces();
        long[] sentAt = new long[20_000];
        long acked = next - 1;
        long end = now + 60 * SECOND;
        long due = 0;
        while (now < end) {
            now += STEP;
            outbox.append(Lane.NORMAL, new byte[100], 0, 0, null, now);
            if (now >= due) {
                due = now + outbox.commit(now);
            }
            var batch = outbox.next(Lane.NORMAL, next, 1000, 1 << 16);
            if (batch.isPresent()) {
                next = batch.get().next();
                sentAt[(int) next - 1] = now;
            }
            while (acked + 1 < next && sentAt[(int) acked + 1] > 0 && now - sentAt[(int) acked + 1] >= ackNanos) {
                acked++;
            }
            outbox.settle(Lane.NORMAL, acked, now);
        }
        return disk.forces() - before;
    }

    @Test
    void noneWhileAcknowledgementsComeInTimeAndOneASecondAtMostOtherwise() throws Exception {
        outbox.onWelcome(1_800_000_000_000L, 0);
        now += outbox.commit(SECOND) == Long.MAX_VALUE ? 3 * SECOND : 0;
        outbox.commit(now);
        assertThat(forcesInAMinute(SECOND / 2)).isZero();
        assertThat(forcesInAMinute(Long.MAX_VALUE)).isBetween(20L, 61L);
    }
}
