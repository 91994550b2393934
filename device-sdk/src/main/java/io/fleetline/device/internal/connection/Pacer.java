package io.fleetline.device.internal.connection;

import java.util.concurrent.TimeUnit;

/**
 * Keeps a rate: a bucket that fills at that rate and holds one second of it. What is larger than the bucket goes out when
 * it is full, and is paid for afterwards.
 */
final class Pacer {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long perSecond;
    private double filled;
    private long filledAtNanos;

    /** @param perSecond the rate; 0 means that there is none to keep */
    Pacer(long perSecond, long nowNanos) {
        this.perSecond = perSecond;
        this.filled = perSecond;
        this.filledAtNanos = nowNanos;
    }

    /** How much may go out now: at least 1, or nothing. */
    long allowance(long nowNanos) {
        if (perSecond == 0) {
            return Long.MAX_VALUE;
        }
        fill(nowNanos);
        return filled < 1 ? 0 : (long) filled;
    }

    /** Something went out. */
    void spend(long amount, long nowNanos) {
        if (perSecond != 0) {
            fill(nowNanos);
            filled -= amount;
        }
    }

    /** When {@link #allowance} is not 0 any more. */
    long readyAtNanos() {
        if (perSecond == 0 || filled >= 1) {
            return filledAtNanos;
        }
        return filledAtNanos + (long) Math.ceil((1 - filled) * SECOND / perSecond) + 1;
    }

    private void fill(long nowNanos) {
        filled = Math.min((double) perSecond, filled + (double) (nowNanos - filledAtNanos) * perSecond / SECOND);
        filledAtNanos = nowNanos;
    }
}
