package io.fleetline.ingest.kafka;

import io.fleetline.ingest.time.NodeTime;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tenants have their topics as they must be. Tenants that the registry names at the start are seen to before devices are
 * taken; one that comes later is seen to on a thread of its own, and until that is done its devices' lanes are rewound.
 * Thread-safe.
 */
final class TenantTopics implements AutoCloseable {
    /** Makes or checks the topics of tenants, and has the producers know them. */
    interface Preparation {
        void prepare(Collection<String> tenants);
    }

    private static final Logger LOG = LoggerFactory.getLogger(TenantTopics.class);
    /** A tenant's devices ask again with each rewind, and Kafka is not to be asked as often. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

    private final Preparation preparation;
    private final NodeTime time;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(TenantTopics::thread);
    private final Set<String> ready = ConcurrentHashMap.newKeySet();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> failedAtNanos = new ConcurrentHashMap<>();

    TenantTopics(Preparation preparation, NodeTime time) {
        this.preparation = preparation;
        this.time = time;
    }

    /**
     * Sees to these tenants' topics now.
     *
     * @throws IllegalStateException if one is not as configured; the message says how
     */
    void prepareNow(Collection<String> tenants) {
        if (!tenants.isEmpty()) {
            preparation.prepare(tenants);
            ready.addAll(tenants);
        }
    }

    /** Whether this tenant's topics can be written to; if not, they are seen to from now on. */
    boolean areReady(String tenant) {
        if (ready.contains(tenant)) {
            return true;
        }
        Long failed = failedAtNanos.get(tenant);
        boolean resting = failed != null && time.nanos() - failed < PAUSE_AFTER_FAILURE.toNanos();
        if (!resting && underWay.add(tenant)) {
            executor.execute(() -> prepare(tenant));
        }
        return false;
    }

    private void prepare(String tenant) {
        try {
            prepareNow(List.of(tenant));
            failedAtNanos.remove(tenant);
        } catch (RuntimeException e) {
            failedAtNanos.put(tenant, time.nanos());
            LOG.error("nothing of tenant {} can be stored: {}", tenant, e.getMessage());
        } finally {
            underWay.remove(tenant);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "fleetline-tenant-topics");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
