package io.fleetline.device.internal.transport;

import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.connection.Transport;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;

/** The transports of one runtime, one for each idea of whom to trust, and the threads that they share. */
public final class JettyTransports implements AutoCloseable {
    /** One thread finds out which connections are ready, the others read and write them, as long as there is work. */
    private static final int MOST_THREADS = 4;

    private static final int IDLE_MILLIS = (int) TimeUnit.SECONDS.toMillis(20);

    private final QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, 1, IDLE_MILLIS);
    private final Scheduler scheduler;

    /** Guarded by itself. */
    private final Map<Optional<Path>, JettyTransport> transports = new HashMap<>();

    public JettyTransports(ConnectionLoop loop) {
        threads.setName("fleetline-net");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        scheduler = new LoopScheduler(loop, threads);
    }

    /**
     * A transport that trusts the authorities in a PEM file, or those that the JDK trusts.
     *
     * @throws IllegalArgumentException if the file cannot be read
     */
    public Transport trusting(Optional<Path> pem) {
        synchronized (transports) {
            JettyTransport known = transports.get(pem);
            if (known == null) {
                known = new JettyTransport(threads, scheduler, pem.map(PemFile::trusted));
                transports.put(pem, known);
            }
            return known;
        }
    }

    @Override
    public void close() {
        synchronized (transports) {
            transports.values().forEach(JettyTransport::close);
            transports.clear();
        }
        try {
            threads.stop();
        } catch (Exception e) {
            throw new IllegalStateException("cannot stop the transport's threads", e);
        }
    }
}
