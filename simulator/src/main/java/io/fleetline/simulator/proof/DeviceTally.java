package io.fleetline.simulator.proof;

import java.util.Comparator;
import java.util.Optional;

/**
 * What became of one device's events, and of the commands that it had.
 *
 * @param device which one
 * @param published how many its application published
 * @param receipts how many of these have a receipt
 * @param dropped how many the device gave up or found no room for
 * @param stored how many numbers there are in the topic, each counted once
 * @param repeats how many records repeated one before, as sending again does
 * @param gaps how many numbers the device declared to be dropped
 * @param late how many were stored later than they should
 * @param latestMillis by how much the latest was stored after it was due, in ms
 * @param differences where the topics of events and of command updates differ from its journal
 * @param exact where the exact topic does; empty if there is none to compare
 */
public record DeviceTally(
        String device,
        long published,
        long receipts,
        long dropped,
        long stored,
        long repeats,
        long gaps,
        long late,
        long latestMillis,
        Differences differences,
        Optional<Differences> exact) {
    /** Those that differ most; among these those that dropped most, then those that were late most often. */
    public static final Comparator<DeviceTally> WORST_FIRST = Comparator.comparingLong(DeviceTally::different)
            .thenComparingLong(tally -> tally.dropped + tally.gaps)
            .thenComparingLong(DeviceTally::late)
            .thenComparingLong(DeviceTally::repeats)
            .reversed()
            .thenComparing(DeviceTally::device);

    /** How many differences there are, those in the exact topic among them. */
    public long different() {
        return differences.total() + exact.map(Differences::total).orElse(0L);
    }

    /** Whether something became of it but that all was published, receipted and stored once. */
    public boolean hasSomethingToTell() {
        return different() + dropped + gaps + late + repeats > 0;
    }

    /** The same with these differences. */
    public DeviceTally with(Differences its, Optional<Differences> inExact) {
        return new DeviceTally(
                device, published, receipts, dropped, stored, repeats, gaps, late, latestMillis, its, inExact);
    }
}
