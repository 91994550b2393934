package io.fleetline.ingest;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that speaks in bytes, so that it can say what no client library would. */
final class RawPeer implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** An empty map. */
    static final Payload NO_CLIENT = Payload.wrap(new byte[] {(byte) 0xa0});

    private static final long LAST_TOKEN = 4_711;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;

    private static final AtomicInteger MADE = new AtomicInteger();

    private final URI url;
    private final String authorization;
    private final Socket socket;
    private final DataInputStream in;
    private String statusLine = "";
    private String head = "";

    RawPeer(URI url, String authorization) throws IOException {
        this(url, authorization, new Socket(InetAddress.getLoopbackAddress(), url.getPort()));
    }

    /** Over a connection that is there already. */
    RawPeer(URI url, String authorization, Socket connected) throws IOException {
        this.url = url;
        this.authorization = authorization;
        MADE.incrementAndGet();
        socket = connected;
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    }

    /** How many there were since they were counted anew. */
    static int made() {
        return MADE.get();
    }

    static void countAnew() {
        MADE.set(0);
    }

    // ---- HTTP

    /** A handshake that nothing is wrong with, line by line. */
    String goodHead() {
        return "GET /connect HTTP/1.1\r\n"
                + "Host: " + url.getAuthority() + "\r\n"
                + "Upgrade: websocket\r\n"
                + "Connection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Protocol: fleetline.v1\r\n"
                + "Authorization: " + authorization + "\r\n"
                + "\r\n";
    }

    void raw(String text) {
        raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void raw(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException alreadyCut) {
            // The outcome will tell.
        }
    }

    /** Reads an HTTP response's head; its status, or "cut" if there is none. */
    String httpOutcome() throws IOException {
        try {
            statusLine = line();
            StringBuilder lines = new StringBuilder();
            for (String line = line(); !line.isEmpty(); line = line()) {
                lines.append(line).append('\n');
            }
            head = lines.toString();
            return statusLine.substring(9, 12); // behind "HTTP/1.1 "
        } catch (EOFException | java.net.SocketException e) {
            return "cut";
        }
    }

    /** Whether nothing comes for so long. */
    boolean isSilentFor(Duration time) throws IOException {
        int before = socket.getSoTimeout();
        socket.setSoTimeout((int) time.toMillis());
        in.mark(1);
        try {
            in.read();
            in.reset();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(before);
        }
    }

    /** The header of the response, in lower case; empty if there is none. */
    String responseHeader(String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    RawPeer upgrade() throws IOException {
        raw(goodHead());
        String status = httpOutcome();
        if (!"101".equals(status)) {
            throw new AssertionError("a good handshake was answered with " + statusLine);
        }
        return this;
    }

    RawPeer hello() throws IOException {
        upgrade();
        send(new DeviceFrame.Hello(0, NO_CLIENT));
        return this;
    }

    // ---- WebSocket

    void send(DeviceFrame frame) {
        cbor(FrameEncoder.encode(frame));
    }

    void cbor(byte[] message) {
        frame(FIN, BINARY, message);
    }

    void cbor(int... bytes) {
        byte[] message = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            message[i] = (byte) bytes[i];
        }
        cbor(message);
    }

    void finished(int opcode, byte[] payload) {
        frame(FIN, opcode, payload);
    }

    void unfinished(int opcode, byte[] payload) {
        frame(0, opcode, payload);
    }

    void frame(int flags, int opcode, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(flags | opcode);
        if (payload.length < 126) {
            out.write(MASKED | payload.length);
        } else if (payload.length < 65_536) {
            out.write(MASKED | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(MASKED | 127);
            out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        out.writeBytes(new byte[4]); // a mask of zeros leaves the bytes as they are
        out.writeBytes(payload);
        raw(out.toByteArray());
    }

    void closeFrame(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = ByteBuffer.allocate(2 + text.length)
                .putShort((short) code)
                .put(text)
                .array();
        finished(CLOSE, payload);
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /**
     * Reads on until the connection ends, or {@link #heartbeat} is answered.
     *
     * @return a close code; "cut" where the connection ended without one; "alive" after the answer to that heartbeat
     */
    String webSocketOutcome() throws IOException {
        try {
            while (true) {
                int first = in.readUnsignedByte();
                int length = in.readUnsignedByte();
                if (length == 126) {
                    length = in.readUnsignedShort();
                } else if (length == 127) {
                    length = Math.toIntExact(in.readLong());
                }
                byte[] payload = in.readNBytes(length);
                if ((first & 0x0f) == CLOSE) {
                    return length < 2
                            ? "1005"
                            : Integer.toString(ByteBuffer.wrap(payload).getShort() & 0xffff);
                }
                if ((first & 0x0f) == BINARY
                        && decode(payload) instanceof ServerFrame.HeartbeatAck answer
                        && answer.token() == LAST_TOKEN) {
                    return "alive";
                }
            }
        } catch (EOFException | java.net.SocketException e) {
            return "cut";
        } catch (SocketTimeoutException e) {
            return "still open, without a word";
        }
    }

    void heartbeat() {
        send(new DeviceFrame.Heartbeat(LAST_TOKEN));
    }

    private static ServerFrame decode(byte[] message) {
        try {
            return new FrameDecoder().decodeServerFrame(message, 0, message.length);
        } catch (FrameException e) {
            throw new AssertionError("the node sent what cannot be read", e);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int c = in.readUnsignedByte();
            if (c == '\n') {
                return line.toString().strip();
            }
            line.append((char) c);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
