package io.fleetline.ingest.jetty;

import io.fleetline.ingest.time.Timers;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.websocket.core.WebSocketConnection;

/**
 * Cuts connections that take too long from being accepted to their upgrade. Jetty's own idle timer begins anew with every
 * byte, and so would wait for ever for a peer that sends one now and then.
 */
final class HandshakeTimer implements Connection.Listener {
    private final Timers timers;
    private final Duration timeout;

    /** By what lies under all layers of a connection: the socket. */
    private final ConcurrentMap<Object, Timers.Timer> running = new ConcurrentHashMap<>();

    HandshakeTimer(Timers timers, Duration timeout) {
        this.timers = timers;
        this.timeout = timeout;
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint endPoint = connection.getEndPoint();
        Object socket = endPoint.getTransport();
        if (connection instanceof WebSocketConnection) {
            cancel(socket);
        } else {
            // TLS first, HTTP over it later: the first of them sets the timer.
            running.computeIfAbsent(socket, s -> timers.after(timeout.toNanos(), endPoint::close));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        cancel(connection.getEndPoint().getTransport());
    }

    private void cancel(Object socket) {
        Timers.Timer timer = running.remove(socket);
        if (timer != null) {
            timer.cancel();
        }
    }

    /** How many connections are between accept and upgrade. */
    int running() {
        return running.size();
    }
}
