package io.fleetline.device.internal.transport;

import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.connection.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The transports of one runtime, one for each way to make connections, and the threads that they share. */
public final class JettyTransports implements AutoCloseable {
    /** One thread finds out which connections are ready and reads them, the others make connections, as long as there is work. */
    private static final int MOST_THREADS = 4;

    private final QueuedThreadPool threads;

    /** Guarded by itself. */
    private final Map<TransportSettings, JettyTransport> transports = new HashMap<>();

    private final SharedSelector selector;
    private final TimeFloor floor;

    /**
     * No transports yet.
     *
     * @param builtMillis when this library was built, Unix time in ms: it is not earlier than that
     * @param idle how long a thread that has nothing to do stays
     */
    public JettyTransports(ConnectionLoop loop, long builtMillis, Duration idle) {
        threads = new QueuedThreadPool(MOST_THREADS, 1, (int) idle.toMillis());
        threads.setName("fleetline-net");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        floor = new TimeFloor(loop.time()::unixMillis, builtMillis);
        try {
            threads.start();
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the transport's threads", e);
        }
        selector = new SharedSelector(threads, new LoopScheduler(loop, threads));
    }

    /**
     * A transport with these settings.
     *
     * @throws IllegalArgumentException if a file that they name cannot be read or is not what it should be
     */
    public Transport with(TransportSettings settings) {
        synchronized (transports) {
            JettyTransport known = transports.get(settings);
            if (known == null) {
                known = new JettyTransport(selector, settings, floor);
                transports.put(settings, known);
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
            selector.close();
            threads.stop();
        } catch (Exception e) {
            throw new IllegalStateException("cannot stop the transport's threads", e);
        }
    }
}
