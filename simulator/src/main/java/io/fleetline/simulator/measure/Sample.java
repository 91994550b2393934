package io.fleetline.simulator.measure;

import java.util.Map;

/**
 * A run as it was in one interval of about a second.
 *
 * @param atSeconds the end of the interval, from the beginning of the run
 * @param stage the stage that it began in
 * @param connected devices connected at its end
 * @param due events that were due in a second
 * @param receipts receipts that came in a second
 * @param failures connections and attempts that ended in a second
 * @param dropped events that devices dropped or found no room for, in a second
 * @param ack from when an event was due to its receipt
 * @param reader from when an event was due to a reader of the topic
 * @param handler from when a command was due to the call of its handler
 * @param command from when a command was due to its outcome
 * @param lag how much later than due the simulator published
 * @param own what the simulator itself took
 * @param others what other processes of the run took, by name
 */
public record Sample(
        double atSeconds,
        String stage,
        long connected,
        double due,
        double receipts,
        double failures,
        double dropped,
        Percentiles ack,
        Percentiles reader,
        Percentiles handler,
        Percentiles command,
        Percentiles lag,
        OwnLoad.Look own,
        Map<String, ProcessUse> others) {
    /** Keeps its own copy of the map. */
    public Sample {
        others = Map.copyOf(others);
    }
}
