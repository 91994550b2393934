package io.fleetline.device.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.connection.Publication;
import io.fleetline.device.internal.connection.Time;
import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.OutboxMode;
import io.fleetline.device.internal.outbox.OutboxOnDisk;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of a command whose device goes down while it runs. */
class InterruptedCommandsTest {
    private static final LogFormat FORMAT = new LogFormat("ledger", (byte) 'L', 16 * 512, 512);

    private final FaultyDisk ledgerDisk = new FaultyDisk();
    private final List<String> started = new ArrayList<>();
    private long unixMillis = 1_800_000_000_000L;

    private final Time time = new Time() {
        @Override
        public long nanos() {
            return 1_000_000_000L;
        }

        @Override
        public long unixMillis() {
            return unixMillis;
        }
    };

    /** One process. Its handlers never return, and its outbox is new: only the ledger outlives it. */
    private final class Life {
        final ConnectionLoop loop = new ConnectionLoop(time);
        final Outbox<Publication> outbox;
        final CommandRunner runner;

        Life() throws Exception {
            ledgerDisk.kill();
            outbox = OutboxOnDisk.open(new FaultyDisk(), OutboxMode.BUFFERED, 1 << 20, new Random(5), 0, unixMillis);
            Handling.Code never = (command, remaining) -> {
                started.add(command.id());
                return new CompletableFuture<>();
            };
            runner = new CommandRunner(
                    loop,
                    DurableLedger.open(
                            ledgerDisk, FORMAT, new LedgerContents(), loop, Runnable::run, new Random(started.size())),
                    new OutcomeLane(outbox, time::nanos, () -> 32 * 1024),
                    () -> unixMillis,
                    Runnable::run,
                    Map.of("reboot", new Handling(false, never), "open-valve", new Handling(true, never)),
                    4,
                    10);
            runner.resume();
            loop.runOnce();
        }

        void receive(String id, String name, long ttlMillis) {
            runner.received(new ServerFrame.Command(id, name, ttlMillis, Payload.NULL, Attributes.NONE), time.nanos());
            loop.runOnce();
        }

        void timeIsKnown() {
            runner.timeIsKnown();
            loop.runOnce();
        }

        List<Item.Outcome> outcomes() throws Exception {
            List<Item.Outcome> all = new ArrayList<>();
            outbox.adopt(Lane.OUTCOMES, bytes -> {
                try {
                    all.add((Item.Outcome) new FrameDecoder().decodeItem(bytes, 0, bytes.length));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                return Optional.empty();
            });
            return all;
        }
    }

    @Test
    void itIsIndeterminateAndNotRunAgain() throws Exception {
        new Life().receive("c1", "reboot", 0);
        Life next = new Life();
        assertThat(started).containsExactly("c1");
        assertThat(next.outcomes()).extracting(Item.Outcome::status).containsExactly(OutcomeStatus.INDETERMINATE);
        next.receive("c1", "reboot", 0);
        assertThat(started).containsExactly("c1");
        assertThat(next.outcomes()).hasSize(1);
    }

    @Test
    void anIdempotentOneRunsAgainButNotForEver() throws Exception {
        new Life().receive("c1", "open-valve", 0);
        new Life();
        new Life();
        assertThat(started).containsExactly("c1", "c1", "c1");
        Life fourth = new Life();
        assertThat(started).hasSize(CommandRunner.MOST_STARTS);
        assertThat(fourth.outcomes()).extracting(Item.Outcome::status).containsExactly(OutcomeStatus.INDETERMINATE);
    }

    @Test
    void itsTimeIsCountedFromTheFirstReceiptByTheNodesClock() throws Exception {
        new Life().receive("c1", "open-valve", 60_000);
        unixMillis += 50_000;
        Life inTime = new Life();
        assertThat(started).as("how much time is left is not known yet").hasSize(1);
        inTime.timeIsKnown();
        assertThat(started).hasSize(2);
        unixMillis += 20_000;
        Life tooLate = new Life();
        tooLate.timeIsKnown();
        assertThat(started).hasSize(2);
        assertThat(tooLate.outcomes()).extracting(Item.Outcome::status).containsExactly(OutcomeStatus.INDETERMINATE);
    }

    @Test
    void whereTheDiskTakesNothingOnlyWhatMayRunTwiceIsRun() throws Exception {
        Life process = new Life();
        ledgerDisk.readOnly(true);
        process.receive("c1", "reboot", 0);
        process.receive("c2", "open-valve", 0);
        assertThat(started).containsExactly("c2");
        assertThat(process.outcomes()).isEmpty();
        ledgerDisk.readOnly(false);
        process.receive("c1", "reboot", 0);
        assertThat(started).as("sent again, and the disk takes it now").containsExactly("c2", "c1");
    }

    @Test
    void aSecondProcessOnTheSameLedgerIsRefused() throws Exception {
        new Life();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> DurableLedger.open(
                        ledgerDisk,
                        FORMAT,
                        new LedgerContents(),
                        new ConnectionLoop(time),
                        Runnable::run,
                        new Random(1)))
                .hasMessageContaining("in use");
    }
}
