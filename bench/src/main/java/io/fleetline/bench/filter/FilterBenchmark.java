package io.fleetline.bench.filter;

import io.fleetline.backend.filter.DeviceState;
import io.fleetline.backend.filter.StreamFilter;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.jmh.JmhSide;
import io.fleetline.bench.measure.Alternation;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Schedule;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the stream filter costs a reader: nanoseconds and bytes, per record and per stream. */
public final class FilterBenchmark implements Benchmark {
    private static final String ALONE = "filter";
    private static final String READING = "reading";

    /** For {@code Benchmarks}. */
    public FilterBenchmark() {}

    @Override
    public String name() {
        return "filter";
    }

    @Override
    public String summary() {
        return "the stream filter: ns and bytes per record, alone and with the reading of headers; bytes per stream";
    }

    /**
     * How much time it takes.
     *
     * @param warmUp of each JVM
     * @param schedule of each order
     * @param streams of how many the memory is measured
     */
    private record Plan(Duration warmUp, Schedule schedule, int streams) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK ->
                    new Plan(Duration.ofSeconds(1), new Schedule(Duration.ZERO, 1, Duration.ofSeconds(1)), 20_000);
                case FULL ->
                    new Plan(Duration.ofSeconds(3), new Schedule(Duration.ZERO, 3, Duration.ofSeconds(3)), 200_000);
            };
        }
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        List<SideResult> sides = new ArrayList<>();
        List<Figure> figures = new ArrayList<>();
        try (Workspace workspace = Workspace.create()) {
            Path log = workspace.directory().resolve("jmh.log");
            for (FilterJmh.Order order : FilterJmh.Order.values()) {
                List<SideResult> pair = new Alternation(
                                List.of(
                                        side(ALONE, order, plan.warmUp(), log),
                                        side(READING, order, plan.warmUp(), log)),
                                plan.schedule(),
                                progress)
                        .run();
                sides.addAll(pair);
                for (SideResult side : pair) {
                    figures.add(figure(side, JmhSide.TIME, "ns/record"));
                    figures.add(figure(side, JmhSide.ALLOCATED, "B/record"));
                }
            }
        }
        figures.addAll(memory(plan.streams(), progress));
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "log",
                FilterJmh.DEVICES + " devices in turn, " + FilterJmh.RECORDS + " records of some 100 B, fresh filter");
        parameters.put(
                "schedule",
                plan.schedule().rounds() + " rounds, each run a fresh JVM with "
                        + plan.warmUp().toMillis() + " ms of warm-up and "
                        + plan.schedule().segment().toMillis() + " ms measured");
        parameters.put("memory", plan.streams() + " devices with one stream each");
        return new Measurement(
                parameters,
                sides,
                figures,
                List.of(
                        "What a fresh filter allocates for its devices is spread over their records.",
                        "Bytes per stream on the heap are the difference of two full collections; the device's id is in it."));
    }

    private static JmhSide side(String method, FilterJmh.Order order, Duration warmUp, Path log) {
        return new JmhSide(
                method + " " + order.name().toLowerCase(Locale.ROOT),
                new JmhSide.Method(FilterJmh.class, method, "order", order.name()),
                "record",
                warmUp,
                log);
    }

    private static Figure figure(SideResult side, String metric, String unit) {
        return Figure.absolute(side.side() + " " + metric, side.side(), unit, side.samples(metric), Optional.empty());
    }

    /** On the heap, and as it is stored. */
    private static List<Figure> memory(int streams, Progress progress) throws RecordHeaderException {
        long before = used();
        StreamFilter<Object> filter = FilterJmh.met(streams);
        filter.takeChanges().clear();
        double heap = (double) (used() - before) / streams;
        double stored = filter.states().stream()
                .map(DeviceState::bytes)
                .mapToInt(state -> state.length)
                .average()
                .orElseThrow();
        progress.say(String.format(Locale.ROOT, "memory: %.0f B of heap and %.0f B stored per stream", heap, stored));
        return List.of(
                Figure.absolute("heap", "heap per stream", "B/stream", Samples.of(heap), Optional.empty()),
                Figure.absolute("stored", "stored state per stream", "B/stream", Samples.of(stored), Optional.empty()));
    }

    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
