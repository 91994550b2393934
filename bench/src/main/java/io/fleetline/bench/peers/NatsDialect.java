package io.fleetline.bench.peers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** The protocol of NATS, verbose: the server answers each message with {@code +OK}, and stores none. */
final class NatsDialect implements Dialect {
    private final byte[] publish;
    private final StringBuilder line = new StringBuilder();
    private boolean greeted;
    private long expectedOks = 1;

    NatsDialect(byte[] body) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(("PUB readings " + body.length + "\r\n").getBytes(UTF_8));
        message.writeBytes(body);
        message.writeBytes("\r\n".getBytes(UTF_8));
        publish = message.toByteArray();
    }

    @Override
    public List<byte[]> opening() {
        return List.of("CONNECT {\"verbose\":true,\"pedantic\":false,\"lang\":\"java\",\"version\":\"1\"}\r\nPING\r\n"
                .getBytes(UTF_8));
    }

    @Override
    public byte[] publish() {
        return publish.clone();
    }

    @Override
    public long take(byte[] message) {
        long acks = 0;
        for (char c : new String(message, US_ASCII).toCharArray()) {
            if (c != '\n') {
                line.append(c);
                continue;
            }
            acks += line(line.toString().strip());
            line.setLength(0);
        }
        return acks;
    }

    private long line(String text) {
        if (text.equals("PONG")) {
            greeted = true;
        } else if (text.equals("+OK")) {
            // The first one is for CONNECT.
            if (expectedOks > 0) {
                expectedOks--;
                return 0;
            }
            return 1;
        } else if (!text.startsWith("INFO ") && !text.equals("PING")) {
            throw new IllegalStateException("the server said " + text);
        }
        return 0;
    }

    @Override
    public boolean greeted() {
        return greeted;
    }
}
