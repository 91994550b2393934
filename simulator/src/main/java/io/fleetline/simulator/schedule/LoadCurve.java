package io.fleetline.simulator.schedule;

import java.util.List;

/**
 * How fast schedules go on in each stage of a run: at load 2 they go on twice as fast as real time, and so publish twice as
 * often; at load 0 they stand still. Immutable.
 */
public final class LoadCurve {
    /** What comes after the last stage: never. */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * A stage.
     *
     * @param lengthNanos how long it is, more than 0
     * @param load how fast schedules go on, 0 or more
     */
    public record Step(long lengthNanos, double load) {
        /** @throws IllegalArgumentException if a part is out of its range */
        public Step {
            if (lengthNanos <= 0 || !(load >= 0 && load <= 1_000)) {
                throw new IllegalArgumentException(
                        "a stage of " + lengthNanos + " ns at load " + load + " is none: more than 0 ns, 0 to 1000");
            }
        }
    }

    private final List<Step> steps;

    /** These stages, one after the other. */
    public LoadCurve(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /** The curve of a run that is what schedules say all the time. */
    public static LoadCurve even(long lengthNanos) {
        return new LoadCurve(List.of(new Step(lengthNanos, 1)));
    }

    /** How far schedules have come at this moment of the run, both in ns. */
    public long scheduleNanos(long runNanos) {
        double at = 0;
        long left = runNanos;
        for (Step step : steps) {
            long part = Math.min(left, step.lengthNanos);
            at += part * step.load;
            left -= part;
        }
        return (long) at;
    }

    /** When in the run schedules have come so far, in ns; {@link #NEVER} if the run ends before. */
    public long runNanos(long scheduleNanos) {
        double left = scheduleNanos;
        long at = 0;
        for (Step step : steps) {
            double here = step.lengthNanos * step.load;
            if (left < here) {
                return at + (long) (left / step.load);
            }
            left -= here;
            at += step.lengthNanos;
        }
        return NEVER;
    }

    /** How long the run is. */
    public long lengthNanos() {
        return steps.stream().mapToLong(Step::lengthNanos).sum();
    }
}
