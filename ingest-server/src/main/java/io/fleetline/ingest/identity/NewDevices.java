package io.fleetline.ingest.identity;

import io.fleetline.ingest.registry.Provisioning;
import io.fleetline.protocol.DeviceId;

/** Registers devices that somebody vouches for. */
public interface NewDevices {
    /** Registers nobody. */
    NewDevices NONE = (device, authority, template) -> {};

    /**
     * Begins to register a device that is unknown, unless that is under way already. Returns at once.
     *
     * @param authority who vouches for it
     */
    void provision(DeviceId device, String authority, Provisioning template);
}
