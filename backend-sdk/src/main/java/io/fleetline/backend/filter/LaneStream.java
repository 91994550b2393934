package io.fleetline.backend.filter;

import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.StoreNames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One stream, which is one lane of one store of a device: the rules of {@link StreamFilter} for order, runs and loss. */
final class LaneStream<R> {
    private final DeviceFilter<R> device;
    private final Lane lane;
    private final long store;
    private final int arrival;
    /** Numbers below {@code next} that were passed over when a later store was at work, unless a later run owns them. */
    private final NumberRanges letGo;

    private final Fingerprints fingerprints;
    private final Runs<R> runs;

    /** The number that comes next. */
    private long next;

    /**
     * Until which record time this stream joins: no number up to {@code floor} counts as lost, and nobody takes over from
     * aside. 0 when it does no more.
     */
    private long joinsUntilMillis;

    private long floor;
    private long newestMillis;

    /** When it was first seen that a later store had followed, since the last record; 0 if it was not. */
    private long overMillis;

    private @Nullable LaneStream<R> metBefore;

    /**
     * @param arrival how many streams and runs of the device were met before
     * @param joinsUntilMillis until which record time it joins; 0 if it does not
     */
    LaneStream(DeviceFilter<R> device, Lane lane, long store, int arrival, long next, long joinsUntilMillis) {
        this(
                device,
                lane,
                store,
                arrival,
                next,
                new NumberRanges(),
                new Fingerprints(device.limits().fingerprints()),
                new Runs<>());
        this.joinsUntilMillis = joinsUntilMillis;
    }

    private LaneStream(
            DeviceFilter<R> device,
            Lane lane,
            long store,
            int arrival,
            long next,
            NumberRanges letGo,
            Fingerprints fingerprints,
            Runs<R> runs) {
        this.device = device;
        this.lane = lane;
        this.store = store;
        this.arrival = arrival;
        this.next = next;
        this.letGo = letGo;
        this.fingerprints = fingerprints;
        this.runs = runs;
    }

    /** The device's stream that was met before this one. */
    @Nullable LaneStream<R> metBefore() {
        return metBefore;
    }

    void metAfter(@Nullable LaneStream<R> stream) {
        metBefore = stream;
    }

    Lane lane() {
        return lane;
    }

    boolean is(Lane thisLane, long thisStore) {
        return lane == thisLane && store == thisStore;
    }

    boolean holds() {
        return runs.hold();
    }

    long newestMillis() {
        return newestMillis;
    }

    /** When this stream was seen to be over; 0 if it was not, or had a record since. */
    long overMillis() {
        return overMillis;
    }

    /** Notes that it is seen now, Unix time in ms, to be over. True if that is new. */
    boolean noteOver(long nowMillis) {
        if (overMillis > 0) {
            return false;
        }
        overMillis = nowMillis;
        return true;
    }

    /**
     * Whether this stream is over once that one is at work, which shows up to which number it was acknowledged. Either that
     * one is later: it was met after this one, and the run is later than all here. Or it came back: the run followed all
     * here, and has been heard. A store in memory does not end one on a disk, to which the device will come back.
     *
     * <p>For a reader that joins, what it meets later may be a late copy of what came earlier, and a higher order may come
     * from a clock that is ahead: there only a run that was met from its first number on, with all that it shows to be
     * acknowledged, ends this one. Nothing acknowledged waits longer for that: its first record stands before all records
     * of the device's next process, so that a reader who is to get it sees that process begin.
     */
    boolean isBefore(LaneStream<R> that, Run<R> run, long acked) {
        Run<R> latest = runs.latest();
        if (this == that || latest == null || (StoreNames.isFleeting(that.store) && !StoreNames.isFleeting(store))) {
            return false;
        }
        boolean heard = acked >= run.first();
        if (that.joining()) {
            return heard && run.beganAfter(latest);
        }
        return (arrival < that.arrival && run.isLaterThan(latest)) || (heard && run.followed(latest));
    }

    /** Whether this stream is over for good: that one's latest run says so, has been heard, and was met after all here. */
    boolean isOverBy(LaneStream<R> that) {
        Run<R> latest = that.runs.latest();
        Run<R> last = runs.latest();
        return latest != null
                && last != null
                && latest.isHeard()
                && latest.isMetAfter(last)
                && isBefore(that, latest, latest.first());
    }

    /** Whether this stream is likely over: it is once the latest run of that one is heard. */
    boolean isBefore(LaneStream<R> that) {
        Run<R> latest = that.runs.latest();
        return latest != null && isBefore(that, latest, latest.first());
    }

    private boolean joining() {
        return joinsUntilMillis > 0;
    }

    void accept(StreamRecord<R> record, FilterOutput<R> output) {
        RecordPosition position = record.position();
        if (joining()) {
            floor = Math.max(floor, record.to());
            if (record.timestampMillis() >= joinsUntilMillis) {
                joinsUntilMillis = 0;
            }
        }
        newestMillis = Math.max(newestMillis, record.timestampMillis());
        overMillis = 0;
        Run<R> run = runs.current();
        if (run != null && run.name() == position.run()) {
            run.hear(position.acked());
        }
        if (run != null && run.name() == position.run() && letGo.isEmpty() && !device.holdsSomething()) {
            if (record.to() < next) {
                repeated(record, output);
                return;
            }
            if (position.seq() == next && !record.isGap()) {
                deliver(record, next, output);
                return;
            }
        }
        place(record, output);
    }

    /** Everything but a copy of, or the plain next record of, the current run while nothing is held. */
    private void place(StreamRecord<R> record, FilterOutput<R> output) {
        RecordPosition position = record.position();
        Takeovers.TakenOver takenOver = runs.takenOver(position.run());
        if (takenOver != null) {
            lateCopy(record, takenOver, output);
            return;
        }
        Run<R> run = runs.of(position, device);
        long acked = position.acked();
        run.meet(position.seq());
        run.hear(acked);
        if (acked > 0 && (!joining() || acked < next)) {
            device.retireStoresBefore(this, run, acked, output);
        }
        place(run, record, output);
        if (acked > 0 && joining()) { // now it is known whether the run was seen from its beginning on
            device.retireStoresBefore(this, run, acked, output);
        }
    }

    private void place(Run<R> run, StreamRecord<R> record, FilterOutput<R> output) {
        RecordPosition position = record.position();
        long acked = position.acked();
        for (NumberRanges.Range each : lost(letGo, acked, output)) {
            runs.forgetUnseen(each);
        }
        Run<R> current = runs.current();
        if (current != null && isAside(run, current) && !run.holds()) {
            overtaken(run.name(), record.seq(), output);
        }
        hold(run, record, output);
        runs.settleBefore(run, acked);
        if (current != null && isAside(run, current)) {
            // A late copy of an earlier run, or a store set back and ordered too low: its acks will tell.
            if (joining() || acked < Math.max(position.first(), current.first())) {
                prune(output);
                return;
            }
            settle(run, record, position.first() - 1, output);
            if (position.first() <= next) {
                enter(run, record, output);
            }
        } else if (run != current) {
            settle(run, record, Math.min(acked, position.first() - 1), output);
        }
        drain(record, output);
        if (run == runs.current() && acked >= next) {
            settle(run, record, acked, output);
            drain(record, output);
        }
        prune(output);
    }

    private static <R> boolean isAside(Run<R> run, Run<R> current) {
        return run != current && !run.isLaterThan(current);
    }

    /** A record of a run that was taken over still shows what was acknowledged of it. */
    private void lateCopy(StreamRecord<R> record, Takeovers.TakenOver takenOver, FilterOutput<R> output) {
        NumberRanges unseen = takenOver.unseen();
        boolean isNew = !record.isGap() && record.seq() > floor && unseen.contains(record.seq());
        if (isNew && !takenOver.isOvertaken() && overtaken(record.position().run(), record.seq(), output)) {
            takenOver.overtake();
        }
        if (!isNew || takenOver.isOvertaken()) {
            unseen.remove(record.seq(), record.to()); // else LOST names it, should it prove to be acknowledged
        }
        if (isNew && takenOver.isOvertaken()) {
            letGo.remove(record.seq(), record.seq());
        }
        tellWhatWasPassedOver(record, output);
        for (NumberRanges.Range each : lost(unseen, record.position().acked(), output)) {
            letGo.remove(each.from(), each.to());
        }
        Run<R> current = runs.current();
        boolean longAfter = record.timestampMillis()
                > takenOver.sinceMillis() + device.limits().clonedAfter().toMillis();
        if (longAfter && current != null && record.to() >= current.first()) {
            output.alarm(
                    new Alarm.Cloned(device.id(), lane, store, record.position().run(), record.seq()));
        }
        output.ignored(device.id(), record, IgnoreReason.TAKEN_OVER);
    }

    /** Tells that this came when its run had been passed, unless that is known to be of no interest. Returns whether it did. */
    private boolean overtaken(long run, long seq, FilterOutput<R> output) {
        boolean tells = !joining() && !device.isSuperseded(this);
        if (tells) {
            output.alarm(new Alarm.Overtaken(device.id(), lane, store, run, seq));
        }
        return tells;
    }

    private void hold(Run<R> run, StreamRecord<R> record, FilterOutput<R> output) {
        if (run == runs.current()) {
            if (record.to() < next) {
                repeated(record, output);
                return;
            }
        } else if (!run.holds()) {
            runs.await(run);
        }
        Run.Hold hold = run.hold(record);
        if (hold == Run.Hold.CONFLICT) {
            conflict(record, output);
        }
        if (hold != Run.Hold.HELD) {
            output.ignored(device.id(), record, IgnoreReason.REPEATED);
        }
    }

    private void repeated(StreamRecord<R> record, FilterOutput<R> output) {
        if (!record.isGap() && fingerprints.contradicts(record.seq(), next, record.fingerprint())) {
            conflict(record, output);
        }
        tellWhatWasPassedOver(record, output);
        output.ignored(device.id(), record, IgnoreReason.REPEATED);
    }

    /** Of what was passed over while joining no LOST will ever name it, nor the others up to the floor. */
    private void tellWhatWasPassedOver(StreamRecord<R> record, FilterOutput<R> output) {
        if (!record.isGap() && record.seq() <= floor && letGo.contains(record.seq())) {
            output.alarm(new Alarm.Overtaken(
                    device.id(), lane, store, record.position().run(), record.seq()));
            letGo.remove(0, floor);
        }
    }

    /** Of numbers that were passed over without proof, those up to {@code acked} are proven to be lost now. */
    private List<NumberRanges.Range> lost(NumberRanges passedOver, long acked, FilterOutput<R> output) {
        List<NumberRanges.Range> proven = passedOver.removeUpTo(acked);
        for (NumberRanges.Range range : proven) {
            lost(range.from(), range.to(), output);
        }
        return proven;
    }

    private void lost(long from, long to, FilterOutput<R> output) {
        long missing = Math.max(from, floor + 1);
        if (missing <= to) {
            output.alarm(new Alarm.Lost(device.id(), lane, store, missing, to));
        }
    }

    private void conflict(StreamRecord<R> record, FilterOutput<R> output) {
        output.alarm(
                new Alarm.Conflict(device.id(), lane, store, record.position().run(), record.seq()));
    }

    /** Delivers what fits {@code next}, and lets runs take over, until neither goes on. */
    private void drain(StreamRecord<R> by, FilterOutput<R> output) {
        while (true) {
            if (deliverNext(output)) {
                continue;
            }
            Run<R> successor = runs.successor(next, null);
            if (successor == null) {
                break;
            }
            enter(successor, by, output);
        }
        Run<R> current = runs.current();
        if (current != null) {
            current.takeBelow(next);
        }
    }

    /** Everything up to this number was acknowledged: delivers what is held of it, and names what is missing. */
    private void settle(Run<R> run, StreamRecord<R> by, long upTo, FilterOutput<R> output) {
        while (next <= upTo) {
            if (deliverNext(output)) {
                continue;
            }
            Run<R> successor = runs.successor(next, run);
            if (successor != null) {
                enter(successor, by, output);
                continue;
            }
            Run<R> current = runs.current();
            long held = current == null ? upTo + 1 : current.nextHeld(next, upTo + 1);
            long behind = runs.lowestFirst(next, run, held);
            lost(next, behind - 1, output);
            if (joining() && current != null) {
                current.miss();
            }
            fingerprints.skip(next, behind - 1);
            next = behind;
        }
    }

    private boolean deliverNext(FilterOutput<R> output) {
        Run<R> current = runs.current();
        StreamRecord<R> record = current == null ? null : current.covering(next);
        if (current == null || record == null) {
            return false;
        }
        deliver(record, record.isGap() ? current.nextEvent(next, record.to()) - 1 : next, output);
        return true;
    }

    /** Delivers an event, or the part of a gap from {@code next} or its own number to this one, and goes past it. */
    private void deliver(StreamRecord<R> record, long to, FilterOutput<R> output) {
        long from = Math.max(next, record.seq());
        next = to + 1;
        if (record.isGap()) {
            fingerprints.skip(from, to);
            output.gap(device.id(), record, from, to);
        } else {
            fingerprints.remember(to, record.fingerprint());
            output.event(device.id(), record);
        }
    }

    /** Lets a run take over; what is held of the one before it goes out first. */
    private void enter(Run<R> run, StreamRecord<R> by, FilterOutput<R> output) {
        Run<R> left = runs.current();
        NumberRanges unseen = left == null ? new NumberRanges() : letGo.from(left.first());
        if (left == null) {
            for (StreamRecord<R> below : run.takeBelow(next)) {
                output.ignored(device.id(), below, IgnoreReason.REPEATED);
            }
        } else {
            deliverInOrder(left.takeAll(), unseen, output);
            unseen.add(next, NumberRanges.OPEN);
            letGo.removeFrom(run.first());
            next = run.first();
        }
        for (Run<R> passed : runs.passedBy(run)) {
            overtaken(passed.name(), passed.held().get(0).seq(), output);
        }
        runs.enter(run, unseen, by.timestampMillis());
        fingerprints.clear();
    }

    private void deliverInOrder(List<StreamRecord<R>> records, NumberRanges passedOver, FilterOutput<R> output) {
        for (StreamRecord<R> record : records) {
            if (record.to() >= next) {
                passedOver.add(next, record.seq() - 1);
                fingerprints.skip(next, record.seq() - 1);
                deliver(record, record.to(), output);
            } else if (!record.isGap()) {
                output.ignored(device.id(), record, IgnoreReason.COVERED);
            }
        }
    }

    /** A later store is at work, so what waits here waits in vain: delivers it, run by run. */
    void deliverWhatIsHeld(FilterOutput<R> output) {
        for (Run<R> run : runs.holding()) {
            Run<R> current = runs.current();
            if (current != null && current.isLaterThan(run)) {
                for (StreamRecord<R> aside : run.takeAll()) {
                    output.ignored(device.id(), aside, IgnoreReason.SUPERSEDED);
                }
                runs.forget(run);
                continue;
            }
            if (run != current) {
                if (current != null) {
                    NumberRanges unseen = letGo.from(current.first());
                    unseen.add(next, NumberRanges.OPEN);
                    runs.leave(run.earliestMillis(newestMillis), unseen);
                }
                runs.enterUnproven(run);
                fingerprints.clear();
                letGo.removeFrom(run.first());
                letGo.add(next, run.first() - 1);
                next = run.first();
            }
            deliverInOrder(run.takeAll(), letGo, output);
        }
    }

    /** Keeps to the limits: the path, the runs taken over, and what waits aside. */
    private void prune(FilterOutput<R> output) {
        FilterLimits limits = device.limits();
        runs.forgetOldTakeovers(limits, newestMillis);
        List<Run<R>> aside = runs.aside();
        for (int i = 0; i < aside.size(); i++) {
            Run<R> run = aside.get(i);
            boolean stays = i >= aside.size() - limits.runsAside();
            List<StreamRecord<R>> dropped = stays ? run.takeBeyond(limits.recordsAside()) : run.takeAll();
            if (!stays) {
                runs.forget(run);
            }
            if (!dropped.isEmpty()) {
                output.alarm(new Alarm.AsideOverflow(device.id(), lane, store, run.name(), dropped.size(), !stays));
                dropped.forEach(each -> output.ignored(device.id(), each, IgnoreReason.ASIDE_OVERFLOW));
            }
        }
    }

    void writeTo(StateWriter state, HeldRecordCodec<R> codec) {
        state.number(lane.number());
        state.number(store);
        state.number(arrival);
        state.number(next);
        state.number(joinsUntilMillis);
        state.number(floor);
        state.number(newestMillis);
        state.number(overMillis);
        letGo.writeTo(state);
        fingerprints.writeTo(state, next);
        runs.writeTo(state, codec);
    }

    static <R> LaneStream<R> readFrom(StateReader state, HeldRecordCodec<R> codec, DeviceFilter<R> device) {
        Lane lane = Lane.of(state.number());
        long store = state.number();
        int arrival = (int) state.number();
        long next = state.number();
        long joinsUntilMillis = state.number();
        long floor = state.number();
        long newestMillis = state.number();
        long overMillis = state.number();
        NumberRanges letGo = NumberRanges.readFrom(state);
        Fingerprints fingerprints =
                Fingerprints.readFrom(state, next, device.limits().fingerprints());
        LaneStream<R> stream =
                new LaneStream<>(device, lane, store, arrival, next, letGo, fingerprints, Runs.readFrom(state, codec));
        stream.joinsUntilMillis = joinsUntilMillis;
        stream.floor = floor;
        stream.newestMillis = newestMillis;
        stream.overMillis = overMillis;
        return stream;
    }
}
