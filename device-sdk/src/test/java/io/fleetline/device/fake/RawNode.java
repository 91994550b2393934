package io.fleetline.device.fake;

import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.ServerFrame.Welcome;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A peer that speaks bytes, so that it can say what no WebSocket library lets one say. One thread per connection. */
public final class RawNode implements AutoCloseable {
    /** What it does with a connection. */
    public interface Script {
        void serve(Wire wire) throws IOException;
    }

    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    public RawNode(Script script) throws IOException {
        this.script = script;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "raw-node");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    public URI url() {
        return URI.create("ws://127.0.0.1:" + server.getLocalPort() + ProtocolLimits.PATH);
    }

    /** How many connections came. */
    public int connections() {
        return sockets.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread thread = new Thread(() -> serve(socket), "raw-node-" + sockets.size());
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // The server was closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.serve(new Wire(socket));
        } catch (IOException e) {
            // The device hung up, as it should.
        }
    }

    /** One connection's bytes. */
    public static final class Wire {
        private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Wire(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        /** Reads the request's head, and returns its {@code Sec-WebSocket-Key}. */
        public String readRequest() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("closed within the request");
                }
                head.write(next);
            }
            for (String line : head.toString(StandardCharsets.US_ASCII).split("\r\n", -1)) {
                if (line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
                    return line.substring(18).trim();
                }
            }
            throw new IOException("no key in the request");
        }

        /** The answer that belongs to a key. */
        public static String acceptFor(String key) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-1")
                        .digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
                return Base64.getEncoder().encodeToString(hash);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }

        /** Answers the handshake as it should be. */
        public void upgrade() throws IOException {
            upgrade(acceptFor(readRequest()), "Sec-WebSocket-Protocol: " + ProtocolLimits.SUBPROTOCOL);
        }

        public void upgrade(String accept, String... more) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + "\r\n");
            for (String line : more) {
                head.append(line).append("\r\n");
            }
            write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        }

        public void write(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Sends a WebSocket frame with this first byte and no mask. */
        public void frame(int first, byte[] payload) throws IOException {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.write(first);
            if (payload.length < 126) {
                frame.write(payload.length);
            } else {
                frame.write(126);
                frame.write(payload.length >>> 8);
                frame.write(payload.length);
            }
            frame.write(payload);
            write(frame.toByteArray());
        }

        public void send(ServerFrame frame) throws IOException {
            frame(0x82, FrameEncoder.encode(frame));
        }

        /** Answers the handshake and whatever hello there will be. */
        public void welcome() throws IOException {
            welcome(System.currentTimeMillis());
        }

        /** The same at another time. */
        public void welcome(long unixMillis) throws IOException {
            upgrade();
            readSome();
            send(friendlyWelcome(unixMillis));
        }

        public static Welcome friendlyWelcome() {
            return friendlyWelcome(System.currentTimeMillis());
        }

        private static Welcome friendlyWelcome(long unixMillis) {
            return new Welcome(unixMillis * 1024, unixMillis, 1_000, 65_536, 32_768, 1024, 1 << 20, 0, 0, 100);
        }

        /** Reads and forgets whatever comes next. Returns false at the end. */
        public boolean readSome() throws IOException {
            return in.read(new byte[8192]) >= 0;
        }

        /** Reads until the device ends the connection. */
        public void readToTheEnd() throws IOException {
            while (readSome()) {
                // What it says does not matter.
            }
        }

        /** Breaks the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
