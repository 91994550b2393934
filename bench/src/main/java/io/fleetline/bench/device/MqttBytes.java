package io.fleetline.bench.device;

/**
 * The least that MQTT 3.1.1 at QoS 1 needs on the wire for the same, over WebSocket and TLS 1.3: reckoned from the standards, with
 * no broker involved. In its favour: a topic that is as short as the channel's name, and as many packets in one WebSocket message
 * and one TLS record as there is cause for. On the same TLS as ours, the JDK's, which adds padding to each record; and with the time
 * of each event in its payload, where MQTT has no other place for it.
 */
final class MqttBytes {
    /** RFC 8446 section 5.2: header, content type, the tag of AES-GCM, and the JDK's padding of 16 zeros. */
    private static final int TLS_RECORD = 5 + 1 + 16 + 16;

    /** A time in ms as a CBOR number (RFC 8949 section 3). */
    static final int TIME = 9;

    private static final int MASK = 4;
    private static final int PUBACK = 4;
    private static final int PING = 2;

    private MqttBytes() {}

    /** Events that go and are acknowledged together, both directions, per event. */
    static double perEvent(String topic, int bodyBytes, int together) {
        int remaining = 2 + topic.length() + 2 + bodyBytes; // MQTT 3.1.1 section 3.3: topic, packet identifier, payload
        int publish = 1 + (remaining < 128 ? 1 : remaining < 16_384 ? 2 : 3) + remaining;
        int up = message(publish * together, true);
        int down = message(PUBACK * together, false);
        return (double) (up + down) / together;
    }

    /** One keep-alive and its answer. */
    static double perPing() {
        return message(PING, true) + message(PING, false);
    }

    /** RFC 6455 section 5.2: two bytes, more for more than 125 bytes, and a mask from the client. */
    private static int message(int bytes, boolean fromClient) {
        int length = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10;
        return TLS_RECORD + length + (fromClient ? MASK : 0) + bytes;
    }
}
