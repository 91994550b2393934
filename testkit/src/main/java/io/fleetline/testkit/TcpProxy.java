package io.fleetline.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A way between two programs on this machine that can be made slow, cut, or left half-open, while both of them believe to
 * speak to each other. Which fault comes when is the test's to say.
 *
 * <p>Two threads for each connection. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int BACKLOG = 512;
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

    private final ServerSocket server;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();

    private volatile int targetPort;
    private volatile boolean cut;
    private volatile long delayNanos;
    private volatile boolean closed;

    private TcpProxy(ServerSocket server) {
        this.server = server;
    }

    /** A proxy on a free port of 127.0.0.1 that leads nowhere yet: who connects is cut off. */
    public static TcpProxy open() {
        try {
            ServerSocket server = new ServerSocket(0, BACKLOG, loopback());
            TcpProxy proxy = new TcpProxy(server);
            proxy.begin("proxy-" + server.getLocalPort(), proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("no proxy could be opened", e);
        }
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** Where it listens. */
    public int port() {
        return server.getLocalPort();
    }

    /** Leads to this port of 127.0.0.1 from now on. */
    public TcpProxy to(int port) {
        targetPort = port;
        return this;
    }

    /** Keeps everything back for this long, from now on. */
    public void delay(Duration time) {
        delayNanos = time.toNanos();
    }

    /** Cuts all connections, and lets none come about until {@link #mend}. */
    public void cut() {
        cut = true;
        links.forEach(Link::close);
    }

    /** Lets connections come about again, without delay. */
    public void mend() {
        cut = false;
        delayNanos = 0;
    }

    /** What is connected now stays so, but carries nothing more, not even the end of it; what connects later is well. */
    public void leaveHalfOpen() {
        links.forEach(link -> link.dead = true);
    }

    /** How many connections there are, dead ones too. */
    public int connections() {
        return links.size();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket near = server.accept();
                if (cut || targetPort == 0) {
                    reset(near);
                } else {
                    connect(near);
                }
            } catch (IOException e) {
                // Closed, or the other side is not there, which whoever connected sees by the end of the connection.
            }
        }
    }

    private void connect(Socket near) throws IOException {
        Socket far = new Socket();
        try {
            far.connect(new InetSocketAddress(loopback(), targetPort), CONNECT_TIMEOUT_MILLIS);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
        } catch (IOException e) {
            reset(near);
            far.close();
            throw e;
        }
        Link link = new Link(near, far);
        links.add(link);
        if (cut || closed) {
            link.close();
            return;
        }
        begin("proxy-out", () -> link.carry(near, far));
        begin("proxy-back", () -> link.carry(far, near));
    }

    private void begin(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends a connection as a machine does that knows nothing of it. */
    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private final class Link implements Closeable {
        private final Socket near;
        private final Socket far;
        private volatile boolean dead;

        Link(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        void carry(Socket from, Socket to) {
            byte[] buffer = new byte[BUFFER_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (delayNanos > 0) {
                        LockSupport.parkNanos(delayNanos);
                    }
                    if (!dead) {
                        out.write(buffer, 0, read);
                    }
                }
            } catch (IOException e) {
                // One of the two has gone.
            }
            if (!dead) {
                close();
            }
        }

        @Override
        public void close() {
            links.remove(this);
            for (Socket socket : List.of(near, far)) {
                try {
                    reset(socket);
                } catch (IOException e) {
                    // It was closed already.
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a proxy could not be closed", e);
        }
        new ArrayList<>(links).forEach(Link::close);
    }
}
