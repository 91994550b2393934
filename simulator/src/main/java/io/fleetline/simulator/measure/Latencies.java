package io.fleetline.simulator.measure;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.Recorder;

/**
 * How long something took, each time it happened: since the last look, and in total. Who records counts from when it
 * was due, not from when it was begun, so that waiting is not left out. Kept to three digits, from 1 µs to 1 h. Thread-safe.
 */
public final class Latencies {
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    private final Recorder recorder = new Recorder(1_000, LONGEST_NANOS, DIGITS);
    private final Histogram total = new Histogram(1_000, LONGEST_NANOS, DIGITS); // guarded by this
    private Histogram interval = recorder.getIntervalHistogram(); // guarded by this

    /** It took so long, in ns; longer than an hour counts as an hour. */
    public void record(long nanos) {
        recorder.recordValue(Math.max(0, Math.min(LONGEST_NANOS, nanos)));
    }

    /** Since the last look. */
    public synchronized Percentiles look() {
        interval = recorder.getIntervalHistogram(interval);
        total.add(interval);
        return Percentiles.of(interval);
    }

    /** What the last look saw, as bytes that {@link #add} takes in another process. */
    public synchronized ByteBuffer lastLook() {
        ByteBuffer bytes = ByteBuffer.allocate(interval.getNeededByteBufferCapacity());
        int length = interval.encodeIntoByteBuffer(bytes);
        return ByteBuffer.wrap(Arrays.copyOf(bytes.array(), length));
    }

    /**
     * Adds what a look saw in another process, as if it had been recorded here.
     *
     * @throws IllegalArgumentException if these are not the bytes of a look
     */
    public void add(ByteBuffer look) {
        Histogram other;
        try {
            other = Histogram.decodeFromByteBuffer(look.duplicate(), LONGEST_NANOS);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(look.remaining() + " bytes are no histogram: " + e.getMessage(), e);
        }
        for (HistogramIterationValue value : other.recordedValues()) {
            recorder.recordValueWithCount(
                    Math.min(LONGEST_NANOS, value.getValueIteratedTo()), value.getCountAtValueIteratedTo());
        }
    }

    /** Leaves out of the total what has been recorded by now. */
    public synchronized void restartTotal() {
        look();
        total.reset();
    }

    /** Over the whole run, or since its total was restarted. */
    public synchronized Percentiles total() {
        look();
        return Percentiles.of(total);
    }

    /**
     * A bar of a histogram.
     *
     * @param upToNanos it took no longer than this, and longer than the bar before says
     * @param count how often
     */
    public record Bar(long upToNanos, long count) {}

    /** The total as bars, each twice as wide as the one before; the first is of all up to 1/16 ms. */
    public synchronized List<Bar> bars() {
        look();
        List<Bar> bars = new ArrayList<>();
        for (HistogramIterationValue value : total.logarithmicBucketValues(62_500, 2)) {
            bars.add(new Bar(value.getValueIteratedTo(), value.getCountAddedInThisIterationStep()));
        }
        return bars;
    }
}
