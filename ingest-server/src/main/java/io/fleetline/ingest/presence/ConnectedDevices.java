package io.fleetline.ingest.presence;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The devices that are connected to this node, each by its newest connection. Of two connections of one device the one
 * with the higher number is the newer, here and on every other node. Thread-safe.
 */
public final class ConnectedDevices {
    /** A connection that may have to give way. */
    public interface Connection {
        /** A newer connection of the same device has this number. */
        void takenOver(long winner);

        /** What the registry knows of the device or of its tenant has changed. */
        void registryChanged();
    }

    /** By how much a device may be ahead of this node's clock: more is no clock but a lie. */
    private static final long MAX_AHEAD_MILLIS = TimeUnit.DAYS.toMillis(1);
    /** How many connection numbers there are to a ms. */
    private static final long NUMBERS_PER_MILLI = 1024;

    private record Present(long number, Connection connection) {}

    private final NodeTime time;
    private final int nodeBits;
    private final ConcurrentMap<DeviceId, Present> present = new ConcurrentHashMap<>();

    /**
     * Nobody is connected yet.
     *
     * @param nodeBits ten bits that tell this node from others that give a number in the same ms, 0 to 1,023
     */
    public ConnectedDevices(NodeTime time, int nodeBits) {
        if (nodeBits < 0 || nodeBits >= NUMBERS_PER_MILLI) {
            throw new IllegalArgumentException("node bits are " + nodeBits + ", not within 0 to 1023");
        }
        this.time = time;
        this.nodeBits = nodeBits;
    }

    /** Whether a device can honestly have been given this number. */
    public boolean isPlausible(long number) {
        return number < (time.unixMillis() + MAX_AHEAD_MILLIS) * NUMBERS_PER_MILLI;
    }

    /**
     * Gives a connection its number, above all that are known of the device. An older connection of the device here has
     * to give way.
     *
     * @param last the last number that the device was given, 0 if it knows none
     */
    public long arrive(DeviceId device, long last, Connection connection) {
        long clock = time.unixMillis() * NUMBERS_PER_MILLI + nodeBits;
        // An array because the map decides under its own lock and may not call the older connection there.
        @Nullable Present[] older = new @Nullable Present[1];
        Present newest = present.compute(device, (id, known) -> {
            older[0] = known;
            long highest = Math.max(last, known == null ? 0 : known.number());
            return new Present(Math.min(Math.max(clock, highest + 1), ProtocolLimits.MAX_NUMBER), connection);
        });
        Present displaced = older[0];
        if (displaced != null) {
            displaced.connection().takenOver(newest.number());
        }
        return newest.number();
    }

    /** A connection has ended. Changes nothing if a newer one of the device has arrived meanwhile. */
    public void leave(DeviceId device, long number) {
        present.computeIfPresent(device, (id, known) -> known.number() == number ? null : known);
    }

    /** The registry has something new about this device. */
    public void deviceChanged(DeviceId device) {
        Present known = present.get(device);
        if (known != null) {
            known.connection().registryChanged();
        }
    }

    /** The registry has something new about this tenant. */
    public void tenantChanged(String tenant) {
        present.forEach((device, known) -> {
            if (device.tenant().equals(tenant)) {
                known.connection().registryChanged();
            }
        });
    }

    /** How many devices are connected. */
    public int count() {
        return present.size();
    }
}
