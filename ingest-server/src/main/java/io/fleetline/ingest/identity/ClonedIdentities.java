package io.fleetline.ingest.identity;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Finds identities that two peers share. A device that connects anew while the node still holds its old connection does not
 * answer on the old one any more; where that one answers, and more than once, somebody else is there. Remembers a bounded
 * number of devices, the latest ones. Thread-safe.
 */
public final class ClonedIdentities {
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(10);
    /** A device whose network changes under it may be alive at both ends once. */
    private static final int PROOF = 2;

    private static final int MAX_REMEMBERED = 10_000;

    private static final class Tally {
        final long beganNanos;
        int seen;

        Tally(long beganNanos) {
            this.beganNanos = beganNanos;
        }
    }

    private final NodeTime time;

    /** The oldest first. Guarded by itself. */
    private final Map<DeviceId, Tally> tallies = new LinkedHashMap<>();

    /** Nobody is suspected yet. */
    public ClonedIdentities(NodeTime time) {
        this.time = time;
    }

    /**
     * A connection was taken over, and its peer was there to hear it.
     *
     * @return whether that is worth a report: true at the second time within ten minutes, and then no more in these
     */
    public boolean takenOverAlive(DeviceId device) {
        long now = time.nanos();
        synchronized (tallies) {
            Tally tally = tallies.get(device);
            if (tally == null || now - tally.beganNanos >= PERIOD_NANOS) {
                tallies.remove(device); // so that it goes to the end
                tally = new Tally(now);
                tallies.put(device, tally);
                if (tallies.size() > MAX_REMEMBERED) {
                    tallies.remove(tallies.keySet().iterator().next());
                }
            }
            return ++tally.seen == PROOF;
        }
    }
}
