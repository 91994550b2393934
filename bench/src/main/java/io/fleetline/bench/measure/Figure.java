package io.fleetline.bench.measure;

import java.util.Optional;

/**
 * A number that compares sides, and that a target may be set for.
 *
 * @param id how it is called in docs/performance.md, such as {@code P1}
 * @param what what is divided by or subtracted from what
 * @param unit {@code ratio}, or the unit of a difference
 * @param value computed from the medians
 * @param rounds the same, computed round by round
 * @param target what it is to reach, where something is set
 */
public record Figure(String id, String what, String unit, double value, Samples rounds, Optional<Target> target) {
    /** How one side's metric compares with another's, by division. */
    public static Figure ratio(String id, String what, Samples side, Samples other, Optional<Target> target) {
        return new Figure(
                id,
                what,
                "ratio",
                side.median() / other.median(),
                side.against(other, (mine, theirs) -> mine / theirs),
                target);
    }

    /** How one side's metric compares with another's, by subtraction. */
    public static Figure difference(
            String id, String what, String unit, Samples side, Samples other, Optional<Target> target) {
        return new Figure(
                id,
                what,
                unit,
                side.median() - other.median(),
                side.against(other, (mine, theirs) -> mine - theirs),
                target);
    }

    /** A metric that stands for itself. */
    public static Figure absolute(String id, String what, String unit, Samples side, Optional<Target> target) {
        return new Figure(id, what, unit, side.median(), side, target);
    }

    /** How it stands to its target, where there is one. */
    public Optional<Target.Verdict> verdict() {
        return target.map(set -> set.verdict(value));
    }
}
