package io.fleetline.bench.ingest;

import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each of some processes uses of the CPU, from one moment on, per event. */
final class CpuUse {
    private final Procfs procfs;
    private final Map<String, ChildJvm> processes;
    private final Map<String, Duration> before = new LinkedHashMap<>();

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
    static CpuUse watch(Procfs procfs, Map<String, ChildJvm> processes) {
        return new CpuUse(procfs, processes);
    }

    /** For each process a reading, in the order of the names given. */
    List<Reading> per(long events) {
        List<Reading> readings = new ArrayList<>();
        processes.forEach((name, process) -> {
            Duration used = process.cpu(procfs).minus(before.getOrDefault(name, Duration.ZERO));
            readings.add(new Reading(name + " CPU", "µs/event", used.toNanos() / 1_000.0 / events));
        });
        return readings;
    }
}
