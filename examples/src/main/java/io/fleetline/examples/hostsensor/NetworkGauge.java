package io.fleetline.examples.hostsensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What went through each network interface but the loopback: {@code /proc/net/dev}, counters and rates. */
final class NetworkGauge implements Gauge {
    private record Counters(long receivedBytes, long sentBytes) {}

    private final HostFiles files;
    private Map<String, Counters> before = Map.of();
    private long beforeNanos;

    NetworkGauge(HostFiles files) {
        this.files = files;
    }

    @Override
    public String channel() {
        return "host/network";
    }

    @Override
    public Optional<Map<String, Object>> read(long nowNanos) {
        Map<String, Counters> now =
                files.lines("proc/net/dev").map(NetworkGauge::parse).orElse(Map.of());
        if (now.isEmpty()) {
            return Optional.empty();
        }
        double seconds = (nowNanos - beforeNanos) / 1e9;
        Map<String, Object> reading = new LinkedHashMap<>();
        now.forEach((name, counters) -> reading.put(name, reading(counters, before.get(name), seconds)));
        before = now;
        beforeNanos = nowNanos;
        return Optional.of(reading);
    }

    private static Map<String, Object> reading(Counters now, @Nullable Counters before, double seconds) {
        Map<String, Object> reading = new LinkedHashMap<>();
        reading.put("receivedBytes", now.receivedBytes);
        reading.put("sentBytes", now.sentBytes);
        // An interface that came back counts from 0 again: better no rate than a negative one.
        if (before != null
                && seconds > 0
                && now.receivedBytes >= before.receivedBytes
                && now.sentBytes >= before.sentBytes) {
            reading.put("receivedBytesPerSecond", Math.round((now.receivedBytes - before.receivedBytes) / seconds));
            reading.put("sentBytesPerSecond", Math.round((now.sentBytes - before.sentBytes) / seconds));
        }
        return reading;
    }

    private static Map<String, Counters> parse(List<String> lines) {
        Map<String, Counters> counters = new LinkedHashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String name = line.substring(0, colon).strip();
            String[] fields = line.substring(colon + 1).strip().split("\\s+", -1);
            if (name.equals("lo") || fields.length < 9) {
                continue;
            }
            try {
                counters.put(name, new Counters(Long.parseLong(fields[0]), Long.parseLong(fields[8])));
            } catch (NumberFormatException e) {
                // Not a line of figures: the next one may be.
            }
        }
        return counters;
    }
}
