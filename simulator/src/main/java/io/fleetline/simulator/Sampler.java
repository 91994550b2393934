package io.fleetline.simulator;

import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.ProcessUse;
import io.fleetline.simulator.measure.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Looks at a run every now and then; each sample is of the time since the one before. Not thread-safe. */
final class Sampler {
    private final FleetClock clock;
    private final FleetMeters meters;
    private final Pacer pacer;
    private final OwnLoad own;
    private final Crew crew;
    private final Supplier<Map<String, ProcessUse>> others;
    private final List<Sample> samples = new ArrayList<>();
    private long atNanos;
    private long due;
    private long receipts;
    private long failures;
    private long dropped;

    /** @param crew the devices, some of which other processes may play */
    Sampler(
            FleetClock clock,
            FleetMeters meters,
            Pacer pacer,
            OwnLoad own,
            Crew crew,
            Supplier<Map<String, ProcessUse>> others) {
        this.clock = clock;
        this.meters = meters;
        this.pacer = pacer;
        this.own = own;
        this.crew = crew;
        this.others = others;
    }

    /** All that were taken. */
    List<Sample> samples() {
        return samples;
    }

    /** Takes one. */
    Sample take(String stage) throws InterruptedException {
        List<OwnLoad.Look> elsewhere = crew.look(own.wakeUps(), pacer.lag());
        long nowNanos = clock.runNanos();
        double seconds = Math.max(1, nowNanos - atNanos) / 1e9;
        long dueNow = meters.due.sum();
        long receiptsNow = meters.receipts.sum();
        long failuresNow = meters.failures.sum();
        long droppedNow = meters.dropped.sum();
        Sample sample = new Sample(
                nowNanos / 1e9,
                stage,
                meters.connected.get(),
                (dueNow - due) / seconds,
                (receiptsNow - receipts) / seconds,
                (failuresNow - failures) / seconds,
                (droppedNow - dropped) / seconds,
                meters.ack.look(),
                meters.reader.look(),
                meters.handler.look(),
                meters.command.look(),
                pacer.lag().look(),
                elsewhere.stream().reduce(own.look(), OwnLoad.Look::with),
                others.get());
        atNanos = nowNanos;
        due = dueNow;
        receipts = receiptsNow;
        failures = failuresNow;
        dropped = droppedNow;
        samples.add(sample);
        return sample;
    }
}
