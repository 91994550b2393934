package io.fleetline.examples.hostsensor;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory in bytes: {@code /proc/meminfo}, or what the JVM knows of it on other systems. */
final class MemoryGauge implements Gauge {
    /** What is asked where the file is missing; all in bytes. */
    record Fallback(long totalBytes, long freeBytes) {}

    private static final Pattern LINE = Pattern.compile("(\\w+):\\s+(\\d+) kB");

    private final HostFiles files;
    private final Supplier<Optional<Fallback>> fallback;

    MemoryGauge(HostFiles files, Supplier<Optional<Fallback>> fallback) {
        this.files = files;
        this.fallback = fallback;
    }

    @Override
    public String channel() {
        return "host/memory";
    }

    @Override
    public Optional<Map<String, Object>> read(long nowNanos) {
        return files.lines("proc/meminfo")
                .flatMap(MemoryGauge::parse)
                .or(() -> fallback.get().map(memory -> reading(memory.totalBytes(), memory.freeBytes())));
    }

    private static Optional<Map<String, Object>> parse(List<String> lines) {
        Map<String, Long> bytes = new HashMap<>();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                bytes.put(matcher.group(1), Long.parseLong(matcher.group(2)) * 1024);
            }
        }
        Long total = bytes.get("MemTotal");
        // Kernels before 3.14 do not estimate what is available; what is free then is the nearest thing.
        Long available = bytes.getOrDefault("MemAvailable", bytes.get("MemFree"));
        if (total == null || available == null) {
            return Optional.empty();
        }
        Map<String, Object> reading = reading(total, available);
        Long swapTotal = bytes.get("SwapTotal");
        Long swapFree = bytes.get("SwapFree");
        if (swapTotal != null && swapFree != null) {
            reading.put("swapTotalBytes", swapTotal);
            reading.put("swapUsedBytes", swapTotal - swapFree);
        }
        return Optional.of(reading);
    }

    private static Map<String, Object> reading(long total, long available) {
        Map<String, Object> reading = new LinkedHashMap<>();
        reading.put("totalBytes", total);
        reading.put("availableBytes", available);
        reading.put("usedShare", total == 0 ? 0.0 : Math.round(1000.0 * (total - available) / total) / 1000.0);
        return reading;
    }
}
