package io.fleetline.device.internal.connection;

/** The clocks of this machine: the one place of this module that reads them. */
public final class SystemTime implements Time {
    private final long madeAtNanos = System.nanoTime();

    @Override
    public long nanos() {
        return System.nanoTime() - madeAtNanos;
    }

    @Override
    public long unixMillis() {
        return System.currentTimeMillis();
    }
}
