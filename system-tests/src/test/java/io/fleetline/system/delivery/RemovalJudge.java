package io.fleetline.system.delivery;

import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.device.internal.outbox.OutboxMode;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.system.delivery.ModelKafka.Landed;
import io.fleetline.system.delivery.Scenario.Trouble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Judges what readers say when acknowledged records have vanished from Kafka: all of that, and nothing else. */
final class RemovalJudge {
    private final History history;
    private final World world;
    private final List<Landed> log;
    private final Map<Long, Event> events;
    private final FilterLimits limits;
    private final SplittableRandom random;

    /** @param events all that was published, by its value */
    RemovalJudge(History history, Map<Long, Event> events, FilterLimits limits, SplittableRandom random) {
        this.history = history;
        this.world = history.world();
        this.log = world.kafka.log();
        this.events = events;
        this.limits = limits;
        this.random = random;
    }

    /** Takes some records away that were receipted, by chance, and asks what readers then hear and get. */
    void judge() {
        Map<String, Landed> candidates = new LinkedHashMap<>();
        for (Landed each : log) {
            Event event = events.get(each.value());
            if (event != null && event.isReceipted() && event.value <= history.valuesBeforeTheEnd()) {
                candidates.putIfAbsent(each.key(), each);
            }
        }
        if (candidates.isEmpty()) {
            return;
        }
        List<Landed> all = new ArrayList<>(candidates.values());
        Landed chosen = all.get(random.nextInt(all.size()));
        Set<String> gone = new HashSet<>();
        int kind = random.nextInt(4);
        int at = all.indexOf(chosen);
        for (int i = 0; i < all.size(); i++) {
            Landed each = all.get(i);
            boolean sameRun = sameRun(each, chosen);
            boolean goes = switch (kind) {
                case 0 -> i == at;
                case 1 -> sameRun && each.read().seq() >= chosen.read().seq();
                case 2 -> sameRun && each.read().seq() <= chosen.read().seq();
                default -> i >= at && i < at + 6;
            };
            if (goes) {
                gone.add(each.key());
            }
        }
        judge(gone);
    }

    /**
     * Whether something in the topic says that this number was acknowledged: a record of its own run, or of one that begins
     * behind it. A crash in BUFFERED or MEMORY can take away what the device knew before it could say so.
     */
    private static boolean isProvable(Seq number, RecordPosition removed, List<Landed> rest) {
        return rest.stream()
                .map(each -> each.read().position())
                .anyMatch(at -> at.lane() == number.lane()
                        && at.store() == number.store()
                        && at.acked() >= number.seq()
                        && (at.run() == removed.run() || at.first() > number.seq()));
    }

    /** Whether the device always knows again what was acknowledged, and goes on with the same store. */
    private boolean remembersAll() {
        return world.devices.get(0).mode() == OutboxMode.DURABLE
                && !world.has(Trouble.FAILING_DISK)
                && !world.has(Trouble.WIPE);
    }

    /**
     * From which number on readers cannot know to which run a number belongs, {@link Long#MAX_VALUE} if they can: of a run
     * nothing is left that landed before a later one used its numbers again, since a crash took from memory that they were
     * acknowledged; and then a copy of it lands and says so. Without what is gone the topic is that of a disk set back
     * under clocks that differ, as OVERTAKEN says.
     */
    private static long takenForSetBack(
            Seq stream, List<RecordPosition> removed, List<Landed> rest, List<Alarm> alarms) {
        long from = Long.MAX_VALUE;
        for (RecordPosition gone : removed) {
            boolean told = isOf(gone, stream)
                    && alarms.stream()
                            .anyMatch(alarm -> alarm instanceof Alarm.Overtaken overtaken
                                    && overtaken.lane() == gone.lane()
                                    && overtaken.store() == gone.store()
                                    && overtaken.run() == gone.run());
            if (told) {
                long first = rest.stream()
                        .map(each -> each.read().position())
                        .filter(at -> isOf(at, stream))
                        .takeWhile(at -> at.run() != gone.run())
                        .filter(at -> at.order() > gone.order() && at.first() <= gone.seq())
                        .mapToLong(RecordPosition::first)
                        .min()
                        .orElse(Long.MAX_VALUE);
                from = Math.min(from, first);
            }
        }
        return from;
    }

    private static boolean isOf(RecordPosition at, Seq stream) {
        return at.lane() == stream.lane() && at.store() == stream.store();
    }

    private static Seq stream(Event event) {
        return new Seq(event.lane, event.store, 0);
    }

    private static boolean sameRun(Landed a, Landed b) {
        return a.read().position().lane() == b.read().position().lane()
                && a.read().position().store() == b.read().position().store()
                && a.read().position().run() == b.read().position().run();
    }

    private void judge(Set<String> gone) {
        List<Landed> rest = new ArrayList<>();
        Set<Seq> there = new HashSet<>();
        Set<Seq> removed = new HashSet<>();
        Map<Seq, RecordPosition> positions = new HashMap<>();
        List<RecordPosition> removedAt = new ArrayList<>();
        for (Landed each : log) {
            RecordPosition at = each.read().position();
            if (gone.contains(each.key()) && !each.read().isGap()) {
                Seq number = new Seq(at.lane(), at.store(), at.seq());
                removed.add(number);
                positions.put(number, at);
                removedAt.add(at);
                world.coverage.count(Seen.REMOVALS, 1);
                continue;
            }
            rest.add(each);
            for (long seq = at.seq(); seq <= each.read().to(); seq++) {
                there.add(new Seq(at.lane(), at.store(), seq));
            }
        }
        Reader reader = new Reader(log, FilterStart.whole(), limits).read(rest);
        Judge.judgeOnce(reader, "a reader of what is left");
        Set<Seq> told = new HashSet<>();
        for (Alarm alarm : reader.alarms()) {
            if (alarm instanceof Alarm.Lost lost) {
                world.coverage.count(Seen.LOST_ALARMS, 1);
                long unknown = takenForSetBack(new Seq(lost.lane(), lost.store(), 0), removedAt, rest, reader.alarms());
                for (long seq = lost.from(); seq <= lost.to(); seq++) {
                    Seq number = new Seq(lost.lane(), lost.store(), seq);
                    told.add(number);
                    if (!removed.contains(number) && seq < unknown) {
                        throw new BrokenInvariant(
                                Invariant.ONLY_REMOVED_IS_REPORTED, gone + " were removed, told is " + lost.message());
                    }
                }
            }
        }
        Set<Seq> unprovable = new HashSet<>();
        for (Seq number : removed) {
            if (!told.contains(number) && !there.contains(number)) {
                if (remembersAll() || isProvable(number, positions.get(number), rest)) {
                    throw new BrokenInvariant(
                            Invariant.REMOVED_IS_REPORTED,
                            number + " was removed among " + gone + ", told is " + reader.alarms());
                }
                world.coverage.count(Seen.REMOVALS_NOBODY_CAN_SHOW, 1);
                unprovable.add(new Seq(number.lane(), number.store(), 0));
            }
        }
        Set<Long> got = Judge.values(reader.accepted());
        for (Landed each : rest) {
            Event event = events.get(each.value());
            if (event != null
                    && event.isReceipted()
                    && !got.contains(each.value())
                    && !unprovable.contains(stream(event))
                    && event.seq < takenForSetBack(stream(event), removedAt, rest, reader.alarms())) {
                throw new BrokenInvariant(
                        Invariant.REMOVAL_HIDES_NOTHING,
                        gone + " were removed, and " + each + " is not accepted; told is " + reader.alarms());
            }
        }
    }
}
