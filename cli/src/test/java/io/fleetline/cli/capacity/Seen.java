package io.fleetline.cli.capacity;

import io.fleetline.simulator.Measured;
import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.ProcessUse;
import io.fleetline.simulator.measure.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a run may have measured, second by second. */
final class Seen {
    private final List<Sample> samples = new ArrayList<>();
    private long devices = 100;
    private long connected = 100;
    private long dropped;
    private boolean quiet = true;

    /** A second in which half of the events took a millisecond, and others this long. */
    Seen second(String stage, long connectedThen, double receipts, long p99Millis, long lagMillis) {
        samples.add(new Sample(
                samples.size() + 1,
                stage,
                connectedThen,
                receipts,
                receipts,
                0,
                0,
                millis(p99Millis),
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                millis(lagMillis),
                new OwnLoad.Look(0.5, 0.6, 1, 0, "main", 0.4, Percentiles.NONE),
                Map.of(
                        "node-1",
                        new ProcessUse(0.25, 1),
                        "node-2",
                        new ProcessUse(0.25, 1),
                        "kafka",
                        new ProcessUse(1, 1))));
        return this;
    }

    Seen seconds(int count, String stage, double receipts, long p99Millis) {
        for (int i = 0; i < count; i++) {
            second(stage, connected, receipts, p99Millis, 1);
        }
        return this;
    }

    Seen devices(long all, long connectedInTheEnd) {
        devices = all;
        connected = connectedInTheEnd;
        return this;
    }

    Seen dropped(long events) {
        dropped = events;
        return this;
    }

    Seen restless() {
        quiet = false;
        return this;
    }

    private static Percentiles millis(long p99) {
        return new Percentiles(100, 1_000_000, 1_000_000, p99 * 1_000_000, p99 * 2_000_000, p99 * 2_000_000);
    }

    Measured measured() {
        return new Measured(
                "run",
                Duration.ofSeconds(samples.size()),
                devices,
                connected,
                1_000,
                1_000,
                dropped,
                0,
                0,
                0,
                quiet,
                Percentiles.NONE,
                Map.of(),
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                Percentiles.NONE,
                List.of(),
                samples,
                0,
                List.of());
    }
}
