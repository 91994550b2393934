package io.fleetline.device.internal.command;

import io.fleetline.device.internal.command.CommandLedger.Entry;
import io.fleetline.device.internal.command.CommandLedger.Received;
import io.fleetline.device.internal.connection.CommandSink;
import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands in, has each run once on the application's executor, and tells how it ended. On the loop's thread but for
 * the handlers themselves.
 *
 * <p>Room for the outcome is set aside before a command is written down, and given back when the outcome stands in its
 * lane: so the lane is never asked for more than it has.
 */
public final class CommandRunner implements CommandSink {
    private static final Logger LOG = LoggerFactory.getLogger(CommandRunner.class);

    /**
     * How often a command that may be run twice is started before it counts as what brings the device down: one that
     * restarts it would do so for ever.
     */
    static final int MOST_STARTS = 3;

    private final ConnectionLoop loop;
    private final CommandLedger ledger;
    private final OutcomeLane outcomes;
    private final LongSupplier unixMillis;
    private final Executor application;
    private final Map<String, Handling> handlings;
    private final int concurrency;
    private final int mostWaiting;

    private final Queue<Accepted> waiting = new ArrayDeque<>();
    /** Of an earlier process: whether their time is over is known once a node has told the time. */
    private final List<Received> untilTimeIsKnown = new ArrayList<>();
    /** Whose outcomes stand in the lane, or will once they are written down, so that asking again adds nothing. */
    private final Set<String> told = new HashSet<>();

    /** What an earlier process told of commands although the ledger could not write down that they had ended. */
    private final List<Item.Outcome> onlyInLane = new ArrayList<>();

    private boolean resumed;
    private int running;
    private int receiving;
    private int ending;

    private volatile long received;
    private volatile long done;

    /**
     * A command that is to be run.
     *
     * @param unwritten why it could not be written down, if so
     */
    private record Accepted(ServerFrame.Command command, long receivedNanos, int starts, Optional<String> unwritten) {}

    /**
     * Looks at what an earlier process left, which may read from disk; goes on with it in {@link #resume}.
     *
     * @param unixMillis the best idea of Unix time, the node's once a node has told it
     * @param handlings how commands are handled, by name
     * @param concurrency how many may run at once
     * @param mostWaiting how many may wait for their turn before more are ignored
     */
    public CommandRunner(
            ConnectionLoop loop,
            CommandLedger ledger,
            OutcomeLane outcomes,
            LongSupplier unixMillis,
            Executor application,
            Map<String, Handling> handlings,
            int concurrency,
            int mostWaiting) {
        this.loop = loop;
        this.ledger = ledger;
        this.outcomes = outcomes;
        this.unixMillis = unixMillis;
        this.application = application;
        this.handlings = Map.copyOf(handlings);
        this.concurrency = concurrency;
        this.mostWaiting = mostWaiting;
        Set<String> untold = new HashSet<>();
        ledger.untold().forEach(entry -> untold.add(entry.id()));
        outcomes.adopt(outcome -> adopt(outcome, untold));
    }

    private Optional<OutcomeLane.Fate> adopt(Item.Outcome outcome, Set<String> untold) {
        String id = outcome.commandId();
        boolean ended = ledger.find(id).flatMap(Entry::outcome).isPresent();
        if ((ended && !untold.contains(id)) || !told.add(id)) {
            return Optional.empty();
        }
        if (!ended) {
            onlyInLane.add(outcome);
        }
        return Optional.of(new Telling(outcome));
    }

    /** How many commands came, repeats included. Any thread. */
    public long received() {
        return received;
    }

    /** How many have ended. Any thread. */
    public long done() {
        return done;
    }

    /** Goes on where an earlier process stopped. A second call does nothing. */
    public void resume() {
        if (resumed) {
            return;
        }
        resumed = true;
        onlyInLane.forEach(outcome -> ledger.done(outcome, () -> {}, failure -> {}));
        onlyInLane.clear();
        for (Entry entry : ledger.untold()) {
            entry.outcome().ifPresent(this::tellOfBefore); // nothing where it stands in the lane still
        }
        for (Entry entry : ledger.interrupted()) {
            // Without room for an outcome it stays as it is, and the next process looks at it again.
            if (outcomes.reserve()) {
                entry.received().ifPresent(this::resume);
            }
        }
    }

    /** What was found may not be forced: it is written down once more, or a power cut could make another outcome of it. */
    private void tellOfBefore(Item.Outcome outcome) {
        if (told.add(outcome.commandId())) {
            ending++;
            Runnable next = () -> {
                ending--;
                append(outcome);
            };
            ledger.done(outcome, next, failure -> next.run());
        }
    }

    private void resume(Received interrupted) {
        Handling handling = handlings.get(interrupted.command().name());
        if (handling == null || !handling.idempotent()) {
            indeterminate(interrupted, "the device went down while it ran");
        } else if (interrupted.starts() >= MOST_STARTS) {
            indeterminate(interrupted, "the device went down each of the " + MOST_STARTS + " times that it ran");
        } else if (interrupted.command().ttlMillis() > 0) {
            untilTimeIsKnown.add(interrupted);
        } else {
            startAgain(interrupted, 0);
        }
    }

    private void indeterminate(Received interrupted, String why) {
        end(interrupted.command().id(), OutcomeStatus.INDETERMINATE, message(why));
    }

    private void startAgain(Received interrupted, long waitedNanos) {
        ServerFrame.Command command = interrupted.command();
        int starts = interrupted.starts() + 1;
        long receivedNanos = loop.time().nanos() - waitedNanos;
        write(new Received(command, interrupted.unixMillis(), starts), receivedNanos);
    }

    @Override
    public void timeIsKnown() {
        List<Received> known = List.copyOf(untilTimeIsKnown);
        untilTimeIsKnown.clear();
        for (Received interrupted : known) {
            long waitedMillis = Math.max(0, unixMillis.getAsLong() - interrupted.unixMillis());
            if (waitedMillis < interrupted.command().ttlMillis()) {
                startAgain(interrupted, waitedMillis * 1_000_000);
            } else {
                indeterminate(interrupted, "the device went down while it ran, and then its time was over");
            }
        }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer.
    public void received(ServerFrame.Command command, long nowNanos) {
        received++;
        Optional<Entry> known = ledger.find(command.id());
        if (known.isPresent()) {
            // While it still runs there is nothing to say, and the outcome follows.
            known.get().outcome().ifPresent(this::tellAgain);
            return;
        }
        if (waiting.size() + receiving >= mostWaiting || !outcomes.reserve()) {
            LOG.debug("command {} is ignored for now: {} wait", command.id(), waiting.size() + receiving);
            return;
        }
        write(new Received(command, unixMillis.getAsLong(), 1), nowNanos);
    }

    private void write(Received what, long receivedNanos) {
        receiving++;
        ledger.received(
                what,
                () -> accepted(new Accepted(what.command(), receivedNanos, what.starts(), Optional.empty())),
                failure -> accepted(new Accepted(what.command(), receivedNanos, what.starts(), Optional.of(failure))));
    }

    private void accepted(Accepted command) {
        receiving--;
        waiting.add(command);
        startWaiting();
    }

    @Override
    public boolean isBusy() {
        return running + receiving + ending + waiting.size() > 0;
    }

    private void startWaiting() {
        while (running < concurrency && !waiting.isEmpty()) {
            Accepted next = waiting.remove();
            ServerFrame.Command command = next.command();
            Handling handling = handlings.get(command.name());
            Optional<Duration> remaining = remaining(next);
            if (handling == null) {
                end(command.id(), OutcomeStatus.UNKNOWN_COMMAND, Payload.NULL);
            } else if (remaining.isPresent() && remaining.get().isNegative()) {
                boolean certain = next.starts() == 1;
                end(command.id(), certain ? OutcomeStatus.EXPIRED : OutcomeStatus.INDETERMINATE, Payload.NULL);
            } else if (next.unwritten().isPresent() && !handling.idempotent()) {
                // After a crash it would be run once more when it is sent again, so now it is ignored until then.
                LOG.warn(
                        "command {} ({}) is not run: {}",
                        command.name(),
                        command.id(),
                        next.unwritten().get());
                ledger.forget(command.id());
                outcomes.release();
            } else {
                running++;
                run(handling.code(), command, remaining);
            }
        }
    }

    private Optional<Duration> remaining(Accepted accepted) {
        long ttlMillis = accepted.command().ttlMillis();
        if (ttlMillis == 0) {
            return Optional.empty();
        }
        long waitedNanos = loop.time().nanos() - accepted.receivedNanos();
        return Optional.of(Duration.ofMillis(ttlMillis).minusNanos(waitedNanos));
    }

    private void run(Handling.Code code, ServerFrame.Command command, Optional<Duration> remaining) {
        try {
            application.execute(() -> {
                try {
                    CompletionStage<Void> unused = code.run(command, remaining).handle((result, failure) -> {
                        if (failure == null) {
                            ended(
                                    command,
                                    result.succeeded() ? OutcomeStatus.SUCCEEDED : OutcomeStatus.FAILED,
                                    result.body());
                        } else {
                            failed(command, failure);
                        }
                        return null;
                    });
                } catch (Exception | LinkageError | AssertionError e) {
                    failed(command, e);
                }
            });
        } catch (RejectedExecutionException e) {
            failed(command, e);
        }
    }

    private void failed(ServerFrame.Command command, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOG.warn("the handler of command {} ({}) failed", command.name(), command.id(), cause);
        String message = cause.getMessage();
        ended(
                command,
                OutcomeStatus.FAILED,
                message(message == null ? cause.getClass().getName() : message));
    }

    /** Any thread. */
    private void ended(ServerFrame.Command command, OutcomeStatus status, Payload body) {
        loop.execute(() -> {
            running--;
            end(command.id(), status, body);
            startWaiting();
        });
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer.
    private void end(String id, OutcomeStatus status, Payload body) {
        done++;
        ending++;
        told.add(id);
        Item.Outcome outcome = outcomes.fitting(new Item.Outcome(id, status, unixMillis.getAsLong(), body));
        Runnable next = () -> {
            ending--;
            append(outcome);
            outcomes.release();
        };
        // How it ended is worth telling even where the disk fails: a repeat would be marked as late.
        ledger.done(outcome, next, failure -> next.run());
    }

    private void tellAgain(Item.Outcome outcome) {
        if (!told.contains(outcome.commandId()) && outcomes.reserve()) {
            tell(outcome);
            outcomes.release();
        }
    }

    private void tell(Item.Outcome outcome) {
        if (told.add(outcome.commandId())) {
            append(outcome);
        }
    }

    private void append(Item.Outcome outcome) {
        outcomes.append(outcome, new Telling(outcome));
    }

    /** An outcome on its way. */
    private final class Telling implements OutcomeLane.Fate {
        private final Item.Outcome outcome;

        Telling(Item.Outcome outcome) {
            this.outcome = outcome;
        }

        @Override
        public void settled() {
            loop.execute(() -> {
                told.remove(outcome.commandId());
                ledger.settled(outcome.commandId());
            });
        }

        @Override
        public void lost() {
            loop.execute(() -> append(outcome));
        }
    }

    static Payload message(String text) {
        return BodyCodec.encode(Map.of("message", text.length() > 1000 ? text.substring(0, 1000) + "…" : text));
    }
}
