package io.fleetline.bench.wss;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;

/**
 * What a server chose, as its first message says in plain text (RFC 8446, section 4.1.3). The JDK tells version and cipher suite
 * of a session, and not the group of its key exchange.
 *
 * @param version of TLS
 * @param cipher the cipher suite
 * @param group of the key exchange: the curve
 */
public record ServerHello(String version, String cipher, String group) {
    private static final int HANDSHAKE = 22;
    private static final int SERVER_HELLO = 2;
    private static final int RANDOM_BYTES = 32;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int KEY_SHARE = 51;

    private static final Map<Integer, String> VERSIONS = Map.of(0x0303, "TLSv1.2", 0x0304, "TLSv1.3");
    private static final Map<Integer, String> CIPHERS = Map.of(
            0x1301, "TLS_AES_128_GCM_SHA256",
            0x1302, "TLS_AES_256_GCM_SHA384",
            0x1303, "TLS_CHACHA20_POLY1305_SHA256");
    private static final Map<Integer, String> GROUPS =
            Map.of(23, "secp256r1", 24, "secp384r1", 25, "secp521r1", 29, "x25519", 30, "x448");

    /**
     * Reads it.
     *
     * @param bytes how what the server sent begins
     * @throws IllegalArgumentException if that is no whole ServerHello
     */
    public static ServerHello parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            int record = in.get();
            skip(in, 4); // the record's version and length
            if (record != HANDSHAKE || in.get() != SERVER_HELLO) {
                throw new IllegalArgumentException(
                        "what the server sent first is no ServerHello: record type " + record);
            }
            skip(in, 3); // the message's length
            int version = u16(in);
            skip(in, RANDOM_BYTES);
            skip(in, in.get() & 0xFF); // the session's id
            int cipher = u16(in);
            skip(in, 1); // compression
            String group = "no group of its own";
            int end = u16(in) + in.position();
            while (in.position() < end) {
                int extension = u16(in);
                int next = u16(in) + in.position();
                if (extension == SUPPORTED_VERSIONS) {
                    version = u16(in);
                } else if (extension == KEY_SHARE) {
                    group = name(GROUPS, u16(in));
                }
                skip(in, next - in.position());
            }
            return new ServerHello(name(VERSIONS, version), name(CIPHERS, cipher), group);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the ServerHello ends within " + bytes.length + " bytes", e);
        }
    }

    private static void skip(ByteBuffer in, int count) {
        if (count > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + count);
    }

    private static int u16(ByteBuffer in) {
        return in.getShort() & 0xFFFF;
    }

    private static String name(Map<Integer, String> names, int number) {
        return names.getOrDefault(number, String.format(Locale.ROOT, "0x%04x", number));
    }

    /** For a report. */
    @Override
    public String toString() {
        return version + ", " + cipher + ", " + group;
    }
}
