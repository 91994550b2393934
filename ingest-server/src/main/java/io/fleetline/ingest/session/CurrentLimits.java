package io.fleetline.ingest.session;

import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.TenantLimits;
import io.fleetline.ingest.time.Rate;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The limits as they are now: the node's, those of each tenant, and what tenants have used of theirs. A connection keeps those
 * that it began with, which its {@code welcome} told; the rates of whole tenants change at once. Thread-safe.
 */
public final class CurrentLimits {
    private final DeviceRegistry registry;

    /** Of tenants that have a rate, for as long as the registry says the same of them. */
    private final ConcurrentMap<String, TenantRate> rates = new ConcurrentHashMap<>();

    private volatile SessionLimits node;

    /** Limits of a node and of what this registry says of tenants. */
    public CurrentLimits(SessionLimits node, DeviceRegistry registry) {
        this.node = node;
        this.registry = registry;
    }

    /** What the node's configuration says. */
    public SessionLimits node() {
        return node;
    }

    /** The node's configuration says something else from now on. */
    public void change(SessionLimits now) {
        node = now;
    }

    /** What a connection of this tenant may do. */
    public SessionLimits of(String tenant) {
        return node.forTenant(registry.tenant(tenant).limits());
    }

    /**
     * A device of this tenant has sent so much.
     *
     * @return how long it is not to be read now, in ns, so that the tenant as a whole keeps its rates; 0 if it may be
     */
    long spend(String tenant, int items, int bytes, long nowNanos) {
        TenantLimits limits = registry.tenant(tenant).limits();
        if (limits.eventsPerSecond() == 0 && limits.bytesPerSecond() == 0) {
            return 0;
        }
        TenantRate rate = rates.compute(
                tenant, (name, known) -> known != null && known.limits.equals(limits) ? known : new TenantRate(limits));
        return rate.spend(items, bytes, nowNanos);
    }

    private static final class TenantRate {
        private final TenantLimits limits;
        private final Rate events; // guarded by this
        private final Rate bytes; // guarded by this

        TenantRate(TenantLimits limits) {
            this.limits = limits;
            this.events = new Rate(limits.eventsPerSecond(), TenantLimits.burst(limits.eventsPerSecond()));
            this.bytes = new Rate(limits.bytesPerSecond(), TenantLimits.burst(limits.bytesPerSecond()));
        }

        synchronized long spend(int items, int frameBytes, long nowNanos) {
            return Math.max(events.spend(items, nowNanos), bytes.spend(frameBytes, nowNanos));
        }
    }
}
