package io.fleetline.cli.simulate;

import io.fleetline.bench.machine.ProcessMemory;
import io.fleetline.simulator.measure.ProcessUse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What processes take of the machine, between one look and the next. For one caller at a time. */
final class ProcessLoad implements Supplier<Map<String, ProcessUse>> {
    private final Supplier<Map<String, ProcessHandle>> processes;
    private final LongSupplier nanoTime;
    private final Map<String, Duration> spent = new HashMap<>();
    private long lookedNanos;

    ProcessLoad(Supplier<Map<String, ProcessHandle>> processes, LongSupplier nanoTime) {
        this.processes = processes;
        this.nanoTime = nanoTime;
        var unused = get();
    }

    @Override
    public Map<String, ProcessUse> get() {
        long nowNanos = nanoTime.getAsLong();
        double passedNanos = Math.max(1, nowNanos - lookedNanos);
        Map<String, ProcessUse> use = new LinkedHashMap<>();
        processes
                .get()
                .forEach((name, process) -> process.info().totalCpuDuration().ifPresent(now -> {
                    Duration before = spent.put(name, now);
                    // Less than before is another process in its place.
                    double cores =
                            before == null ? 0 : Math.max(0, now.minus(before).toNanos() / passedNanos);
                    use.put(name, new ProcessUse(cores, resident(process.pid())));
                }));
        lookedNanos = nowNanos;
        return use;
    }

    private static long resident(long pid) {
        try {
            return ProcessMemory.resident(pid);
        } catch (IOException e) {
            // It has just ended, or this is no Linux.
            return 0;
        }
    }
}
