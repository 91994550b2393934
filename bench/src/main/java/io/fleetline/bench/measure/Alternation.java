package io.fleetline.bench.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures sides in turn within one run, A-B-A-B-A: the machine may get slower, hotter or busier meanwhile, and all sides
 * shall have their share of that.
 */
public final class Alternation {
    private final List<Side> sides;
    private final Schedule schedule;
    private final Progress progress;

    /** Sides with different names, the one that the others are compared with first. */
    public Alternation(List<? extends Side> sides, Schedule schedule, Progress progress) {
        this.sides = List.copyOf(sides);
        this.schedule = schedule;
        this.progress = progress;
        if (sides.stream().map(Side::name).distinct().count() != sides.size() || sides.isEmpty()) {
            throw new IllegalArgumentException("sides need names of their own: "
                    + sides.stream().map(Side::name).toList());
        }
    }

    /** Warms every side up, then runs them in turn, and gives their results in the order of the sides. */
    public List<SideResult> run() throws Exception {
        if (!schedule.warmUp().isZero()) {
            for (Side side : sides) {
                say("warm-up", side, side.run(schedule.warmUp()));
            }
        }
        Map<Side, List<List<Reading>>> segments = new LinkedHashMap<>();
        sides.forEach(side -> segments.put(side, new ArrayList<>()));
        for (int round = 1; round <= schedule.rounds(); round++) {
            for (Side side : sides) {
                measure("round " + round, side, segments);
            }
        }
        measure("at the end", sides.get(0), segments);
        return sides.stream()
                .map(side -> new SideResult(side.name(), columns(side.name(), segments.getOrDefault(side, List.of()))))
                .toList();
    }

    private void measure(String when, Side side, Map<Side, List<List<Reading>>> segments) throws Exception {
        List<Reading> readings = side.run(schedule.segment());
        say(when, side, readings);
        segments.computeIfAbsent(side, none -> new ArrayList<>()).add(readings);
    }

    private void say(String when, Side side, List<Reading> readings) {
        progress.say(readings.stream()
                .map(reading -> String.format(
                        Locale.ROOT, "%s %s %s", reading.metric(), Numbers.text(reading.value()), reading.unit()))
                .collect(Collectors.joining(", ", when + ", " + side.name() + ": ", "")));
    }

    private static List<Series> columns(String side, List<List<Reading>> rows) {
        List<Series> series = new ArrayList<>();
        List<Reading> names = rows.get(0);
        for (int i = 0; i < names.size(); i++) {
            int column = i;
            Reading name = names.get(i);
            List<Double> values = rows.stream()
                    .map(row -> {
                        if (row.size() != names.size()
                                || !row.get(column).metric().equals(name.metric())) {
                            throw new IllegalStateException(
                                    "side " + side + " gave " + row + " after it had given " + names);
                        }
                        return row.get(column).value();
                    })
                    .toList();
            series.add(new Series(name.metric(), name.unit(), new Samples(values)));
        }
        return series;
    }
}
