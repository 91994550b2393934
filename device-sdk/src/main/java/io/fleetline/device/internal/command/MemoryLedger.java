package io.fleetline.device.internal.command;

import io.fleetline.protocol.Item;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** A ledger that lasts as long as the process. */
public final class MemoryLedger implements CommandLedger {
    /** How many ended commands are remembered: a backend repeats none for longer than its longest expiry, a week. */
    static final int MOST_ENDED = 10_000;

    static final Duration LONGEST = Duration.ofDays(30);

    /** How much their results may take; beyond, the oldest are answered without theirs. */
    static final long MOST_RESULT_BYTES = 1024 * 1024;

    private static final class Known {
        final String id;
        Optional<ServerFrame.Command> command;
        Optional<Item.Outcome> outcome = Optional.empty();
        long endedNanos;
        boolean settled;

        Known(ServerFrame.Command command) {
            this.id = command.id();
            this.command = Optional.of(command);
        }
    }

    private final Map<String, Known> known = new HashMap<>();
    /** Those that ended, in that order. */
    private final Queue<Known> ended = new ArrayDeque<>();
    /** Those of them that have their result still. */
    private final Queue<Known> withResult = new ArrayDeque<>();

    private long resultBytes;

    @Override
    public Optional<Entry> find(String id) {
        return Optional.ofNullable(known.get(id)).map(one -> new Entry(one.id, one.command, one.outcome));
    }

    @Override
    public void received(ServerFrame.Command command, long nowNanos, Runnable safe) {
        known.put(command.id(), new Known(command));
        safe.run();
    }

    @Override
    public void done(Item.Outcome outcome, long nowNanos, Runnable safe) {
        Known one = known.get(outcome.commandId());
        if (one == null) {
            throw new IllegalStateException("command " + outcome.commandId() + " was never received");
        }
        one.command = Optional.empty();
        one.outcome = Optional.of(outcome);
        one.endedNanos = nowNanos;
        ended.add(one);
        withResult.add(one);
        resultBytes += outcome.body().length();
        forget(nowNanos);
        safe.run();
    }

    @Override
    public void settled(String id) {
        Known one = known.get(id);
        if (one != null) {
            one.settled = true;
        }
    }

    @Override
    public List<Entry> interrupted() {
        return List.of();
    }

    @Override
    public List<Entry> untold() {
        return List.of();
    }

    private void forget(long nowNanos) {
        for (Known oldest = withResult.peek();
                oldest != null && oldest.settled && resultBytes > MOST_RESULT_BYTES;
                oldest = withResult.peek()) {
            withResult.remove();
            Item.Outcome outcome = oldest.outcome.orElseThrow();
            resultBytes -= outcome.body().length();
            oldest.outcome = Optional.of(
                    new Item.Outcome(outcome.commandId(), outcome.status(), outcome.timeMillis(), Payload.NULL));
        }
        for (Known oldest = ended.peek();
                oldest != null
                        && oldest.settled
                        && (ended.size() > MOST_ENDED || nowNanos - oldest.endedNanos > LONGEST.toNanos());
                oldest = ended.peek()) {
            ended.remove();
            if (withResult.remove(oldest)) {
                resultBytes -= oldest.outcome.orElseThrow().body().length();
            }
            known.remove(oldest.id);
        }
    }
}
