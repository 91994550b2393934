package io.fleetline.examples.hostsensor;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How full the file system is that a path lies on. The JVM tells it the same way on every system. */
record DiskGauge(Path path) implements Gauge {
    @Override
    public String channel() {
        return "host/disk";
    }

    @Override
    public Optional<Map<String, Object>> read(long nowNanos) {
        try {
            FileStore store = Files.getFileStore(path);
            long total = store.getTotalSpace();
            long usable = store.getUsableSpace();
            Map<String, Object> reading = new LinkedHashMap<>();
            reading.put("path", path.toString());
            reading.put("type", store.type());
            reading.put("totalBytes", total);
            reading.put("usableBytes", usable);
            reading.put("usedShare", total == 0 ? 0.0 : Math.round(1000.0 * (total - usable) / total) / 1000.0);
            return Optional.of(reading);
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }
}
