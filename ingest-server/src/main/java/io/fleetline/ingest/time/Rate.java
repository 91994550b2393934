package io.fleetline.ingest.time;

/**
 * A rate with a burst, as the virtual scheduling algorithm of ITU-T I.371: one number says up to when what came so far is
 * paid for. Not thread-safe.
 */
public final class Rate {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double nanosPerUnit;
    private final double burstNanos;
    private double paidUntil;
    private boolean begun;

    /**
     * A rate that nothing was spent of.
     *
     * @param perSecond how much a second on average; 0 for no limit
     * @param burst how much at once after a pause
     */
    public Rate(double perSecond, double burst) {
        nanosPerUnit = perSecond == 0 ? 0 : NANOS_PER_SECOND / perSecond;
        burstNanos = burst * nanosPerUnit;
    }

    /**
     * Spends.
     *
     * @return how long to wait, in ns, until what is spent is within the rate again; 0 if it is
     */
    public long spend(double amount, long nowNanos) {
        if (nanosPerUnit == 0) {
            return 0;
        }
        double now = nowNanos;
        if (!begun || paidUntil < now - burstNanos) {
            begun = true;
            paidUntil = now - burstNanos;
        }
        paidUntil += amount * nanosPerUnit;
        return Math.max(0, Math.round(paidUntil - now));
    }
}
