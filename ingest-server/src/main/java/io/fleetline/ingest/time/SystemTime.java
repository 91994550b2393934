package io.fleetline.ingest.time;

/** The machine's clocks; the one place of this module that reads them. */
public final class SystemTime implements NodeTime {
    /** Has no state, hence one for all. */
    public static final SystemTime INSTANCE = new SystemTime();

    private SystemTime() {}

    @Override
    public long unixMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
