package io.fleetline.device.internal.connection;

import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the next attempt goes, when, and with which credential: what the attempts before have taught. */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    private final DeviceId device;
    private final Backoff backoff;
    private final Endpoints endpoints;
    private Optional<Ending> lastEnding = Optional.empty();
    private boolean slow;
    private boolean renewCredential;

    Attempts(ConnectionSettings settings, RandomGenerator chance) {
        this.device = settings.device();
        this.backoff = new Backoff(chance, settings.endpoints().size(), settings.renewable());
        this.endpoints = new Endpoints(settings.endpoints(), chance);
    }

    /** An attempt begins. */
    void begin() {
        slow = false;
    }

    /** The client has closed: there is no next attempt. */
    void ended(Ending ending) {
        lastEnding = Optional.of(ending);
    }

    /**
     * A connection or an attempt has failed.
     *
     * @param proven whether the connection held for long enough to begin anew
     * @param windowNanos the node's reconnect window, -1 if none is known
     * @return how many nanoseconds to wait before the next
     */
    long failed(Ending ending, boolean proven, long windowNanos) {
        lastEnding = Optional.of(ending);
        Backoff.Pause pause = backoff.after(ending, proven, windowNanos);
        log(ending, pause);
        endpoints.next();
        slow = pause.slow();
        renewCredential = pause.renewCredential();
        return pause.delayNanos();
    }

    /** Once for each outage, and each time where somebody has to do something about it. */
    private void log(Ending ending, Backoff.Pause pause) {
        String format = "{}: {}: {}; next attempt in {} ms";
        Object[] values = {device, endpoint(), ending.detail(), pause.delayNanos() / 1_000_000};
        if (pause.slow()) {
            LOG.warn(format, values);
        } else if (backoff.failures() == 1) {
            LOG.info(format, values);
        } else {
            LOG.debug(format, values);
        }
    }

    URI endpoint() {
        return endpoints.current();
    }

    /** Whether the next attempt needs another credential than the last. */
    boolean renewCredential() {
        return renewCredential;
    }

    /** Whether the next attempt is held off for long, because somebody has to do something first. */
    boolean slow() {
        return slow;
    }

    int failures() {
        return backoff.failures();
    }

    Optional<Ending> lastEnding() {
        return lastEnding;
    }
}
