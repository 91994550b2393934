package io.fleetline.simulator.proof;

/**
 * What became of one device's events.
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
        long latestMillis) {}
