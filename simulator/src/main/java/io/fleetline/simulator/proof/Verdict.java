package io.fleetline.simulator.proof;

import java.util.List;

/**
 * What came out of comparing a journal with Kafka.
 *
 * @param published how many events the journal says were published
 * @param receipts how many of them have a receipt
 * @param records how many records were read
 * @param repeats how many of these repeated one before, as sending again does
 * @param foreign how many were of devices that keep no journal here
 * @param faults where Kafka differs; empty if it holds what was promised
 */
public record Verdict(long published, long receipts, long records, long repeats, long foreign, List<Fault> faults) {
    /** Keeps its own copy of the list. */
    public Verdict {
        faults = List.copyOf(faults);
    }

    /** Whether Kafka holds what was promised. */
    public boolean holds() {
        return faults.isEmpty();
    }
}
