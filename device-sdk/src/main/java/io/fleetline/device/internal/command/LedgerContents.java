package io.fleetline.device.internal.command;

import io.fleetline.device.internal.command.CommandLedger.Entry;
import io.fleetline.device.internal.command.CommandLedger.Received;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Payload;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;

/** The commands that a ledger knows, within its bounds. Forgets none that has not ended or whose outcome is not settled. */
final class LedgerContents {
    /** How many commands are remembered once they are settled: nobody sends one again after so many others. */
    static final int MOST_SETTLED = 10_000;

    /** For how long, in time that the device is up: four times the longest that a command may wait for its device. */
    static final Duration LONGEST = Duration.ofDays(30);

    /** How much their results may take; beyond, the oldest are answered without theirs. */
    static final long MOST_RESULT_BYTES = 1024 * 1024;

    /** A command that ended. {@code settled} says whether its outcome needs not be told any more. */
    record Ended(Item.Outcome outcome, long endedMillis, boolean settled) {}

    private final int mostSettled;
    private final long mostResultBytes;
    private final Map<String, Received> running = new LinkedHashMap<>();
    private final Map<String, Ended> unsettled = new LinkedHashMap<>();
    /** In the order in which they were settled. */
    private final Map<String, Ended> settled = new LinkedHashMap<>();

    /** Those of the settled that have their result still, in the same order. */
    private final Queue<String> withResult = new ArrayDeque<>();

    private long resultBytes;

    LedgerContents() {
        this(MOST_SETTLED, MOST_RESULT_BYTES);
    }

    LedgerContents(int mostSettled, long mostResultBytes) {
        this.mostSettled = mostSettled;
        this.mostResultBytes = mostResultBytes;
    }

    Optional<Entry> find(String id) {
        Received received = running.get(id);
        if (received != null) {
            return Optional.of(new Entry(id, Optional.of(received), Optional.empty()));
        }
        Ended ended = unsettled.containsKey(id) ? unsettled.get(id) : settled.get(id);
        return Optional.ofNullable(ended).map(LedgerContents::entry);
    }

    private static Entry entry(Ended ended) {
        return new Entry(ended.outcome().commandId(), Optional.empty(), Optional.of(ended.outcome()));
    }

    void received(Received received) {
        String id = received.command().id();
        unsettled.remove(id);
        removeSettled(id);
        running.put(id, received);
    }

    void forget(String id) {
        running.remove(id);
    }

    void done(Item.Outcome outcome, long nowMillis) {
        String id = outcome.commandId();
        running.remove(id);
        removeSettled(id);
        unsettled.put(id, new Ended(outcome, nowMillis, false));
    }

    /** Returns whether that is news. */
    boolean settled(String id, long nowMillis) {
        Ended ended = unsettled.remove(id);
        if (ended == null) {
            return false;
        }
        settled.put(id, new Ended(ended.outcome(), ended.endedMillis(), true));
        withResult.add(id);
        resultBytes += ended.outcome().body().length();
        forget(nowMillis);
        return true;
    }

    private void removeSettled(String id) {
        Ended ended = settled.remove(id);
        if (ended != null && withResult.remove(id)) {
            resultBytes -= ended.outcome().body().length();
        }
    }

    /** Forgets what is beyond the bounds. */
    void forget(long nowMillis) {
        for (String oldest = withResult.peek();
                oldest != null && resultBytes > mostResultBytes;
                oldest = withResult.peek()) {
            withResult.remove();
            settled.computeIfPresent(oldest, (id, ended) -> {
                Item.Outcome full = ended.outcome();
                resultBytes -= full.body().length();
                return new Ended(
                        new Item.Outcome(id, full.status(), full.timeMillis(), Payload.NULL),
                        ended.endedMillis(),
                        true);
            });
        }
        boolean more = true;
        while (more && !settled.isEmpty()) {
            Map.Entry<String, Ended> oldest = settled.entrySet().iterator().next();
            more = settled.size() > mostSettled || nowMillis - oldest.getValue().endedMillis() > LONGEST.toMillis();
            if (more) {
                removeSettled(oldest.getKey());
            }
        }
    }

    List<Entry> interrupted() {
        return entries(running.keySet());
    }

    List<Entry> untold() {
        return entries(unsettled.keySet());
    }

    private List<Entry> entries(Collection<String> ids) {
        return ids.stream().flatMap(id -> find(id).stream()).toList();
    }

    /** All that is known, such that handing it in again in this order gives the same contents. */
    void forEach(Consumer<Ended> ended, Consumer<Received> received) {
        settled.values().forEach(ended);
        unsettled.values().forEach(ended);
        running.values().forEach(received);
    }

    int size() {
        return running.size() + unsettled.size() + settled.size();
    }
}
