package io.fleetline.bench.walk;

import io.fleetline.bench.bodies.Bodies;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One method of {@link WalkJmh}, measured by JMH in a fresh virtual machine each time. */
final class JmhSide implements Side {
    static final String TIME = "time";
    static final String ALLOCATED = "allocated";

    private static final Duration ITERATION = Duration.ofMillis(500);
    private static final String ALLOCATED_PER_OPERATION = "gc.alloc.rate.norm";

    private final String method;
    private final Bodies bodies;
    private final Duration warmUp;
    private final Path log;

    /**
     * A side.
     *
     * @param method the method's name, and the side's
     * @param bodies what to walk over
     * @param warmUp of each fresh virtual machine
     * @param log where JMH may write what it has to say
     */
    JmhSide(String method, Bodies bodies, Duration warmUp, Path log) {
        this.method = method;
        this.bodies = bodies;
        this.warmUp = warmUp;
        this.log = log;
    }

    @Override
    public String name() {
        return method + " over " + bodies.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public List<Reading> run(Duration segment) throws RunnerException {
        Options options = new OptionsBuilder()
                .include("^" + WalkJmh.class.getName().replace(".", "\\.") + "\\." + method + "$")
                .param("bodies", bodies.name())
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
                new Reading(TIME, "ns/event", result.getPrimaryResult().getScore()),
                new Reading(ALLOCATED, "B/event", allocated(result)));
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
