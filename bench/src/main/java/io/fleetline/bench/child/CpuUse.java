package io.fleetline.bench.child;

import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** What each of some processes uses of the CPU, from one moment on. */
public final class CpuUse {
    private final Procfs procfs;
    private final Map<String, ChildJvm> processes;
    private final Map<String, Duration> before = new LinkedHashMap<>();
    private final long beganNanos = Clock.nanos();

    private CpuUse(Procfs procfs, Map<String, ChildJvm> processes) {
        this.procfs = procfs;
        this.processes = processes;
        processes.forEach((name, process) -> before.put(name, process.cpu(procfs)));
    }

    /**
     * Begins to watch.
     *
     * @param processes by what they are called in the report
     */
    public static CpuUse watch(Procfs procfs, Map<String, ChildJvm> processes) {
        return new CpuUse(procfs, processes);
    }

    /** What one of them is called in {@link #per}, and in {@link #cores}. */
    public static String metric(String name) {
        return name + " CPU";
    }

    /**
     * For each process a reading in µs, in the order of the names given.
     *
     * @param count how often what it is told for was done
     * @param what that is, for the unit
     */
    public List<Reading> per(long count, String what) {
        return readings((name, used) -> new Reading(metric(name), "µs/" + what, used.toNanos() / 1_000.0 / count));
    }

    /** For each process how many cores it used on average; 0.5 is half of one core all the time. */
    public List<Reading> cores() {
        long nanos = Clock.nanos() - beganNanos;
        return readings((name, used) -> new Reading(metric(name), "cores", (double) used.toNanos() / nanos));
    }

    private List<Reading> readings(BiFunction<String, Duration, Reading> reading) {
        List<Reading> readings = new ArrayList<>();
        processes.forEach((name, process) ->
                readings.add(reading.apply(name, process.cpu(procfs).minus(before.getOrDefault(name, Duration.ZERO)))));
        return readings;
    }
}
