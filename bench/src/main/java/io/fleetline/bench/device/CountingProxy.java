package io.fleetline.bench.device;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a node that counts what passes: all that TCP carries, TLS included, TCP's and IP's own headers not. */
public final class CountingProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    /** So much is kept of what the server said first: a ServerHello is far shorter. */
    private static final int HEAD_BYTES = 1024;

    private final ServerSocket server;
    private final URI target;
    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();
    private final ByteArrayOutputStream head = new ByteArrayOutputStream(); // guarded by itself
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** Leads to where this URL leads, from a free port of loopback. */
    public CountingProxy(URI target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, loopback());
        begin(this::accept);
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** The same URL by way of this proxy. */
    public URI url() {
        return URI.create(target.getScheme() + "://127.0.0.1:" + server.getLocalPort() + target.getPath());
    }

    /** How many bytes have passed, in both directions. */
    public long bytes() {
        return up.get() + down.get();
    }

    /** How what the server said begins, over the first connection unless that said little. */
    public byte[] head() {
        synchronized (head) {
            return head.toByteArray();
        }
    }

    private void keepHead(byte[] bytes, int count) {
        synchronized (head) {
            head.write(bytes, 0, Math.min(count, HEAD_BYTES - head.size()));
        }
    }

    /** Cuts the connections that there are; what connects later is well. */
    void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static void begin(Runnable task) {
        Thread thread = new Thread(task, "counting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                Socket far = new Socket();
                far.connect(new InetSocketAddress(loopback(), target.getPort()));
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                sockets.add(near);
                sockets.add(far);
                begin(() -> carry(near, far, up));
                begin(() -> carry(far, near, down));
            } catch (IOException e) {
                // Closed, or the node is away, which the device sees by the end of its connection.
            }
        }
    }

    private void carry(Socket from, Socket to, AtomicLong count) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count.addAndGet(read);
                if (count == down) {
                    keepHead(buffer, read);
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One side has gone.
        }
        sockets.remove(from);
        sockets.remove(to);
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
