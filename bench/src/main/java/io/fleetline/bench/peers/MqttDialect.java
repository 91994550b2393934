package io.fleetline.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** MQTT 3.1.1, QoS 1: packets of fewer than 128 bytes after their head. */
final class MqttDialect implements Dialect {
    private static final int CONNECT = 0x10;
    private static final int CONNACK = 0x20;
    private static final int PUBLISH_AT_LEAST_ONCE = 0x32;
    private static final int PUBACK = 0x40;
    private static final int CLEAN_SESSION = 0x02;
    private static final int KEEP_ALIVE_SECONDS = 600;
    private static final int MOST_PACKET_ID = 65_535;

    private final String client;
    private final byte[] topic = "readings".getBytes(UTF_8);
    private final byte[] body;
    private int packetId;
    private boolean greeted;

    MqttDialect(String client, byte[] body) {
        this.client = client;
        this.body = body.clone();
    }

    @Override
    public List<byte[]> opening() {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        text(packet, "MQTT".getBytes(UTF_8));
        packet.write(4);
        packet.write(CLEAN_SESSION);
        number(packet, KEEP_ALIVE_SECONDS);
        text(packet, client.getBytes(UTF_8));
        return List.of(framed(CONNECT, packet));
    }

    @Override
    public byte[] publish() {
        packetId = packetId % MOST_PACKET_ID + 1;
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        text(packet, topic);
        number(packet, packetId);
        packet.writeBytes(body);
        return framed(PUBLISH_AT_LEAST_ONCE, packet);
    }

    @Override
    public long take(byte[] message) {
        long acks = 0;
        int at = 0;
        while (at + 1 < message.length) {
            int type = message[at] & 0xF0;
            if (type == PUBACK) {
                acks++;
            } else if (type == CONNACK && message[at + 3] == 0) {
                greeted = true;
            } else {
                throw new IllegalStateException("the broker sent packet type " + (type >> 4));
            }
            at += 2 + message[at + 1];
        }
        return acks;
    }

    @Override
    public boolean greeted() {
        return greeted;
    }

    private static void text(ByteArrayOutputStream out, byte[] text) {
        number(out, text.length);
        out.writeBytes(text);
    }

    private static void number(ByteArrayOutputStream out, int number) {
        out.write(number >> 8);
        out.write(number);
    }

    private static byte[] framed(int type, ByteArrayOutputStream packet) {
        if (packet.size() > 127) {
            throw new IllegalArgumentException("a packet of " + packet.size() + " bytes, more than 127");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type);
        out.write(packet.size());
        out.writeBytes(packet.toByteArray());
        return out.toByteArray();
    }
}
