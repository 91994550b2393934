package io.fleetline.bench.walk;

import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.jmh.JmhSide;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** P10: what it costs the node to check a body that it does not decode. */
public final class BodyWalkBenchmark implements Benchmark {
    private static final Target RATIO = Target.atMost(0.5, 0.2);

    /** Nothing is allocated; JMH's own few bytes per iteration are spread over the millions of events in it. */
    private static final Target ALLOCATION = Target.atMost(0.01, 0.01);

    /** For {@code Benchmarks}. */
    public BodyWalkBenchmark() {}

    @Override
    public String name() {
        return "p10";
    }

    @Override
    public String summary() {
        return "the check of a 100 B body ÷ Jackson's token walk over the same bytes, and what it allocates";
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        List<SideResult> sides = new ArrayList<>();
        List<Figure> figures = new ArrayList<>();
        try (Workspace workspace = Workspace.create()) {
            Path log = workspace.directory().resolve("jmh.log");
            for (Bodies bodies : plan.bodies()) {
                List<SideResult> pair = new Alternation(
                                List.of(
                                        side("jackson", bodies, plan.warmUp(), log),
                                        side("fleetline", bodies, plan.warmUp(), log)),
                                plan.schedule(),
                                progress)
                        .run();
                sides.addAll(pair);
                figures.addAll(figures(bodies, pair.get(0), pair.get(1)));
            }
        }
        return new Measurement(
                parameters(plan),
                sides,
                figures,
                List.of(
                        "Jackson only splits the bytes into tokens; Fleetline's walk also checks UTF-8, duplicate keys and depth.",
                        "Bytes allocated are counted per thread by the JVM; less than 0.01 B/event is none at all."));
    }

    private static JmhSide side(String method, Bodies bodies, Duration warmUp, Path log) {
        return new JmhSide(
                method + " over " + label(bodies),
                new JmhSide.Method(WalkJmh.class, method, "bodies", bodies.name()),
                "event",
                warmUp,
                log);
    }

    private static List<Figure> figures(Bodies bodies, SideResult jackson, SideResult fleetline) {
        String suffix = bodies == Bodies.MAPS ? "" : " " + label(bodies);
        Samples time = fleetline.samples(JmhSide.TIME);
        return List.of(
                Figure.ratio(
                        "P10" + suffix,
                        "fleetline ns ÷ jackson ns, " + label(bodies),
                        time,
                        jackson.samples(JmhSide.TIME),
                        Optional.of(RATIO)),
                Figure.absolute(
                        "P10" + suffix + " allocation",
                        "bytes that fleetline allocates, " + label(bodies),
                        "B/event",
                        fleetline.samples(JmhSide.ALLOCATED),
                        Optional.of(ALLOCATION)));
    }

    private static Map<String, String> parameters(Plan plan) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (Bodies bodies : plan.bodies()) {
            double mean = Arrays.stream(WalkJmh.bodies(bodies))
                    .mapToInt(body -> body.length)
                    .average()
                    .orElseThrow();
            parameters.put("bodies " + label(bodies), WalkJmh.COUNT + " of " + Numbers.text(mean) + " B on average");
        }
        parameters.put(
                "schedule",
                plan.schedule().rounds() + " rounds, each run a fresh JVM with "
                        + plan.warmUp().toMillis() + " ms of warm-up and "
                        + plan.schedule().segment().toMillis() + " ms measured");
        parameters.put("jvm", "JMH 1.37, one thread, serial GC, 256 MiB");
        return parameters;
    }

    private static String label(Bodies bodies) {
        return bodies.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What is measured, and how long.
     *
     * @param bodies which bodies
     * @param warmUp of each JVM
     * @param schedule of each kind of bodies
     */
    record Plan(List<Bodies> bodies, Duration warmUp, Schedule schedule) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK ->
                    new Plan(
                            List.of(Bodies.MAPS, Bodies.BYTES),
                            Duration.ofSeconds(2),
                            new Schedule(Duration.ZERO, 2, Duration.ofSeconds(1)));
                case FULL ->
                    new Plan(
                            List.of(Bodies.values()),
                            Duration.ofSeconds(3),
                            new Schedule(Duration.ZERO, 3, Duration.ofSeconds(2)));
            };
        }
    }
}
