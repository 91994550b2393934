package io.fleetline.bench.jmh;

import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One method of a JMH benchmark, measured in a fresh virtual machine each time. */
public final class JmhSide implements Side {
    /** The metric for the time of an operation. */
    public static final String TIME = "time";

    /** The metric for the bytes that an operation allocates. */
    public static final String ALLOCATED = "allocated";

    private static final Duration ITERATION = Duration.ofMillis(500);
    private static final String ALLOCATED_PER_OPERATION = "gc.alloc.rate.norm";

    private final String name;
    private final Method method;
    private final String operation;
    private final Duration warmUp;
    private final Path log;

    /**
     * What JMH is to run.
     *
     * @param program the class with the benchmark's methods
     * @param name one of them
     * @param parameter a parameter of the class
     * @param value what it is to be
     */
    public record Method(Class<?> program, String name, String parameter, String value) {}

    /**
     * A side.
     *
     * @param name the side's name
     * @param method what to measure
     * @param operation what one operation is about, such as {@code event}
     * @param warmUp of each fresh virtual machine
     * @param log where JMH may write what it has to say
     */
    public JmhSide(String name, Method method, String operation, Duration warmUp, Path log) {
        this.name = name;
        this.method = method;
        this.operation = operation;
        this.warmUp = warmUp;
        this.log = log;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Reading> run(Duration segment) throws RunnerException {
        Options options = new OptionsBuilder()
                .include("^" + method.program().getName().replace(".", "\\.") + "\\." + method.name() + "$")
                .param(method.parameter(), method.value())
                .forks(1)
                .jvmArgs("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC")
                .warmupTime(time(ITERATION))
                .warmupIterations(iterations(warmUp))
                .measurementTime(time(ITERATION))
                .measurementIterations(iterations(segment))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .output(log.toString())
                .build();
        RunResult result = new Runner(options).runSingle();
        return List.of(
                new Reading(TIME, "ns/" + operation, result.getPrimaryResult().getScore()),
                new Reading(ALLOCATED, "B/" + operation, allocated(result)));
    }

    private static double allocated(RunResult result) {
        for (String label : result.getSecondaryResults().keySet()) {
            if (label.endsWith(ALLOCATED_PER_OPERATION)) {
                return result.getSecondaryResults().get(label).getScore();
            }
        }
        throw new IllegalStateException("JMH gave no " + ALLOCATED_PER_OPERATION + ", only "
                + result.getSecondaryResults().keySet());
    }

    private static int iterations(Duration time) {
        return Math.max(1, (int) time.dividedBy(ITERATION));
    }

    private static TimeValue time(Duration duration) {
        return TimeValue.milliseconds(duration.toMillis());
    }
}
