package io.fleetline.ingest.registry;

import io.fleetline.protocol.DeviceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * All devices and tenants, in memory: a view of the compacted topics that the registry lives in, kept up by whoever follows
 * those topics. Thread-safe.
 */
public final class DeviceRegistry {
    /** Hears of each change, on the thread that brought it, when the registry shows it already. */
    public interface Listener {
        /** What is known of a device has changed. */
        void deviceChanged(DeviceId device);

        /** What is known of a tenant has changed. */
        void tenantChanged(String tenant);
    }

    private final ConcurrentMap<DeviceId, RegisteredDevice> devices = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Tenant> tenants = new ConcurrentHashMap<>();
    /** A million devices of one tenant share its name. */
    private final ConcurrentMap<String, String> tenantNames = new ConcurrentHashMap<>();

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** What is known of the device, if anything is. */
    public Optional<RegisteredDevice> find(DeviceId id) {
        return Optional.ofNullable(devices.get(id));
    }

    /** What is known of the device, or nobody, whom no secret opens: both cost the same to compare a secret with. */
    public RegisteredDevice findOrNobody(DeviceId id) {
        return devices.getOrDefault(id, RegisteredDevice.NOBODY);
    }

    /** What is known of the tenant; a plain one if nothing is. */
    public Tenant tenant(String name) {
        return tenants.getOrDefault(name, Tenant.PLAIN);
    }

    /** What is known of the tenant, if anything is. */
    public Optional<Tenant> findTenant(String name) {
        return Optional.ofNullable(tenants.get(name));
    }

    /** Calls from now on whenever something changes. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** The topic says this of the device now. */
    public void put(DeviceId id, RegisteredDevice device) {
        String tenant = tenantNames.computeIfAbsent(id.tenant(), name -> name);
        devices.put(new DeviceId(tenant, id.device()), device);
        listeners.forEach(listener -> listener.deviceChanged(id));
    }

    /** The topic has the device no more. */
    public void remove(DeviceId id) {
        devices.remove(id);
        listeners.forEach(listener -> listener.deviceChanged(id));
    }

    /** The topic says this of the tenant now. */
    public void putTenant(String name, Tenant tenant) {
        tenants.put(name, tenant);
        listeners.forEach(listener -> listener.tenantChanged(name));
    }

    /** The topic has the tenant no more. */
    public void removeTenant(String name) {
        tenants.remove(name);
        listeners.forEach(listener -> listener.tenantChanged(name));
    }

    /** All devices, in no order; a device that changes meanwhile may be seen before or after. */
    public Stream<Map.Entry<DeviceId, RegisteredDevice>> devices() {
        return devices.entrySet().stream();
    }

    /** All tenants of which something was said, in no order. */
    public Stream<Map.Entry<String, Tenant>> tenants() {
        return tenants.entrySet().stream();
    }

    /** How many devices are known. */
    public int size() {
        return devices.size();
    }
}
