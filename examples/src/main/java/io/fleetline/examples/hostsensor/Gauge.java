package io.fleetline.examples.hostsensor;

import java.util.Map;
import java.util.Optional;

/** One thing about this machine that can be measured. Not thread-safe: rates need the reading before. */
interface Gauge {
    /** The channel that its readings are published on. */
    String channel();

    /**
     * Measures now.
     *
     * @param nowNanos a clock that never goes back, for rates
     * @return the reading's parts by name, or empty where this machine does not tell
     */
    Optional<Map<String, Object>> read(long nowNanos);
}
