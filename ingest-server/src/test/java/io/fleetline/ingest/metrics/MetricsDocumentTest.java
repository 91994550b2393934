package io.fleetline.ingest.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.RejectCode;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/metrics.md and the code have the same meters, of the same kinds, with the same tags. */
class MetricsDocumentTest {
    @Test
    void everyMeterStandsInTheDocumentAndNoOther() throws IOException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        IngestMetrics metrics = new IngestMetrics(registry);
        metrics.observe(() -> 0, () -> 0, () -> 0, () -> 0);
        metrics.observeListener(() -> 0, () -> 0, () -> 0);
        metrics.rejected(RejectCode.TOO_LARGE);
        metrics.closed(CloseReason.NORMAL);
        metrics.refused(401);
        Map<String, String> counted = new TreeMap<>();
        registry.getMeters().forEach(meter -> {
            Meter.Id id = meter.getId();
            if (!id.getName().endsWith(".percentile")) { // how this registry shows a timer's quantiles
                counted.put(id.getName(), kind(id) + " " + tags(id));
            }
        });
        Map<String, String> documented = Files.readAllLines(Path.of("..", "docs", "metrics.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1))
                .collect(Collectors.toMap(
                        cells -> bare(cells[1]),
                        cells -> cells[2].trim() + " " + bare(cells[3]),
                        (a, b) -> a + " twice",
                        TreeMap::new));
        assertThat(documented).isEqualTo(counted);
    }

    private static String kind(Meter.Id id) {
        return id.getType().name().toLowerCase(Locale.ROOT);
    }

    private static String tags(Meter.Id id) {
        return id.getTags().isEmpty()
                ? "–"
                : id.getTags().stream().map(tag -> tag.getKey()).collect(Collectors.joining(", "));
    }

    private static String bare(String cell) {
        return cell.trim().replace("`", "");
    }
}
