package io.fleetline.system.delivery;

import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.device.internal.outbox.OutboxMode;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.system.delivery.ModelKafka.Landed;
import io.fleetline.system.delivery.Scenario.Trouble;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Judges a history that has come to its end, by what its publishers were told and what readers of its topic get. */
final class Judge {
    private record RunName(io.fleetline.protocol.Lane lane, long store, long run) {}

    private static final int SHORT_MEMORY = 8;
    private static final int ONE_PLAYED_ON_OF = 8;

    private final History history;
    private final World world;
    private final SplittableRandom random;
    private final List<Landed> log;
    private final FilterLimits limits;
    private final Map<Long, Event> events = new HashMap<>();
    private final LandedRuns runs;
    /** In one history of four, readers forget runs that were taken over much sooner: so it is seen what comes of that. */
    private final boolean hasShortMemory;
    /** Whether the history was not judged before. */
    private final boolean isFirst;
    /** Which numbers of which run some gap in the topic covers. */
    private final Map<RunName, TreeMap<Long, Long>> gaps = new HashMap<>();

    /** What readers say who forget nothing: the topic keeps all of it. */
    Judge(History history) {
        this(history, FilterLimits.DEFAULT.supersededRetention(), 1);
    }

    /** Of a history that was played on. */
    static Judge later(History history) {
        return new Judge(history, History.RETENTION, ONE_PLAYED_ON_OF);
    }

    /**
     * Judges it.
     *
     * @param retention how long the topic keeps records
     * @param digit by which part of the seed it is decided whether readers have a short memory
     */
    private Judge(History history, Duration retention, int digit) {
        this.history = history;
        this.hasShortMemory = Math.floorMod(history.world().seed / Scenario.values().length / digit, 4) == 0;
        this.isFirst = digit == 1;
        this.world = history.world();
        this.random = world.random.split();
        this.log = world.kafka.log();
        boolean shortGrace = random.nextBoolean() && isFirst; // else it would be over after the quiet time
        this.limits = limits(Duration.ofSeconds(shortGrace ? 180 : 3_600), hasShortMemory, retention);
        history.events().forEach(event -> events.put(event.value, event));
        this.runs = new LandedRuns(log, events, limits.remembered());
    }

    private static FilterLimits limits(Duration joinGrace, boolean shortMemory, Duration retention) {
        return new FilterLimits(
                joinGrace,
                FilterLimits.DEFAULT.clonedAfter(),
                FilterLimits.DEFAULT.path(),
                shortMemory ? SHORT_MEMORY : FilterLimits.DEFAULT.remembered(),
                FilterLimits.DEFAULT.rememberedFor(),
                FilterLimits.DEFAULT.runsAside(),
                16,
                FilterLimits.DEFAULT.fingerprints(),
                retention);
    }

    /** Whether this history is played on. */
    static boolean isPlayedOn(long seed) {
        return Math.floorMod(seed / Scenario.values().length, ONE_PLAYED_ON_OF) == ONE_PLAYED_ON_OF - 1;
    }

    void judge() {
        count(Seen.HISTORIES, isFirst ? 1 : 0);
        count(Seen.READERS_WITH_A_SHORT_MEMORY, hasShortMemory ? 1 : 0);
        count(Seen.EVENTS, isFirst ? events.size() : 0);
        count(Seen.RECORDS, isFirst ? log.size() : 0);
        judgeRecords();
        Reader whole = new Reader(log, FilterStart.whole(), limits).read(log);
        count(whole);
        whole.vanished(log).ifPresent(each -> {
            throw broken(Invariant.NOTHING_VANISHES, each + " was read, and nobody knows what became of it");
        });
        if (world.scenario.isHonest()) {
            judgeHonest(whole);
        } else if (world.has(Trouble.COPY)) {
            judgeCopied(whole);
        } else {
            judgeTreacherous(whole);
        }
        judgeRestarts(whole);
        // Where a forgotten run took over, readers of a part of the topic do not take the same run for the right one.
        if (world.scenario.isHonest()
                && whole.accepted().stream().noneMatch(each -> runs.isForgottenAndTold(each, whole))) {
            judgeJoining();
            new RemovalJudge(history, events, limits, random).judge();
        }
    }

    private void count(Seen what, long times) {
        world.coverage.count(what, times);
    }

    private static BrokenInvariant broken(Invariant invariant, String how) {
        return new BrokenInvariant(invariant, how);
    }

    // ---- what stands in the topic

    private void judgeRecords() {
        Map<RunName, Landed> runs = new HashMap<>();
        Map<String, Landed> owners = new HashMap<>();
        Map<Seq, Long> runOf = new HashMap<>();
        for (Landed each : log) {
            RecordPosition at = each.read().position();
            RunName name = new RunName(at.lane(), at.store(), at.run());
            Landed known = runs.putIfAbsent(name, each);
            if (known != null
                    && !world.scenario.isTreacherous()
                    && !world.has(Trouble.COPY)
                    && (known.read().position().order() != at.order()
                            || known.read().position().first() != at.first())) {
                throw broken(Invariant.A_RUN_IS_ONE, known + " and " + each);
            }
            if (at.before().isPresent()) {
                count(Seen.RECORDS_NAMING_BEFORE, 1);
            }
            if (each.read().isGap()) {
                count(Seen.GAPS, 1);
                gaps.computeIfAbsent(name, any -> new TreeMap<>())
                        .merge(at.seq(), each.read().to(), Math::max);
                judgeReason(each);
            } else {
                Landed first = owners.putIfAbsent(each.key(), each);
                if (first != null && first.value() != each.value() && !world.has(Trouble.COPY)) {
                    throw broken(Invariant.A_NUMBER_IS_ONE, first + " and " + each);
                }
                Long run = runOf.putIfAbsent(new Seq(at.lane(), at.store(), at.seq()), at.run());
                if (run != null && run != at.run()) {
                    count(Seen.NUMBERS_USED_TWICE, 1);
                }
            }
        }
        for (Landed each : log) {
            if (!each.read().isGap()
                    && isCoveredByGap(each.read().position(), each.read().seq())) {
                count(Seen.GAPS_OVER_STORED_EVENTS, 1);
            }
        }
    }

    private void judgeReason(Landed gap) {
        GapReason reason = gap.read().gap().orElseThrow().reason();
        boolean possible = switch (reason) {
            case OVERFLOW -> world.has(Trouble.OVERFLOW);
            case EXPIRED -> world.has(Trouble.EXPIRY);
            // A crash leaves gaps on disk without the items between them, which nobody was promised then.
            case STORAGE_DAMAGED ->
                world.scenario.isTreacherous()
                        || world.has(Trouble.FAILING_DISK)
                        || world.devices.get(0).mode() == OutboxMode.BUFFERED
                        || nothingWasPromised(gap);
            case REFUSED -> wasRejected(gap);
        };
        if (!possible) {
            throw broken(Invariant.A_NUMBER_IS_ONE, "nothing was " + reason + ": " + gap);
        }
    }

    private boolean nothingWasPromised(Landed gap) {
        return history.events().stream()
                .filter(event -> event.isPromised() || event.isReceipted())
                .noneMatch(event -> event.lane == gap.read().position().lane()
                        && event.store == gap.read().position().store()
                        && event.run == gap.read().position().run()
                        && event.seq >= gap.read().seq()
                        && event.seq <= gap.read().to());
    }

    private boolean wasRejected(Landed gap) {
        for (long seq = gap.read().seq(); seq <= gap.read().to(); seq++) {
            if (!world.rejected.contains(gap.read().position().lane() + "/" + seq)) {
                return false;
            }
        }
        return true;
    }

    private boolean isCoveredByGap(RecordPosition at, long seq) {
        return isCoveredByGap(new RunName(at.lane(), at.store(), at.run()), seq);
    }

    private boolean isCoveredByGap(RunName run, long seq) {
        TreeMap<Long, Long> ofRun = gaps.get(run);
        if (ofRun == null) {
            return false;
        }
        return ofRun.headMap(seq, true).values().stream().anyMatch(to -> to >= seq);
    }

    /** Whether the device itself declared, in the topic, that it dropped this event. */
    private boolean wasDeclaredDropped(Event event) {
        return isCoveredByGap(new RunName(event.lane, event.store, event.run), event.seq);
    }

    // ---- readers

    private void count(Reader reader) {
        count(Seen.REPEATED_RECORDS, reader.repeated());
        Map<Seq, Long> last = new HashMap<>();
        int highest = -1;
        for (Landed each : reader.accepted()) {
            RecordPosition at = each.read().position();
            Long run = last.put(new Seq(at.lane(), at.store(), 0), at.run());
            if (run != null && run != at.run()) {
                count(Seen.RUN_TAKEOVERS, 1);
            }
            if (each.offset() < highest) {
                count(Seen.RECORDS_HELD, 1);
            }
            highest = Math.max(highest, each.offset());
        }
        for (Alarm alarm : reader.alarms()) {
            if (alarm instanceof Alarm.Lost) {
                count(Seen.LOST_ALARMS, 1);
            } else if (alarm instanceof Alarm.Cloned) {
                count(Seen.CLONED_ALARMS, 1);
            } else if (alarm instanceof Alarm.Conflict && !world.has(Trouble.COPY)) {
                throw broken(Invariant.NO_FALSE_ALARM, alarm.message());
            } else if (alarm instanceof Alarm.AsideOverflow) {
                count(Seen.ASIDE_OVERFLOW_ALARMS, 1);
            } else if (alarm instanceof Alarm.Overtaken) {
                count(Seen.OVERTAKEN_ALARMS, 1);
            }
        }
    }

    static Set<Long> values(List<Landed> records) {
        Set<Long> values = new HashSet<>();
        records.forEach(each -> values.add(each.value()));
        return values;
    }

    private void judgeHonest(Reader whole) {
        judgeOnceUnlessForgotten(whole);
        judgeOrder(whole);
        for (Alarm alarm : whole.alarms()) {
            if (isOfACrash(alarm)
                    || (alarm instanceof Alarm.Lost && runs.hasForgotten(alarm.lane(), alarm.store(), whole))) {
                continue;
            }
            throw broken(
                    alarm instanceof Alarm.Lost ? Invariant.NO_FALSE_LOST : Invariant.NO_FALSE_ALARM, alarm.message());
        }
        Set<Long> accepted = values(whole.accepted());
        Set<Long> early = values(new Reader(log, FilterStart.whole(), limits)
                .read(log.subList(0, history.quietRecords()))
                .accepted());
        for (Event event : history.events()) {
            if (event.isReceipted() && !accepted.contains(event.value)) {
                throw broken(Invariant.RECEIPTED_IS_ACCEPTED, event + " is receipted, and no reader gets it");
            }
            if (event.isReceipted() && event.value <= history.valuesBeforeTheEnd() && !early.contains(event.value)) {
                throw broken(
                        Invariant.NOTHING_RECEIPTED_STAYS_HELD,
                        event + " is receipted, and readers get it only after a further publish");
            }
            if (event.isPromised()
                    && !accepted.contains(event.value)
                    && !wasDeclaredDropped(event)
                    && !wasWiped(event)) {
                throw broken(Invariant.DURABLE_SURVIVES, event + " was on disk, was not dropped, and never arrives");
            }
        }
    }

    /**
     * Whether an alarm is right although no disk was set back: something may land late of what a crash took out of memory,
     * and more runs may have taken over since than are remembered. Nobody could tell from the topic.
     */
    private boolean isOfACrash(Alarm alarm) {
        if (alarm instanceof Alarm.Overtaken overtaken) {
            return runs.runsLaterThan(alarm, overtaken.run()) > limits.remembered()
                    || (isMemoryFirst()
                            && history.events().stream()
                                    .noneMatch(event -> event.isReceipted()
                                            && isOf(event, overtaken)
                                            && event.seq == overtaken.seq()));
        }
        return alarm instanceof Alarm.AsideOverflow overflow
                && (isMemoryFirst()
                        || isOver(overflow.store())
                        || runs.runsLaterThan(alarm, overflow.run()) > limits.remembered());
    }

    /** Whether the device went on with another store: of this one, what still lands was promised to nobody. */
    private boolean isOver(long store) {
        return history.events().get(history.events().size() - 1).store != store;
    }

    private boolean isMemoryFirst() {
        return world.devices.get(0).mode() == OutboxMode.BUFFERED || world.has(Trouble.FAILING_DISK);
    }

    private static boolean wasNamedLost(Event event, List<Alarm> alarms) {
        return alarms.stream()
                .anyMatch(alarm -> alarm instanceof Alarm.Lost lost
                        && event.lane == lost.lane()
                        && event.store == lost.store()
                        && lost.from() <= event.seq
                        && event.seq <= lost.to());
    }

    private static boolean isOf(Event event, Alarm.Overtaken overtaken) {
        return event.lane == overtaken.lane() && event.store == overtaken.store() && event.run == overtaken.run();
    }

    private boolean wasWiped(Event event) {
        return world.has(Trouble.WIPE) && !event.isReceipted();
    }

    private void judgeTreacherous(Reader whole) {
        judgeOnceOrTold(whole);
        Set<Long> accepted = values(whole.accepted());
        for (Event event : history.events()) {
            if (event.isReceipted()
                    && !accepted.contains(event.value)
                    && !wasDeclaredDropped(event)
                    && !runs.wasOvertaken(event, whole.alarms())
                    && !wasNamedLost(event, whole.alarms())) {
                throw broken(
                        Invariant.LOSES_ONLY_WHAT_IT_DROPPED,
                        event + " is receipted, was not dropped, and no reader gets it; alarms: " + whole.alarms());
            }
        }
    }

    private void judgeCopied(Reader whole) {
        judgeOnce(whole, "a reader of the whole");
        Set<Long> accepted = values(whole.accepted());
        for (Event event : history.events()) {
            if (event.isReceipted() && !accepted.contains(event.value)) {
                count(Seen.LOST_TO_A_COPY, 1);
                if (!isAlarmed(event, whole.alarms())) {
                    throw broken(
                            Invariant.COPIES_ARE_NOTICED, event + " is receipted, no reader gets it, nobody is told");
                }
            }
        }
    }

    /** Whether some alarm is about the stream that the event is of. */
    private static boolean isAlarmed(Event event, List<Alarm> alarms) {
        return alarms.stream().anyMatch(alarm -> alarm.lane() == event.lane && alarm.store() == event.store);
    }

    static void judgeOnce(Reader reader, String who) {
        Set<Long> seen = new HashSet<>();
        for (Landed each : reader.accepted()) {
            if (!seen.add(each.value())) {
                throw broken(Invariant.ACCEPTED_ONCE, who + " gets " + each + " a second time");
            }
        }
    }

    /** Once, but for what was told of a run that came late, after more others than a filter remembers. */
    private void judgeOnceUnlessForgotten(Reader reader) {
        Set<Long> seen = new HashSet<>();
        for (Landed each : reader.accepted()) {
            RecordPosition at = each.read().position();
            if (!seen.add(each.value()) && !runs.hasForgotten(at.lane(), at.store(), reader)) {
                throw broken(Invariant.ACCEPTED_ONCE, "a reader of the whole gets " + each + " a second time, untold");
            }
        }
    }

    /**
     * A disk that was set back can double what is long past, if more runs took over since than a filter remembers. The
     * filter tells, unless the run has come back with another order than it had.
     */
    private void judgeOnceOrTold(Reader reader) {
        Set<Long> seen = new HashSet<>();
        for (Landed each : reader.accepted()) {
            if (!seen.add(each.value())
                    && !runs.wasOvertaken(events.get(each.value()), reader.alarms())
                    && !(runs.hasAnotherOrder(each) && runs.isForgotten(each))) {
                throw broken(Invariant.ACCEPTED_ONCE, "a reader of the whole gets " + each + " a second time, untold");
            }
        }
    }

    /** In order, but for what was told of a run that came late, after more others than a filter remembers. */
    private void judgeOrder(Reader reader) {
        Map<Seq, Landed> last = new HashMap<>();
        for (Landed each : reader.accepted()) {
            RecordPosition at = each.read().position();
            Landed before = last.put(new Seq(at.lane(), at.store(), 0), each);
            boolean early = before != null && before.value() > each.value();
            if (early && !runs.hasForgotten(at.lane(), at.store(), reader)) {
                throw broken(Invariant.ACCEPTED_IN_ORDER, each + " comes after " + before);
            }
        }
    }

    private void judgeRestarts(Reader whole) {
        Reader restarted = new Reader(log, FilterStart.whole(), limits);
        int next = 0;
        while (next < log.size()) {
            int upTo = Math.min(log.size(), next + 1 + random.nextInt(1 + random.nextInt(60)));
            restarted.read(log.subList(next, upTo));
            restarted.restart();
            count(Seen.READERS_RESTARTED, 1);
            next = upTo;
        }
        if (!restarted.output().equals(whole.output()) || !restarted.alarms().equals(whole.alarms())) {
            throw broken(
                    Invariant.RESTART_CHANGES_NOTHING,
                    restarted.output() + " and " + restarted.alarms() + ", not " + whole.output() + " and "
                            + whole.alarms());
        }
        List<byte[]> states = restarted.states();
        for (int i = 0; i < states.size(); i++) {
            if (!Arrays.equals(states.get(i), whole.states().get(i))) {
                throw broken(Invariant.RESTART_CHANGES_NOTHING, "the states differ at the end");
            }
        }
    }

    /** Whether it shows when a reader lets go of what the topic keeps no longer, and does so at any moment. */
    void judgeForgetting() {
        Reader never = new Reader(
                        log,
                        FilterStart.whole(),
                        limits.withSupersededRetention(FilterLimits.DEFAULT.supersededRetention()))
                .read(log);
        Reader often = new Reader(log, FilterStart.whole(), limits);
        long newestMillis = 0;
        for (Landed each : log) {
            newestMillis = Math.max(newestMillis, each.read().timestampMillis());
            if (random.nextInt(8) == 0) {
                count(Seen.STORES_FORGOTTEN, often.forgetSuperseded(newestMillis));
            }
            often.read(each);
        }
        if (!often.output().equals(never.output()) || !often.alarms().equals(never.alarms())) {
            throw broken(
                    Invariant.FORGETTING_CHANGES_NOTHING,
                    often.output() + " and " + often.alarms() + ", not " + never.output() + " and " + never.alarms());
        }
    }

    private void judgeJoining() {
        if (log.size() < 10) {
            return;
        }
        count(Seen.READERS_JOINED, 1);
        int at = 1 + random.nextInt(log.size() - 1);
        Reader unbroken = new Reader(log, FilterStart.whole(), limits).read(log.subList(0, at));
        int before = unbroken.accepted().size();
        List<Landed> rest = log.subList(at, log.size());
        unbroken.read(rest);
        // Where retention has deleted all before, nobody knows any more when that was.
        boolean trimmed = at % 2 == 0;
        count(Seen.READERS_OF_A_TRIMMED_TOPIC, trimmed ? 1 : 0);
        FilterStart start = trimmed
                ? FilterStart.atFirstRecord()
                : FilterStart.after(log.get(at - 1).read().timestampMillis());
        Reader joining = new Reader(log, start, limits).read(rest);
        judgeOnce(joining, "a reader that begins at " + at);
        Set<Long> still = values(rest);
        Set<Long> got = values(joining.accepted());
        for (Landed each :
                unbroken.accepted().subList(before, unbroken.accepted().size())) {
            Event event = events.get(each.value());
            if (event != null && event.isReceipted() && still.contains(each.value()) && !got.contains(each.value())) {
                throw broken(
                        Invariant.JOINING_LOSES_NOTHING,
                        "a reader that begins at offset " + at + " does not get " + each + "; " + joining.alarms());
            }
        }
        for (Alarm alarm : joining.alarms()) {
            if (alarm instanceof Alarm.Lost) {
                throw broken(
                        Invariant.NO_FALSE_LOST,
                        "a reader that begins at offset " + at + " with a grace of " + limits.joinGrace() + " hears "
                                + alarm.message());
            }
        }
    }
}
