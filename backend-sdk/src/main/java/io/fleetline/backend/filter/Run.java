package io.fleetline.backend.filter;

import io.fleetline.protocol.RecordPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One run of a stream: its place among the others, and its records that cannot be delivered yet. They stand by number,
 * and those of one number in the order in which they came: at most one event and one gap, the longest seen.
 */
final class Run<R> {
    /** What became of a record that was to be held. */
    enum Hold {
        HELD,
        REPEATED,
        CONFLICT
    }

    private final long name;
    private final long order;
    private final long first;
    private final int arrival;
    private boolean firstIsMet;
    private boolean missed;
    private boolean heard;
    private OptionalLong before;
    private @Nullable ArrayList<StreamRecord<R>> held;

    private Run(
            long name,
            long order,
            long first,
            int arrival,
            boolean firstIsMet,
            boolean missed,
            boolean heard,
            OptionalLong before) {
        this.name = name;
        this.order = order;
        this.first = first;
        this.arrival = arrival;
        this.firstIsMet = firstIsMet;
        this.missed = missed;
        this.heard = heard;
        this.before = before;
    }

    /**
     * A run that is met now.
     *
     * @param arrival how many runs of the device were met before
     */
    static <R> Run<R> metBy(RecordPosition position, int arrival) {
        return new Run<>(
                position.run(), position.order(), position.first(), arrival, false, false, false, position.before());
    }

    long name() {
        return name;
    }

    long order() {
        return order;
    }

    long first() {
        return first;
    }

    /** The run that number {@code first − 1} has to belong to; empty once all before this run is known to be settled. */
    OptionalLong before() {
        return before;
    }

    void settleWhatCameBefore() {
        before = OptionalLong.empty();
    }

    boolean isLaterThan(Run<R> other) {
        return order != other.order ? order > other.order : name > other.name;
    }

    /** Notes that a record of it with this number was met. */
    void meet(long seq) {
        firstIsMet |= seq == first;
    }

    /** Notes that numbers of it were acknowledged that a reader who joined has not seen: what it has met is late copies. */
    void miss() {
        missed = true;
    }

    /** Notes that a record of it showed this number to be acknowledged. */
    void hear(long acked) {
        heard |= acked >= first;
    }

    /** Whether a number of its own was acknowledged, and a record of it said so. */
    boolean isHeard() {
        return heard;
    }

    /**
     * Whether the device went on with this run when the other one was over, which is of another store. The other one was
     * met before it; and this one is later, or its first number has been met, which a reader seldom sees in late copies alone.
     */
    boolean followed(Run<R> other) {
        return beganAfter(other) || (arrival > other.arrival && isLaterThan(other));
    }

    /** Whether this run was met after the other one, which is of another store. */
    boolean isMetAfter(Run<R> other) {
        return arrival > other.arrival;
    }

    /** Whether this run was met from its first number on, and after the other one, which is of another store. */
    boolean beganAfter(Run<R> other) {
        return arrival > other.arrival && firstIsMet && !missed;
    }

    int compareTo(Run<R> other) {
        int byOrder = Long.compare(order, other.order);
        return byOrder != 0 ? byOrder : Long.compare(name, other.name);
    }

    boolean holds() {
        return held != null && !held.isEmpty();
    }

    List<StreamRecord<R>> held() {
        return held == null ? List.of() : held;
    }

    /** Holds a record; of two gaps from one number, the longer one. */
    Hold hold(StreamRecord<R> record) {
        if (held == null) {
            held = new ArrayList<>(4);
        }
        int at = indexFrom(record.seq());
        for (; at < held.size() && held.get(at).seq() == record.seq(); at++) {
            StreamRecord<R> there = held.get(at);
            if (there.isGap() == record.isGap()) {
                if (record.to() > there.to()) {
                    held.set(at, record);
                }
                return !record.isGap() && there.fingerprint() != record.fingerprint() ? Hold.CONFLICT : Hold.REPEATED;
            }
        }
        held.add(at, record);
        return Hold.HELD;
    }

    /** The held record that settles this number: its event, otherwise a gap over it. */
    @Nullable StreamRecord<R> covering(long number) {
        if (held == null) {
            return null;
        }
        int at = indexFrom(number);
        int behind = at;
        for (; behind < held.size() && held.get(behind).seq() == number; behind++) {
            if (!held.get(behind).isGap()) {
                return held.get(behind);
            }
        }
        for (int i = 0; i < behind; i++) {
            StreamRecord<R> record = held.get(i);
            if (record.isGap() && record.to() >= number) {
                return record;
            }
        }
        return null;
    }

    /** The first number above this one, and not above the limit, that has an event here; else the one past the limit. */
    long nextEvent(long above, long limit) {
        if (held != null) {
            for (int i = indexFrom(above + 1); i < held.size() && held.get(i).seq() <= limit; i++) {
                if (!held.get(i).isGap()) {
                    return held.get(i).seq();
                }
            }
        }
        return limit + 1;
    }

    /** The lowest number above this one at which something is held; {@code otherwise} if that is lower or there is none. */
    long nextHeld(long above, long otherwise) {
        if (held != null) {
            int at = indexFrom(above + 1);
            if (at < held.size()) {
                return Math.min(otherwise, held.get(at).seq());
            }
        }
        return otherwise;
    }

    /** The earliest timestamp of what is held, or this one. */
    long earliestMillis(long otherwise) {
        long earliest = otherwise;
        for (StreamRecord<R> record : held()) {
            earliest = Math.min(earliest, record.timestampMillis());
        }
        return earliest;
    }

    /** Takes away the records that stand first and end below this number: all such, where nothing held covers it. */
    List<StreamRecord<R>> takeBelow(long number) {
        int count = 0;
        while (count < held().size() && held().get(count).to() < number) {
            count++;
        }
        return take(0, count);
    }

    /** Takes away all but the records with the lowest numbers. */
    List<StreamRecord<R>> takeBeyond(int room) {
        return take(Math.min(room, held().size()), held().size());
    }

    List<StreamRecord<R>> takeAll() {
        return take(0, held().size());
    }

    private List<StreamRecord<R>> take(int from, int to) {
        if (held == null || from == to) {
            return List.of();
        }
        if (to - from == held.size()) {
            List<StreamRecord<R>> all = held;
            held = null;
            return all;
        }
        List<StreamRecord<R>> part = held.subList(from, to);
        List<StreamRecord<R>> taken = List.copyOf(part);
        part.clear();
        return taken;
    }

    void writeTo(StateWriter state, HeldRecordCodec<R> codec) {
        state.number(name);
        state.number(order);
        state.number(first);
        state.number(arrival);
        state.flag(firstIsMet);
        state.flag(missed);
        state.flag(heard);
        state.flag(before.isPresent());
        before.ifPresent(state::number);
        state.number(held().size());
        held().forEach(record -> StreamRecordState.write(record, state, codec));
    }

    static <R> Run<R> readFrom(StateReader state, HeldRecordCodec<R> codec) {
        Run<R> run = new Run<>(
                state.number(),
                state.number(),
                state.number(),
                (int) state.number(),
                state.flag(),
                state.flag(),
                state.flag(),
                state.flag() ? OptionalLong.of(state.number()) : OptionalLong.empty());
        int count = state.count();
        if (count > 0) {
            run.held = new ArrayList<>(count);
            for (int left = count; left > 0; left--) {
                run.held.add(StreamRecordState.read(state, codec));
            }
        }
        return run;
    }

    /** The index of the first held record with this number or a higher one. */
    private int indexFrom(long number) {
        List<StreamRecord<R>> records = held();
        int low = 0;
        int high = records.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (records.get(middle).seq() < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
