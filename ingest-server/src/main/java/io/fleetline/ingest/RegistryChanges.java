package io.fleetline.ingest;

import io.fleetline.ingest.identity.IssuerKeys;
import io.fleetline.ingest.presence.ConnectedDevices;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.protocol.DeviceId;

/** Carries what changes in the registry to whom it concerns: connected devices, and the keys of issuers. */
final class RegistryChanges implements DeviceRegistry.Listener {
    private final DeviceRegistry registry;
    private final ConnectedDevices devices;
    private final IssuerKeys issuerKeys;

    RegistryChanges(DeviceRegistry registry, ConnectedDevices devices, IssuerKeys issuerKeys) {
        this.registry = registry;
        this.devices = devices;
        this.issuerKeys = issuerKeys;
    }

    @Override
    public void deviceChanged(DeviceId device) {
        devices.deviceChanged(device);
    }

    @Override
    public void tenantChanged(String tenant) {
        registry.tenant(tenant).issuers().forEach(issuerKeys::prepare);
        devices.tenantChanged(tenant);
    }
}
