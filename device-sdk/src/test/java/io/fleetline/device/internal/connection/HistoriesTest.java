package io.fleetline.device.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.testkit.Seeds;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The real loop, keeper, machine and outbox against a node that goes wrong in every way that a seed can think of. */
class HistoriesTest {
    private static final int HISTORIES = Integer.getInteger("fleetline.histories", 20_000);

    /** From so many histories on, everything that can happen has happened; in fewer, what is rare may be missing. */
    private static final int ENOUGH = 10_000;

    @Test
    void whateverTheNodeAndTheNetworkDoEverythingIsSettledInTheEndAndNothingIsReceiptedThatDidNotLand() {
        SeenInHistories seen = new SeenInHistories();
        Seeds.forEachInParallel(HISTORIES, seed -> new History(seed, seen).play());
        seen.print(HISTORIES);
        if (HISTORIES < ENOUGH || System.getProperty(Seeds.PROPERTY) != null) {
            return;
        }
        assertThat(seen.moves().keySet()).containsAll(SeenInHistories.POSSIBLE_MOVES);
        assertThat(seen.causes().keySet()).containsExactlyInAnyOrder(EndCause.values());
        assertThat(seen.closedByNode().keySet())
                .containsAll(History.CLOSE_CODES)
                .contains(1006);
        assertThat(seen.closedByDevice().keySet()).containsExactlyInAnyOrder(1000, 4400);
        assertThat(seen.frames().keySet())
                .containsAll(List.of("Ack", "Command", "Drain", "HeartbeatAck", "Reauthenticated", "Reject", "Rewind"));
        assertThat(seen.events().keySet())
                .containsExactlyInAnyOrder(
                        "cut",
                        "went silent",
                        "restarted",
                        "run changed within a lane session",
                        "acks waited for an earlier item",
                        "given up after three blames");
    }
}
