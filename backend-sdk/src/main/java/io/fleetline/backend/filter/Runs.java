package io.fleetline.backend.filter;

import io.fleetline.protocol.RecordPosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runs of one stream: the current one, those that wait with held records, and those that were taken over. */
final class Runs<R> {
    private @Nullable Run<R> current;

    /** Runs that are not the current one and hold something, in no order; null while there are none. */
    private @Nullable ArrayList<Run<R>> waiting;

    /** Null until a run takes over from another. */
    private @Nullable Takeovers takeovers;

    /** The run that owns the next number; none until one is met that can. */
    @Nullable Run<R> current() {
        return current;
    }

    List<Run<R>> waiting() {
        return waiting == null ? List.of() : waiting;
    }

    boolean hold() {
        return waiting != null || (current != null && current.holds());
    }

    /** The run that this record belongs to; a new one, met now and not yet waiting, if it is not known. */
    Run<R> of(RecordPosition position, DeviceFilter<R> device) {
        if (current != null && current.name() == position.run()) {
            return current;
        }
        for (Run<R> run : waiting()) {
            if (run.name() == position.run()) {
                return run;
            }
        }
        return Run.metBy(position, device.nextArrival());
    }

    void await(Run<R> run) {
        if (waiting == null) {
            waiting = new ArrayList<>(2);
        }
        waiting.add(run);
    }

    /** What is remembered of this run, if it was taken over. */
    Takeovers.@Nullable TakenOver takenOver(long run) {
        return takeovers == null ? null : takeovers.takenOver(run);
    }

    /** All that came before a run is settled when it, or a run after it, shows an ack that reaches its first number. */
    void settleBefore(Run<R> run, long acked) {
        for (Run<R> other : waiting()) {
            if (!other.isLaterThan(run) && other.first() <= acked + 1) {
                other.settleWhatCameBefore();
            }
        }
    }

    /**
     * The earliest waiting run, no later than {@code upTo} if that is given, that may take over at this number: what
     * came before it is settled, or belongs to the very run that it names.
     */
    @Nullable Run<R> successor(long next, @Nullable Run<R> upTo) {
        Run<R> earliest = null;
        for (Run<R> run : waiting()) {
            if (run.first() <= next
                    && (current == null || (run.isLaterThan(current) && follows(run)))
                    && (upTo == null || !run.isLaterThan(upTo))
                    && (earliest == null || earliest.isLaterThan(run))) {
                earliest = run;
            }
        }
        return earliest;
    }

    private boolean follows(Run<R> run) {
        return run.before().isEmpty() || run.before().equals(takeovers().ownerOf(run.first() - 1));
    }

    /** The lowest first number above this one among the waiting runs no later than {@code upTo}, if below the limit. */
    long lowestFirst(long above, Run<R> upTo, long limit) {
        long lowest = limit;
        for (Run<R> run : waiting()) {
            if (!run.isLaterThan(upTo) && run.first() > above) {
                lowest = Math.min(lowest, run.first());
            }
        }
        return lowest;
    }

    /**
     * Puts the first run of all in charge, or lets one take over from the current one.
     *
     * @param unseen the numbers of the current one of which no record has been seen
     */
    void enter(Run<R> run, NumberRanges unseen, long byRecordMillis) {
        if (current != null) {
            leave(run.earliestMillis(byRecordMillis), unseen);
            takeovers().enter(run.name(), run.first());
        }
        makeCurrent(run);
    }

    /**
     * The current run has come to its end: late copies of it are dropped from now on.
     *
     * @param unseen its numbers of which no record has been seen
     */
    void leave(long sinceMillis, NumberRanges unseen) {
        if (current != null) {
            takeovers().leave(current.name(), sinceMillis, unseen);
        }
    }

    /** Puts a run in charge without proof that it came next: which run owns a number is not judged by it. */
    void enterUnproven(Run<R> run) {
        takeovers();
        makeCurrent(run);
    }

    /** These numbers have been told, and are not told again when a late copy of a run that was taken over proves the same. */
    void forgetUnseen(NumberRanges.Range told) {
        if (takeovers != null) {
            takeovers.forgetUnseen(told);
        }
    }

    private void makeCurrent(Run<R> run) {
        current = run;
        forget(run);
    }

    /** Waiting runs that are later than the current one, and will not be later than this one when it has taken over. */
    List<Run<R>> passedBy(Run<R> run) {
        if (waiting == null || waiting.size() < 2) {
            return List.of();
        }
        List<Run<R>> passed = new ArrayList<>();
        for (Run<R> other : waiting) {
            if (other != run && run.isLaterThan(other) && (current == null || other.isLaterThan(current))) {
                passed.add(other);
            }
        }
        return passed;
    }

    /** Waiting runs that are not later than the current one, the earliest first. */
    List<Run<R>> aside() {
        if (current == null || waiting == null) {
            return List.of();
        }
        List<Run<R>> aside = new ArrayList<>();
        for (Run<R> run : waiting) {
            if (!run.isLaterThan(current)) {
                aside.add(run);
            }
        }
        aside.sort(Run::compareTo);
        return aside;
    }

    /** All that hold something, the earliest first. */
    List<Run<R>> holding() {
        List<Run<R>> holding = new ArrayList<>(waiting());
        if (current != null && current.holds()) {
            holding.add(current);
        }
        holding.sort(Run::compareTo);
        return holding;
    }

    /** The latest run that is known, unless none is. */
    @Nullable Run<R> latest() {
        Run<R> latest = current;
        for (Run<R> run : waiting()) {
            if (latest == null || run.isLaterThan(latest)) {
                latest = run;
            }
        }
        return latest;
    }

    /** Nothing is held of this run any more. */
    void forget(Run<R> run) {
        if (waiting != null && waiting.remove(run) && waiting.isEmpty()) {
            waiting = null;
        }
    }

    void forgetOldTakeovers(FilterLimits limits, long nowMillis) {
        if (takeovers != null) {
            takeovers.forgetOldest(limits, nowMillis);
        }
    }

    /** The path begins with the run that was there before any takeover. */
    private Takeovers takeovers() {
        if (takeovers == null) {
            takeovers = new Takeovers();
            if (current != null) {
                takeovers.enter(current.name(), current.first());
            }
        }
        return takeovers;
    }

    void writeTo(StateWriter state, HeldRecordCodec<R> codec) {
        state.flag(current != null);
        if (current != null) {
            current.writeTo(state, codec);
        }
        state.number(waiting().size());
        waiting().forEach(run -> run.writeTo(state, codec));
        state.flag(takeovers != null);
        if (takeovers != null) {
            takeovers.writeTo(state);
        }
    }

    static <R> Runs<R> readFrom(StateReader state, HeldRecordCodec<R> codec) {
        Runs<R> runs = new Runs<>();
        if (state.flag()) {
            runs.current = Run.readFrom(state, codec);
        }
        for (int left = state.count(); left > 0; left--) {
            runs.await(Run.readFrom(state, codec));
        }
        if (state.flag()) {
            runs.takeovers = Takeovers.readFrom(state);
        }
        return runs;
    }
}
