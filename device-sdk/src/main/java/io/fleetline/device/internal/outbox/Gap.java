package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.GapReason;

/** Consecutive numbers of one run that were dropped for one reason. Guarded by the outbox's lock. */
final class Gap {
    long from;
    long to;
    final GapReason reason;
    /** Up to where it may be sent: all of it, unless it takes the place of something on disk and is not yet there itself. */
    long sendableTo;
    /** Up to where a record says it, which may still be on its way to the disk. */
    long writtenTo;
    /** The record that says it, see {@link Places}. */
    long place = Places.NOWHERE;

    Gap(long from, long to, GapReason reason) {
        this.from = from;
        this.to = to;
        this.reason = reason;
        this.sendableTo = from - 1;
        this.writtenTo = from - 1;
    }

    boolean waitsForDisk() {
        return sendableTo < to;
    }
}
