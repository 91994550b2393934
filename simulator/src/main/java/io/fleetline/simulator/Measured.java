package io.fleetline.simulator;

import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.measure.Sample;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run measured. Times are of what came after the warm-up, but for {@code connect}; all else is of the whole run.
 *
 * @param run names it
 * @param length how long its stages went on
 * @param devices how many devices there were
 * @param connected how many were connected at the end, when all had come to rest or the time for that was over
 * @param due events that were due
 * @param receipts events with a receipt
 * @param dropped events that devices gave up or found no room for
 * @param failures connections and attempts that ended
 * @param commands commands sent
 * @param outcomes commands of which the outcome was heard
 * @param quiet whether it is known of everything how it ended
 * @param ack from when an event was due to its receipt
 * @param ackByGroup the same for each group of devices
 * @param reader from when an event was due to a reader of the events topic
 * @param handler from when a command was due to the call of its handler
 * @param command from when a command was due to its outcome
 * @param connect from when a device was due to arrive to its first welcome
 * @param lag how much later than due the simulator did things
 * @param wakeUps how late a thread of the simulator was woken that asked for it every 10 ms
 * @param ackBars the receipts' times as a histogram
 * @param samples the run second by second
 * @param warmUp how many of the samples are of the warm-up
 * @param failedOutages outages that were due and could not be done, or not be ended in time, in sentences
 */
public record Measured(
        String run,
        Duration length,
        long devices,
        long connected,
        long due,
        long receipts,
        long dropped,
        long failures,
        long commands,
        long outcomes,
        boolean quiet,
        Percentiles ack,
        Map<String, Percentiles> ackByGroup,
        Percentiles reader,
        Percentiles handler,
        Percentiles command,
        Percentiles connect,
        Percentiles lag,
        Percentiles wakeUps,
        List<Latencies.Bar> ackBars,
        List<Sample> samples,
        int warmUp,
        List<String> failedOutages) {
    /** Keeps its own copies. */
    public Measured {
        ackByGroup = Collections.unmodifiableMap(new LinkedHashMap<>(ackByGroup));
        ackBars = List.copyOf(ackBars);
        samples = List.copyOf(samples);
        failedOutages = List.copyOf(failedOutages);
    }

    /** The same with the events and receipts that journals tell of. */
    Measured with(long events, long receipted) {
        return new Measured(
                run,
                length,
                devices,
                connected,
                events,
                receipted,
                dropped,
                failures,
                commands,
                outcomes,
                quiet,
                ack,
                ackByGroup,
                reader,
                handler,
                command,
                connect,
                lag,
                wakeUps,
                ackBars,
                samples,
                warmUp,
                failedOutages);
    }

    /** The samples after the warm-up. */
    public List<Sample> judged() {
        return samples.subList(warmUp, samples.size());
    }
}
