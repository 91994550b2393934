package io.fleetline.ingest.identity;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Holds off devices that connect over and over: two that share an identity and take over from each other, or one that
 * crashes at once. Remembers a bounded number of devices, the latest ones. Thread-safe.
 */
public final class Flapping {
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long HELD_OFF_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int MAX_REMEMBERED = 100_000;

    private static final class Tally {
        final long beganNanos;
        int connects;
        long heldOffUntilNanos;

        Tally(long beganNanos) {
            this.beganNanos = beganNanos;
        }

        boolean isOver(long now) {
            return now - beganNanos >= PERIOD_NANOS && (heldOffUntilNanos == 0 || now >= heldOffUntilNanos);
        }
    }

    private final NodeTime time;
    private final IntSupplier mostPerMinute;

    /** The oldest first. Guarded by itself. */
    private final Map<DeviceId, Tally> tallies = new LinkedHashMap<>();

    /**
     * Nobody has connected yet.
     *
     * @param mostPerMinute how often a device may connect in a minute; 0 for no limit
     */
    public Flapping(NodeTime time, IntSupplier mostPerMinute) {
        this.time = time;
        this.mostPerMinute = mostPerMinute;
    }

    /** The device connects. How long it must wait before it may, in ns; 0 if it may now. */
    public long connectNanos(DeviceId device) {
        int most = mostPerMinute.getAsInt();
        if (most == 0) {
            return 0;
        }
        long now = time.nanos();
        synchronized (tallies) {
            Tally tally = tallies.get(device);
            if (tally == null || tally.isOver(now)) {
                tallies.remove(device); // so that it goes to the end
                tally = new Tally(now);
                tallies.put(device, tally);
                forgetOldest(now);
            }
            if (tally.heldOffUntilNanos == 0 && ++tally.connects > most) {
                tally.heldOffUntilNanos = now + HELD_OFF_NANOS;
            }
            return tally.heldOffUntilNanos == 0 ? 0 : tally.heldOffUntilNanos - now;
        }
    }

    private void forgetOldest(long now) {
        var oldest = tallies.values().iterator();
        while (oldest.hasNext()) {
            if (!oldest.next().isOver(now) && tallies.size() <= MAX_REMEMBERED) {
                break;
            }
            oldest.remove();
        }
    }
}
