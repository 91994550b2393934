package io.fleetline.examples.hostsensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the kernel's thermal zones measure, in degrees Celsius; nothing on machines that show none. */
record TemperatureGauge(HostFiles files) implements Gauge {
    @Override
    public String channel() {
        return "host/temperature";
    }

    @Override
    public Optional<Map<String, Object>> read(long nowNanos) {
        Map<String, Object> reading = new LinkedHashMap<>();
        for (Path zone : files.matching("sys/class/thermal", "thermal_zone*")) {
            String number = zone.getFileName().toString().substring("thermal_zone".length());
            String type = HostFiles.line(zone.resolve("type")).orElse("zone");
            HostFiles.line(zone.resolve("temp"))
                    .flatMap(TemperatureGauge::celsius)
                    .ifPresent(celsius -> reading.put(type + "-" + number, celsius));
        }
        return reading.isEmpty() ? Optional.empty() : Optional.of(reading);
    }

    /** The kernel counts in thousandths of a degree. */
    private static Optional<Double> celsius(String thousandths) {
        try {
            return Optional.of(Long.parseLong(thousandths) / 1000.0);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
