package io.fleetline.ingest.jetty;

import io.fleetline.ingest.time.Timers;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.websocket.core.WebSocketConnection;

/**
 * Cuts connections that take too long from being accepted to their upgrade. Jetty's own idle timer begins anew with every
 * byte, and so would wait for ever for a peer that sends one now and then.
 */
final class HandshakeTimer implements Connection.Listener {
    private final Timers timers;
    private final Supplier<Duration> timeout;
    private final Runnable onOver;

    /** By what lies under all layers of a connection: the socket. */
    private final ConcurrentMap<Object, Timers.Timer> running = new ConcurrentHashMap<>();

    /**
     * No connection has come yet.
     *
     * @param timeout how long the next one may take
     * @param onOver called once for each connection that came, when it is upgraded or gone
     */
    HandshakeTimer(Timers timers, Supplier<Duration> timeout, Runnable onOver) {
        this.timers = timers;
        this.timeout = timeout;
        this.onOver = onOver;
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint endPoint = connection.getEndPoint();
        Object socket = socketUnder(endPoint);
        if (connection instanceof WebSocketConnection) {
            cancel(socket);
        } else {
            // A proxy's header, TLS, HTTP over it later: the first of them sets the timer.
            running.computeIfAbsent(
                    socket,
                    s -> timers.after(timeout.get().toNanos(), () -> {
                        endPoint.close();
                        cancel(s);
                    }));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        // A layer that only makes room for the next one leaves the timer as it is.
        if (!connection.getEndPoint().isOpen()) {
            cancel(socketUnder(connection.getEndPoint()));
        }
    }

    /** What lies under the end point of a layer such as TLS is the end point of the layer below. */
    private static Object socketUnder(EndPoint endPoint) {
        Object below = endPoint.getTransport();
        while (below instanceof EndPoint layer) {
            below = layer.getTransport();
        }
        return below;
    }

    private void cancel(Object socket) {
        Timers.Timer timer = running.remove(socket);
        if (timer != null) {
            timer.cancel();
            onOver.run();
        }
    }

    /** How many connections are between accept and upgrade. */
    int running() {
        return running.size();
    }
}
