package io.fleetline.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sides in pairs, one pair for each way of doing something: first what is compared with, then what is measured.
 *
 * @param ways what each pair is called, in the order of the sides
 * @param sides two for each of them
 */
public record Pairs(List<String> ways, List<SideResult> sides) {
    /** @throws IllegalArgumentException if there are not two sides for each way */
    public Pairs {
        ways = List.copyOf(ways);
        sides = List.copyOf(sides);
        if (sides.size() != 2 * ways.size()) {
            throw new IllegalArgumentException(sides.size() + " sides are not two for each of " + ways);
        }
    }

    /**
     * Of each pair the ratio of one metric, and the difference of the CPU of the servers.
     *
     * @param id of the ratio
     * @param what is divided by what
     * @param target of the ratio
     * @param rate the metric of which there is a ratio
     * @param cpu the metric of which there is a difference
     * @param unit of the difference
     */
    public List<Figure> figures(String id, String what, Target target, String rate, String cpu, String unit) {
        List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
            SideResult floor = sides.get(2 * i);
            SideResult measured = sides.get(2 * i + 1);
            figures.add(Figure.ratio(
                    id + ", " + ways.get(i), what, measured.samples(rate), floor.samples(rate), Optional.of(target)));
            figures.add(Figure.difference(
                    "CPU, " + ways.get(i),
                    "server CPU − that of the bare server",
                    unit,
                    measured.samples(cpu),
                    floor.samples(cpu),
                    Optional.empty()));
        }
        return figures;
    }
}
