package io.fleetline.device.internal.connection;

import java.net.URI;
import java.util.Optional;

/** Makes connections. */
public interface Transport {
    /**
     * Begins to connect, and returns at once.
     *
     * @param endpoint where to
     * @param authorization what stands in the {@code Authorization} header, if anything
     * @param listener hears of everything that follows, later and on any thread
     */
    Link dial(URI endpoint, Optional<String> authorization, Link.Listener listener);

    /** Reads keys and certificates again whose files have changed. Blocks; any thread. */
    void refresh();

    /** A node that is trusted has told its Unix time in ms: it is not earlier than that. */
    void nodeTime(long unixMillis);
}
