package io.fleetline.ingest.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandDispatcherTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump");

    private final ManualTime time = new ManualTime();
    private final List<String> updates = new ArrayList<>();
    private final CommandDispatcher dispatcher =
            new CommandDispatcher(time, (device, id, state) -> updates.add(id + " " + state), 3);

    @Test
    void aCommandForAConnectedDeviceGoesOutAtOnce() {
        dispatcher.caughtUp();
        FakeRecipient pump = connect();
        dispatcher.command(PUMP, command("c1"));
        assertThat(pump.ids()).containsExactly("c1");
        assertThat(pump.received.get(0).ttlMillis()).isEqualTo(60_000);
        assertThat(updates).containsExactly("c1 SENT");
    }

    @Test
    void aCommandForADeviceThatIsAwayWaitsForIt() {
        dispatcher.caughtUp();
        dispatcher.command(PUMP, command("c1"));
        dispatcher.command(PUMP, command("c2"));
        time.pass(Duration.ofSeconds(20));
        FakeRecipient pump = connect();
        assertThat(pump.ids()).containsExactly("c1", "c2");
        assertThat(pump.received.get(0).ttlMillis()).isEqualTo(40_000);
    }

    @Test
    void aCommandWithoutOutcomeIsSentAgainOnTheNextConnectionAndReportedOnce() {
        dispatcher.caughtUp();
        dispatcher.command(PUMP, command("c1"));
        FakeRecipient first = connect();
        dispatcher.disconnected(PUMP, first);
        FakeRecipient second = connect();
        assertThat(second.ids()).containsExactly("c1");
        assertThat(updates).containsExactly("c1 SENT");
    }

    @Test
    void aCommandWithAnOutcomeIsNotSentAgain() {
        dispatcher.caughtUp();
        dispatcher.command(PUMP, command("c1"));
        dispatcher.update(PUMP, "c1", CommandState.SUCCEEDED);
        assertThat(connect().ids()).isEmpty();
        assertThat(dispatcher.pending(PUMP)).isZero();
    }

    @Test
    void whatAnotherNodeSentIsKnownToBeSent() {
        dispatcher.caughtUp();
        dispatcher.command(PUMP, command("c1"));
        dispatcher.update(PUMP, "c1", CommandState.SENT);
        assertThat(connect().ids()).containsExactly("c1");
        assertThat(updates).as("it is in the log already").isEmpty();
    }

    @Test
    void theSameIdIsTheSameCommand() {
        dispatcher.caughtUp();
        FakeRecipient pump = connect();
        dispatcher.command(PUMP, command("c1"));
        dispatcher.command(PUMP, command("c1"));
        assertThat(pump.ids()).containsExactly("c1");
    }

    @Test
    void nothingGoesOutBeforeTheOutcomesOfThePastAreRead() {
        FakeRecipient pump = connect();
        dispatcher.command(PUMP, command("done"));
        dispatcher.command(PUMP, command("open"));
        assertThat(pump.ids()).isEmpty();
        dispatcher.update(PUMP, "done", CommandState.FAILED);
        dispatcher.caughtUp();
        assertThat(pump.ids()).containsExactly("open");
    }

    @Test
    void anExpiredCommandIsForgotten() {
        dispatcher.caughtUp();
        dispatcher.command(PUMP, command("c1"));
        time.pass(Duration.ofMinutes(1));
        assertThat(connect().ids()).isEmpty();
        dispatcher.forgetExpired();
        assertThat(dispatcher.pending(PUMP)).isZero();
        dispatcher.command(PUMP, new PendingCommand("late", "x", Payload.NULL, time.unixMillis()));
        assertThat(dispatcher.pending(PUMP)).isZero();
    }

    @Test
    void noMoreThanTheLimitWaitsForADeviceAndExpiredOnesMakeRoom() {
        dispatcher.caughtUp();
        for (int i = 1; i <= 5; i++) {
            dispatcher.command(PUMP, command("c" + i));
        }
        assertThat(dispatcher.pending(PUMP)).isEqualTo(3);
        time.pass(Duration.ofMinutes(1));
        dispatcher.command(PUMP, command("c6"));
        assertThat(connect().ids()).containsExactly("c6");
    }

    @Test
    void aConnectionThatIsOverStopsTheDelivery() {
        dispatcher.caughtUp();
        dispatcher.command(PUMP, command("c1"));
        dispatcher.command(PUMP, command("c2"));
        FakeRecipient dying = new FakeRecipient();
        dying.takes = 1;
        dispatcher.connected(PUMP, dying);
        assertThat(updates).containsExactly("c1 SENT");
        assertThat(connect().ids()).containsExactly("c1", "c2");
        assertThat(updates).containsExactly("c1 SENT", "c2 SENT");
    }

    @Test
    void anOldConnectionsEndDoesNotTakeTheNewOneAway() {
        dispatcher.caughtUp();
        FakeRecipient old = connect();
        FakeRecipient newer = connect();
        dispatcher.disconnected(PUMP, old);
        dispatcher.command(PUMP, command("c1"));
        assertThat(newer.ids()).containsExactly("c1");
    }

    @Test
    void aCommandThatNoDeviceWouldTakeIsRefused() {
        assertThatThrownBy(() -> new PendingCommand("c1", "not a name", Payload.NULL, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("command name");
        assertThatThrownBy(() -> new PendingCommand("c1", "n", Payload.byteString(new byte[40_000]), 1))
                .hasMessageContaining("40003");
    }

    private PendingCommand command(String id) {
        return new PendingCommand(id, "read-now", Payload.NULL, time.unixMillis() + 60_000);
    }

    private FakeRecipient connect() {
        FakeRecipient recipient = new FakeRecipient();
        dispatcher.connected(PUMP, recipient);
        return recipient;
    }

    private static final class FakeRecipient implements CommandDispatcher.Recipient {
        final List<ServerFrame.Command> received = new ArrayList<>();
        int takes = Integer.MAX_VALUE;

        @Override
        public boolean deliver(ServerFrame.Command command) {
            if (received.size() >= takes) {
                return false;
            }
            received.add(command);
            return true;
        }

        List<String> ids() {
            return received.stream().map(ServerFrame.Command::id).toList();
        }
    }
}
