package io.fleetline.device.internal.command;

import io.fleetline.device.internal.connection.CommandSink;
import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands in, has each run once on the application's executor, and tells how it ended. On the loop's thread but for
 * the handlers themselves.
 */
public final class CommandRunner implements CommandSink {
    private static final Logger LOG = LoggerFactory.getLogger(CommandRunner.class);

    private final ConnectionLoop loop;
    private final CommandLedger ledger;
    private final OutcomeLane outcomes;
    private final Executor application;
    private final Map<String, Handling> handlings;
    private final int concurrency;
    private final int mostWaiting;

    private final Queue<Accepted> waiting = new ArrayDeque<>();
    private int running;
    /** Received and not yet written down, or done and not yet written down. */
    private int beingWritten;

    private volatile long received;
    private volatile long done;

    private record Accepted(ServerFrame.Command command, long receivedNanos, boolean again) {}

    /**
     * @param handlings how commands are handled, by name
     * @param concurrency how many may run at once
     * @param mostWaiting how many may wait for their turn before more are ignored
     */
    public CommandRunner(
            ConnectionLoop loop,
            CommandLedger ledger,
            OutcomeLane outcomes,
            Executor application,
            Map<String, Handling> handlings,
            int concurrency,
            int mostWaiting) {
        this.loop = loop;
        this.ledger = ledger;
        this.outcomes = outcomes;
        this.application = application;
        this.handlings = Map.copyOf(handlings);
        this.concurrency = concurrency;
        this.mostWaiting = mostWaiting;
    }

    /** How many commands came, repeats included. Any thread. */
    public long received() {
        return received;
    }

    /** How many have ended. Any thread. */
    public long done() {
        return done;
    }

    /** Goes on where an earlier process stopped. */
    public void resume() {
        for (CommandLedger.Entry entry : ledger.untold()) {
            entry.outcome().ifPresent(this::tell);
        }
        for (CommandLedger.Entry entry : ledger.interrupted()) {
            ServerFrame.Command command = entry.command().orElseThrow();
            Handling handling = handlings.get(command.name());
            if (!outcomes.reserve()) {
                // Without room for an outcome it stays interrupted, and the next process looks at it again.
                continue;
            }
            if (handling != null && handling.idempotent()) {
                waiting.add(new Accepted(command, loop.time().nanos(), true));
            } else {
                end(command.id(), OutcomeStatus.INDETERMINATE, message("the device went down while it ran"));
            }
        }
        startWaiting();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer.
    public void received(ServerFrame.Command command, long nowNanos) {
        received++;
        Optional<CommandLedger.Entry> known = ledger.find(command.id());
        if (known.isPresent()) {
            // While it still runs there is nothing to say, and the outcome follows.
            known.get().outcome().ifPresent(this::tell);
            return;
        }
        if (waiting.size() >= mostWaiting || !outcomes.reserve()) {
            LOG.debug("command {} is ignored for now: {} wait", command.id(), waiting.size());
            return;
        }
        beingWritten++;
        ledger.received(command, nowNanos, () -> {
            beingWritten--;
            waiting.add(new Accepted(command, nowNanos, false));
            startWaiting();
        });
    }

    @Override
    public boolean isBusy() {
        return running + beingWritten + waiting.size() > 0;
    }

    private void startWaiting() {
        while (running < concurrency && !waiting.isEmpty()) {
            Accepted next = waiting.remove();
            ServerFrame.Command command = next.command();
            Handling handling = handlings.get(command.name());
            Optional<Duration> remaining = remaining(next);
            if (handling == null) {
                end(command.id(), OutcomeStatus.UNKNOWN_COMMAND, Payload.NULL);
            } else if (remaining.isPresent() && remaining.get().isNegative() && !next.again()) {
                end(command.id(), OutcomeStatus.EXPIRED, Payload.NULL);
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
        Item.Outcome outcome = outcomes.fitting(new Item.Outcome(id, status, outcomes.unixMillis(), body));
        beingWritten++;
        ledger.done(outcome, loop.time().nanos(), () -> {
            beingWritten--;
            tell(outcome);
            outcomes.release();
        });
    }

    private void tell(Item.Outcome outcome) {
        outcomes.append(outcome, () -> loop.execute(() -> ledger.settled(outcome.commandId())));
    }

    static Payload message(String text) {
        return BodyCodec.encode(Map.of("message", text.length() > 1000 ? text.substring(0, 1000) + "…" : text));
    }
}
