package io.fleetline.device.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which order runs get, and that it rises from run to run whatever damage has taken away. */
class RunsTest {
    private static final long NOW = 1_000;

    private final Runs runs = new Runs();

    private List<Long> ordersAfterAWelcome(long... found) {
        for (int i = 0; i < found.length; i++) {
            Runs.Run run = new Runs.Run(i + 1, new long[] {i + 1, i + 1, i + 1, i + 1});
            run.order = found[i];
            runs.restore(run);
        }
        runs.ordersAreSafe();
        boolean given = runs.giveOrders(NOW);
        List<Long> orders = runs.all().stream().map(run -> run.order).toList();
        assertThat(given).isEqualTo(!orders.equals(Arrays.stream(found).boxed().toList()));
        assertThat(runs.all()).allMatch(run -> run.mayBeSent == (run.order == found[(int) run.name - 1]));
        assertThat(runs.highestOrder()).isEqualTo(orders.get(orders.size() - 1));
        return orders;
    }

    @Test
    void newRunsGetTheNodesTimeOneAfterTheOther() {
        assertThat(ordersAfterAWelcome(0, 0)).containsExactly(1_000L, 1_001L);
    }

    @Test
    void anOrderIsAboveThoseBeforeAlsoWhenTheNodesClockIsBehind() {
        assertThat(ordersAfterAWelcome(5_000, 0)).containsExactly(5_000L, 5_001L);
    }

    @Test
    void whatHasAnOrderKeepsIt() {
        assertThat(ordersAfterAWelcome(7, 9)).containsExactly(7L, 9L);
    }

    @Test
    void anOrderThatRottedAwayLiesBelowThatOfTheRunAfterIt() {
        assertThat(ordersAfterAWelcome(3, 0, 0, 9)).containsExactly(3L, 7L, 8L, 9L);
    }

    @Test
    void whereThereIsNoRoomTheRunsAfterItGetOthers() {
        assertThat(ordersAfterAWelcome(3, 0, 4, 9)).containsExactly(3L, 1_000L, 1_001L, 1_002L);
        assertThat(runs.ordersWait()).isTrue();
    }
}
