package io.fleetline.ingest.jetty;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections that are open, and how many of them come from each address. Thread-safe. */
final class OpenConnections {
    private final Set<DeviceEndpoint> open = ConcurrentHashMap.newKeySet();

    /** Guarded by itself. */
    private final Map<String, Integer> bySource = new HashMap<>();

    /** A connection has opened; how many there are from its address now. */
    int add(DeviceEndpoint connection, String source) {
        open.add(connection);
        synchronized (bySource) {
            return bySource.merge(source, 1, Integer::sum);
        }
    }

    /** A connection has ended. */
    void remove(DeviceEndpoint connection, String source) {
        if (open.remove(connection)) {
            synchronized (bySource) {
                bySource.computeIfPresent(source, (address, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** How many there are. */
    int count() {
        return open.size();
    }

    /** How many there are from this address. */
    int count(String source) {
        synchronized (bySource) {
            return bySource.getOrDefault(source, 0);
        }
    }

    /** Those that there are now. */
    List<DeviceEndpoint> all() {
        return List.copyOf(open);
    }
}
