package io.fleetline.bench;

import io.fleetline.bench.connection.ArrivalBenchmark;
import io.fleetline.bench.connection.ConnectBenchmark;
import io.fleetline.bench.connection.CrowdBenchmark;
import io.fleetline.bench.connection.HeapBenchmark;
import io.fleetline.bench.device.FootprintBenchmark;
import io.fleetline.bench.device.WireBenchmark;
import io.fleetline.bench.exact.ExactBenchmark;
import io.fleetline.bench.filter.FilterBenchmark;
import io.fleetline.bench.fleet.SimulatorBenchmark;
import io.fleetline.bench.fleet.StormBenchmark;
import io.fleetline.bench.ingest.CommandBenchmark;
import io.fleetline.bench.ingest.FormatBenchmark;
import io.fleetline.bench.ingest.IngestBenchmark;
import io.fleetline.bench.ingest.LatencyBenchmark;
import io.fleetline.bench.ingest.SingleEventBenchmark;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.machine.Disturbance;
import io.fleetline.bench.machine.MachineFacts;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.outbox.OutboxBenchmark;
import io.fleetline.bench.peers.PeersBenchmark;
import io.fleetline.bench.report.Report;
import io.fleetline.bench.report.ReportJson;
import io.fleetline.bench.report.ReportTable;
import io.fleetline.bench.walk.BodyWalkBenchmark;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** All benchmarks, by name: {@code list}, and {@code run NAME [--quick]}. */
public final class Benchmarks {
    private static final String USAGE = "usage: bench list | bench run NAME [--quick]";

    private final List<Benchmark> benchmarks;

    /** These, in this order. */
    Benchmarks(List<Benchmark> benchmarks) {
        this.benchmarks = List.copyOf(benchmarks);
    }

    /** All that there are. */
    public static Benchmarks all() {
        return new Benchmarks(List.of(
                new IngestBenchmark(),
                new SingleEventBenchmark(),
                new HeapBenchmark(),
                new LatencyBenchmark(),
                new CommandBenchmark(),
                new ConnectBenchmark(),
                new CrowdBenchmark(),
                new ArrivalBenchmark(),
                new FormatBenchmark(),
                new BodyWalkBenchmark(),
                new FootprintBenchmark(),
                new OutboxBenchmark(),
                new WireBenchmark(),
                new FilterBenchmark(),
                new ExactBenchmark(),
                new StormBenchmark(true),
                new StormBenchmark(false),
                new SimulatorBenchmark(),
                new PeersBenchmark()));
    }

    /** What can be run: a line for each, with the name that is to be given to {@link #run}, and what it compares. */
    public List<String> list() {
        int longest = benchmarks.stream()
                .mapToInt(benchmark -> benchmark.name().length())
                .max()
                .orElse(0);
        return benchmarks.stream()
                .map(benchmark -> benchmark.name()
                        + " ".repeat(longest + 2 - benchmark.name().length())
                        + benchmark.summary())
                .toList();
    }

    /**
     * Runs one benchmark. Prints what it is doing, then a table, then one line of JSON, the only line that begins with a
     * brace.
     *
     * @param name the name of one of {@link #list}, in upper or lower case
     * @param quick whether to keep within 45 s instead of 5 min, at the price of precision
     * @throws IllegalArgumentException if there is no benchmark of that name
     * @throws UnsupportedOperationException if this system cannot tell the CPU time of a process
     * @throws NotMeasuredException if something went wrong on the way; says what
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public void run(String name, boolean quick, PrintStream out) throws NotMeasuredException, InterruptedException {
        Benchmark benchmark = named(name);
        Effort effort = quick ? Effort.QUICK : Effort.FULL;
        Optional<Double> loadAverage = MachineFacts.loadAverage();
        Optional<String> commit = MachineFacts.commit();
        Instant startedAt = Clock.now();
        long beganNanos = Clock.nanos();
        Disturbance.Watch watch = Disturbance.watch(Procfs.ofThisMachine());
        Measurement measurement = measure(benchmark, effort, out);
        Report report = new Report(
                benchmark.name(),
                benchmark.summary(),
                effort,
                startedAt,
                Duration.ofNanos(Clock.nanos() - beganNanos),
                MachineFacts.ofThisMachine(),
                loadAverage,
                watch.soFar(),
                commit,
                measurement);
        out.println();
        ReportTable.lines(report).forEach(out::println);
        out.println(ReportJson.line(report));
        out.flush();
    }

    private static Measurement measure(Benchmark benchmark, Effort effort, PrintStream out)
            throws NotMeasuredException, InterruptedException {
        try {
            return benchmark.measure(effort, line -> {
                out.println(line);
                out.flush();
            });
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new NotMeasuredException(
                    benchmark.name() + " could not be measured: " + (e.getMessage() == null ? e : e.getMessage()), e);
        }
    }

    private Benchmark named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return benchmarks.stream()
                .filter(benchmark -> benchmark.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no benchmark is called \"" + name + "\"; there are "
                        + benchmarks.stream().map(Benchmark::name).collect(Collectors.joining(", "))));
    }

    /** The same from a shell. Exit codes: 0 measured, 1 could not be measured, 2 not understood. */
    public static void main(String[] args) {
        System.exit(all().serve(List.of(args), System.out, System.err));
    }

    int serve(List<String> args, PrintStream out, PrintStream err) {
        try {
            if (args.equals(List.of("list"))) {
                list().forEach(out::println);
                return 0;
            }
            boolean quick = args.contains("--quick");
            List<String> words =
                    args.stream().filter(arg -> !arg.equals("--quick")).toList();
            if (words.size() != 2 || !words.get(0).equals("run")) {
                throw new IllegalArgumentException(USAGE);
            }
            run(words.get(1), quick, out);
            return 0;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        } catch (NotMeasuredException | UnsupportedOperationException e) {
            err.println(e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("interrupted");
            return 1;
        }
    }
}
