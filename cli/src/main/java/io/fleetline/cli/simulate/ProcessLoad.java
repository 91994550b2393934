package io.fleetline.cli.simulate;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** How many cores processes take, between one look and the next. For one caller at a time. */
final class ProcessLoad implements Supplier<Map<String, Double>> {
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
    public Map<String, Double> get() {
        long nowNanos = nanoTime.getAsLong();
        double passedNanos = Math.max(1, nowNanos - lookedNanos);
        Map<String, Double> cores = new LinkedHashMap<>();
        processes
                .get()
                .forEach((name, process) -> process.info().totalCpuDuration().ifPresent(now -> {
                    Duration before = spent.put(name, now);
                    // Less than before is another process in its place.
                    cores.put(
                            name,
                            before == null ? 0 : Math.max(0, now.minus(before).toNanos() / passedNanos));
                }));
        lookedNanos = nowNanos;
        return cores;
    }
}
