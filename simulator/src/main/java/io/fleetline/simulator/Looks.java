package io.fleetline.simulator;

import io.fleetline.simulator.scenario.Scenario;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** When a run is looked at: at each whole second, and where a stage or the warm-up ends, so that no look is of two of them. */
final class Looks {
    /** What comes after the last stage. */
    static final String DRAIN = "drain";

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Scenario.Stage> stages;
    private final long[] endNanos;
    private final long warmUpNanos;

    Looks(Scenario scenario) {
        stages = scenario.stages();
        endNanos = new long[stages.size()];
        long end = 0;
        for (int i = 0; i < endNanos.length; i++) {
            end += stages.get(i).length().toNanos();
            endNanos[i] = end;
        }
        warmUpNanos = scenario.warmUp().toNanos();
    }

    /** When the next one is, later than now; not at a whole second that comes at once. Both in ns of the run. */
    long nextNanos(long nowNanos) {
        long second = ((nowNanos + INTERVAL_NANOS / 2) / INTERVAL_NANOS + 1) * INTERVAL_NANOS;
        return LongStream.concat(LongStream.of(endNanos), LongStream.of(warmUpNanos))
                .filter(end -> end > nowNanos)
                .reduce(second, Math::min);
    }

    /** The name of the stage at this moment of the run. */
    String stage(long runNanos) {
        for (int i = 0; i < endNanos.length; i++) {
            if (runNanos < endNanos[i]) {
                return stages.get(i).name();
            }
        }
        return DRAIN;
    }
}
