package io.fleetline.backend.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of sequence numbers as ranges, the lowest first: those that the filter has passed over without proof that they
 * are lost. It keeps the lowest few ranges, so that what it forgets is never reported rather than reported wrongly.
 */
final class NumberRanges {
    /** The end of a range that has none. */
    static final long OPEN = Long.MAX_VALUE;

    private static final int MOST = 8;

    /** Numbers from {@code from} to {@code to}. */
    record Range(long from, long to) {}

    private final ArrayList<Range> ranges = new ArrayList<>(1);

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Adds numbers above all that there are; none if {@code to} is below {@code from}. */
    void add(long from, long to) {
        if (from <= to && ranges.size() < MOST) {
            ranges.add(new Range(from, to));
        }
    }

    boolean contains(long number) {
        for (Range range : ranges) {
            if (range.from() <= number && number <= range.to()) {
                return true;
            }
        }
        return false;
    }

    /** Those of them that are this number or a higher one. */
    NumberRanges from(long from) {
        NumberRanges higher = new NumberRanges();
        for (Range range : ranges) {
            higher.add(Math.max(from, range.from()), range.to());
        }
        return higher;
    }

    /** Takes away these numbers. */
    void remove(long from, long to) {
        if (ranges.isEmpty() || ranges.get(0).from() > to) {
            return;
        }
        List<Range> before = List.copyOf(ranges);
        ranges.clear();
        for (Range range : before) {
            add(range.from(), Math.min(range.to(), from - 1));
            if (to < range.to()) {
                add(Math.max(range.from(), to + 1), range.to());
            }
        }
    }

    /** Takes away all from this number on. */
    void removeFrom(long from) {
        remove(from, OPEN);
    }

    /** Takes away and returns all up to this number. */
    List<Range> removeUpTo(long to) {
        if (ranges.isEmpty() || ranges.get(0).from() > to) {
            return List.of();
        }
        List<Range> taken = new ArrayList<>();
        for (Range range : ranges) {
            if (range.from() <= to) {
                taken.add(new Range(range.from(), Math.min(range.to(), to)));
            }
        }
        remove(0, to);
        return taken;
    }

    void writeTo(StateWriter state) {
        state.number(ranges.size());
        for (Range range : ranges) {
            state.number(range.from());
            state.number(range.to() == OPEN ? 0 : range.to());
        }
    }

    static NumberRanges readFrom(StateReader state) {
        NumberRanges numbers = new NumberRanges();
        for (int left = state.count(); left > 0; left--) {
            long from = state.number();
            long to = state.number();
            numbers.ranges.add(new Range(from, to == 0 ? OPEN : to));
        }
        return numbers;
    }
}
