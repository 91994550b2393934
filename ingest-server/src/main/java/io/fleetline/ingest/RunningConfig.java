package io.fleetline.ingest;

import io.fleetline.ingest.jetty.JettyEdge;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.session.CurrentLimits;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node goes by while it runs, and how that follows its files. Thread-safe. */
final class RunningConfig {
    private static final Logger LOG = LoggerFactory.getLogger(RunningConfig.class);

    private final CurrentLimits limits;
    private final ConnectionRoom room;
    private final JettyEdge jetty;

    private volatile IngestConfig current;
    private volatile Runnable fileWatch = () -> {};

    /** Of a node that has started with these. */
    RunningConfig(IngestConfig current, CurrentLimits limits, ConnectionRoom room, JettyEdge jetty) {
        this.current = current;
        this.limits = limits;
        this.room = room;
        this.jetty = jetty;
    }

    /** The listener's settings with a number of connections: if none is said, what there is room for. */
    static ListenerConfig listener(IngestConfig config, ConnectionRoom room) {
        ListenerConfig listener = config.listener();
        return listener.maxConnections() == 0 ? listener.withMaxConnections(room.connections()) : listener;
    }

    /** How many connections there may be. */
    int maxConnections() {
        return listener(current, room).maxConnections();
    }

    /** Goes by another configuration, as far as that can be. */
    synchronized IngestConfig reload(IngestConfig wanted) {
        LiveConfig live = LiveConfig.of(current, wanted);
        current = live.current();
        limits.change(current.limits());
        jetty.change(listener(current, room));
        if (!live.changed().isEmpty()) {
            LOG.info("took into use what the configuration says now of {}", live.changed());
        }
        if (!live.waiting().isEmpty()) {
            LOG.warn(
                    "the configuration says something new of {}, which waits for the node's next start",
                    live.waiting());
        }
        return current;
    }

    /** Looks at this file too from now on. */
    void follow(ConfigFile file, Consumer<IngestConfig> then) {
        fileWatch = () -> {
            try {
                file.readIfChanged().ifPresent(wanted -> then.accept(reload(wanted)));
            } catch (IllegalArgumentException e) {
                LOG.warn("the configuration has changed and cannot be used; the one before stays: {}", e.getMessage());
            }
        };
    }

    /** Takes into use what has changed in the files. */
    void lookAtFiles() {
        jetty.reloadCertificates();
        fileWatch.run();
    }
}
