package io.fleetline.device.fake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that makes tunnels and nothing else, for those who log in if it asks for that. */
public final class ConnectProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Optional<String> login;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> tunnels = new CopyOnWriteArrayList<>();

    /** @param login {@code user:password}, if one is needed */
    public ConnectProxy(Optional<String> login) throws IOException {
        this.login = login;
        start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Where tunnels were made to. */
    public List<String> tunnels() {
        return tunnels;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // Somebody hung up.
                    }
                },
                "connect-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket socket = server.accept();
            sockets.add(socket);
            start(() -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            while (true) {
                String head = head(socket.getInputStream());
                String[] request = head.split(" ", 3);
                if (!request[0].equals("CONNECT")) {
                    answer(socket, "405 Method Not Allowed", "");
                } else if (login.isPresent() && !head.contains("Proxy-Authorization: Basic " + encoded())) {
                    answer(socket, "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"us\"\r\n");
                } else {
                    tunnel(socket, request[1]);
                    return;
                }
            }
        }
    }

    private String encoded() {
        return Base64.getEncoder().encodeToString(login.orElseThrow().getBytes(StandardCharsets.UTF_8));
    }

    private void tunnel(Socket socket, String target) throws IOException {
        tunnels.add(target);
        int colon = target.lastIndexOf(':');
        try (Socket onward = new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)))) {
            sockets.add(onward);
            answer(socket, "200 Connection established", "");
            start(() -> pump(onward, socket));
            pump(socket, onward);
        }
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } finally {
            to.close();
        }
    }

    private static void answer(Socket socket, String status, String header) throws IOException {
        // A tunnel's answer has no content, and none may be announced (RFC 9110 section 9.3.6).
        String length = status.startsWith("200") ? "" : "Content-Length: 0\r\n";
        socket.getOutputStream()
                .write(("HTTP/1.1 " + status + "\r\n" + header + length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed within the request");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }
}
