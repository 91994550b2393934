package io.fleetline.ingest.registry;

import io.fleetline.protocol.DeviceId;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All devices, in memory: a view of the compacted topic that the registry lives in, kept up by whoever follows that topic.
 * Thread-safe.
 */
public final class DeviceRegistry {
    private final ConcurrentMap<DeviceId, RegisteredDevice> devices = new ConcurrentHashMap<>();

    /** What is known of the device, if anything is. */
    public Optional<RegisteredDevice> find(DeviceId id) {
        return Optional.ofNullable(devices.get(id));
    }

    /** What is known of the device, or nobody, whom no secret opens: both cost the same to compare a secret with. */
    public RegisteredDevice findOrNobody(DeviceId id) {
        return devices.getOrDefault(id, RegisteredDevice.NOBODY);
    }

    /** The topic says this of the device now. */
    public void put(DeviceId id, RegisteredDevice device) {
        devices.put(id, device);
    }

    /** The topic has the device no more. */
    public void remove(DeviceId id) {
        devices.remove(id);
    }

    /** How many devices are known. */
    public int size() {
        return devices.size();
    }
}
