package io.fleetline.examples.hostsensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** How many tasks want to run: {@code /proc/loadavg}, or the one figure that the JVM knows on other systems. */
final class LoadGauge implements Gauge {
    private final HostFiles files;
    private final DoubleSupplier fallback;
    private final int processors;

    /**
     * @param fallback the load of the last minute, negative if unknown; asked only where the file is missing
     * @param processors how many processors the load falls upon
     */
    LoadGauge(HostFiles files, DoubleSupplier fallback, int processors) {
        this.files = files;
        this.fallback = fallback;
        this.processors = processors;
    }

    @Override
    public String channel() {
        return "host/load";
    }

    @Override
    public Optional<Map<String, Object>> read(long nowNanos) {
        return files.lines("proc/loadavg").flatMap(this::parse).or(this::ask);
    }

    private Optional<Map<String, Object>> parse(List<String> lines) {
        String[] parts = String.join(" ", lines).strip().split("[ /]", -1);
        if (parts.length < 5) {
            return Optional.empty();
        }
        try {
            Map<String, Object> reading = new LinkedHashMap<>();
            reading.put("load1", Double.parseDouble(parts[0]));
            reading.put("load5", Double.parseDouble(parts[1]));
            reading.put("load15", Double.parseDouble(parts[2]));
            reading.put("running", Long.parseLong(parts[3]));
            reading.put("tasks", Long.parseLong(parts[4]));
            reading.put("processors", processors);
            return Optional.of(reading);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Optional<Map<String, Object>> ask() {
        double load = fallback.getAsDouble();
        return load < 0 ? Optional.empty() : Optional.of(Map.of("load1", load, "processors", processors));
    }
}
