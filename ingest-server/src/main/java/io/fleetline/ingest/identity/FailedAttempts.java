package io.fleetline.ingest.identity;

import io.fleetline.ingest.time.NodeTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Counts bad credentials by where they come from, so that guessing is slow. Remembers a bounded number of sources, the
 * latest ones: an attacker with more addresses than that is not one that counting stops. Thread-safe.
 */
public final class FailedAttempts {
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_REMEMBERED = 10_000;

    /** How often one key failed since the period began. */
    private static final class Tally {
        final long beganNanos;
        int failures;

        Tally(long beganNanos) {
            this.beganNanos = beganNanos;
        }
    }

    private final NodeTime time;
    private final IntSupplier mostPerSourceAndDevice;
    private final IntSupplier mostPerSource;

    /** By source, and by source and claimed device; the oldest first. Guarded by itself. */
    private final Map<String, Tally> tallies = new LinkedHashMap<>();

    /**
     * Nobody has failed yet.
     *
     * @param mostPerSourceAndDevice how often one source may fail for one device in a minute; 0 means without a limit
     * @param mostPerSource how often one source may fail at all in a minute; 0 means without a limit
     */
    public FailedAttempts(NodeTime time, IntSupplier mostPerSourceAndDevice, IntSupplier mostPerSource) {
        this.time = time;
        this.mostPerSourceAndDevice = mostPerSourceAndDevice;
        this.mostPerSource = mostPerSource;
    }

    /** How long this source must wait before it may try again at all, in ns; 0 if it may now. */
    public long waitNanos(String source) {
        return wait(source, mostPerSource.getAsInt());
    }

    /** How long this source must wait before it may try this device again, in ns; 0 if it may now. */
    public long waitNanos(String source, String claimed) {
        return wait(key(source, claimed), mostPerSourceAndDevice.getAsInt());
    }

    /** A bad credential came from this source. */
    public void failed(String source, String claimed) {
        long now = time.nanos();
        synchronized (tallies) {
            count(source, now);
            count(key(source, claimed), now);
            var oldest = tallies.values().iterator();
            while (oldest.hasNext()
                    && (now - oldest.next().beganNanos >= PERIOD_NANOS || tallies.size() > MAX_REMEMBERED)) {
                oldest.remove();
            }
        }
    }

    /** How many sources, and sources with devices, are remembered. */
    int remembered() {
        synchronized (tallies) {
            return tallies.size();
        }
    }

    private void count(String key, long now) {
        Tally tally = tallies.get(key);
        if (tally == null || now - tally.beganNanos >= PERIOD_NANOS) {
            tallies.remove(key); // so that it goes to the end
            tally = new Tally(now);
            tallies.put(key, tally);
        }
        tally.failures++;
    }

    private long wait(String key, int most) {
        if (most == 0) {
            return 0;
        }
        long now = time.nanos();
        synchronized (tallies) {
            Tally tally = tallies.get(key);
            if (tally == null || tally.failures < most) {
                return 0;
            }
            return Math.max(0, PERIOD_NANOS - (now - tally.beganNanos));
        }
    }

    private static String key(String source, String claimed) {
        // What is claimed is whatever the peer likes; only as much of it as tells devices apart is worth keeping.
        return source + ' ' + claimed.substring(0, Math.min(claimed.length(), 192));
    }
}
