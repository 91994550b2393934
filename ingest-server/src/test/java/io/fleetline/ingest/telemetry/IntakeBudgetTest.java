package io.fleetline.ingest.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntakeBudgetTest {
    private final IntakeBudget budget = new IntakeBudget(100);
    private final List<String> letIn = new ArrayList<>();

    @Test
    void whatFitsIsTakenAtOnce() {
        assertThat(budget.take(60, waiter("a"))).isTrue();
        assertThat(budget.take(40, waiter("b"))).isTrue();
        assertThat(budget.usedBytes()).isEqualTo(100);
        assertThat(letIn).isEmpty();
    }

    @Test
    void whoFindsNoRoomWaitsInLineAndIsLetInInOrder() {
        budget.take(90, waiter("a"));
        assertThat(budget.take(50, waiter("b"))).isFalse();
        assertThat(budget.take(10, waiter("c"))).as("nobody overtakes").isFalse();
        assertThat(budget.waiting()).isEqualTo(2);

        budget.giveBack(30);
        assertThat(letIn).isEmpty();
        budget.giveBack(20);
        assertThat(letIn).containsExactly("b", "c");
        assertThat(budget.usedBytes()).isEqualTo(100);
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void aClaimAboveTheWholeBudgetIsLetInWhenNothingElseIsUnderWay() {
        budget.take(1, waiter("a"));
        assertThat(budget.take(500, waiter("large"))).isFalse();
        budget.giveBack(1);
        assertThat(letIn).containsExactly("large");
        assertThat(budget.usedBytes()).isEqualTo(500);
    }

    @Test
    void whoLeavesTheLineIsNotLetIn() {
        budget.take(100, waiter("a"));
        IntakeBudget.Waiter leaver = waiter("b");
        budget.take(10, leaver);
        assertThat(budget.leaveLine(leaver)).isTrue();
        assertThat(budget.leaveLine(leaver)).isFalse();
        budget.giveBack(100);
        assertThat(letIn).isEmpty();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aWaiterMayGiveBackRightWhenItIsLetIn() {
        budget.take(100, waiter("a"));
        budget.take(80, () -> budget.giveBack(80));
        budget.take(80, waiter("c"));
        budget.giveBack(100);
        assertThat(letIn).containsExactly("c");
        assertThat(budget.usedBytes()).isEqualTo(80);
    }

    @Test
    void givingBackMoreThanWasTakenIsAMistakeOfTheNodes() {
        assertThatThrownBy(() -> budget.giveBack(1)).isInstanceOf(IllegalStateException.class);
    }

    private IntakeBudget.Waiter waiter(String name) {
        return new IntakeBudget.Waiter() {
            @Override
            public void roomTaken() {
                letIn.add(name);
            }
        };
    }
}
