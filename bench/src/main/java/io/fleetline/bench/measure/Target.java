package io.fleetline.bench.measure;

/**
 * What a figure is to reach: first at least this, in the end that.
 *
 * @param first to be reached by the release that brings the figure
 * @param goal to be reached in the end
 * @param direction which side of them is the good one
 */
public record Target(double first, double goal, Direction direction) {
    /** Which figures are the good ones. */
    public enum Direction {
        /** The more, the better. */
        AT_LEAST,
        /** The less, the better. */
        AT_MOST
    }

    /** How a figure stands to its target. */
    public enum Verdict {
        /** Worse than the first target. */
        MISSED,
        /** At the first target or better, but short of the goal. */
        FIRST_MET,
        /** At the goal or better. */
        GOAL_MET
    }

    /** @throws IllegalArgumentException if the first target would ask for more than the goal */
    public Target {
        if (direction == Direction.AT_LEAST ? first > goal : first < goal) {
            throw new IllegalArgumentException(
                    "first target " + first + " asks for more than the goal " + goal + " (" + direction + ")");
        }
    }

    /** A target for a figure of which more is better. */
    public static Target atLeast(double first, double goal) {
        return new Target(first, goal, Direction.AT_LEAST);
    }

    /** A target for a figure of which less is better. */
    public static Target atMost(double first, double goal) {
        return new Target(first, goal, Direction.AT_MOST);
    }

    /** How this value stands to the target. */
    public Verdict verdict(double value) {
        if (reaches(value, goal)) {
            return Verdict.GOAL_MET;
        }
        return reaches(value, first) ? Verdict.FIRST_MET : Verdict.MISSED;
    }

    private boolean reaches(double value, double bound) {
        return direction == Direction.AT_LEAST ? value >= bound : value <= bound;
    }
}
