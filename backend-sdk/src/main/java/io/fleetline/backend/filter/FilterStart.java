package io.fleetline.backend.filter;

import java.util.OptionalLong;

/**
 * Where in the topic's partition a reader began, which decides what it may call lost.
 *
 * <p>A reader of the <em>whole</em>, untrimmed partition knows that every stream begins with number 1. One that
 * <em>joins</em> in the middle meets streams of which it has missed the beginning; for
 * {@linkplain FilterLimits#joinGrace() a while} after its start, missing numbers may lie before it.
 */
public final class FilterStart {
    private static final FilterStart WHOLE = new FilterStart(true, OptionalLong.empty());
    private static final FilterStart AT_FIRST_RECORD = new FilterStart(false, OptionalLong.empty());

    private final boolean whole;
    private final OptionalLong sinceMillis;

    private FilterStart(boolean whole, OptionalLong sinceMillis) {
        this.whole = whole;
        this.sinceMillis = sinceMillis;
    }

    /** At the first record that was ever written to the partition. */
    public static FilterStart whole() {
        return WHOLE;
    }

    /**
     * In the middle.
     *
     * @param recordMillis the timestamp of the record before the reader's first one, Unix time in ms
     */
    public static FilterStart after(long recordMillis) {
        return new FilterStart(false, OptionalLong.of(recordMillis));
    }

    /** In the middle, where the record before the reader's first one is not known: the first one's own time counts. */
    public static FilterStart atFirstRecord() {
        return AT_FIRST_RECORD;
    }

    /** Whether the reader sees the partition from its very beginning. */
    public boolean isWhole() {
        return whole;
    }

    /** From when on the grace for a joining reader is counted, in Unix ms; empty for a whole reader, or if not yet known. */
    public OptionalLong sinceMillis() {
        return sinceMillis;
    }

    /**
     * This start, settled by the first record that the reader saw; a start that is settled stays as it is.
     *
     * @param firstRecordMillis that record's timestamp, Unix time in ms
     */
    public FilterStart settledBy(long firstRecordMillis) {
        return whole || sinceMillis.isPresent() ? this : after(firstRecordMillis);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FilterStart that && whole == that.whole && sinceMillis.equals(that.sinceMillis);
    }

    @Override
    public int hashCode() {
        return 31 * sinceMillis.hashCode() + Boolean.hashCode(whole);
    }

    @Override
    public String toString() {
        if (whole) {
            return "whole";
        }
        return sinceMillis.isPresent() ? "after " + sinceMillis.getAsLong() : "at first record";
    }
}
