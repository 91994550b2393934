package io.fleetline.ingest.kafka;

import io.fleetline.ingest.command.PendingCommand;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.BodyWalk;
import io.fleetline.protocol.cbor.FrameException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads a command as anyone may have produced it. */
final class CommandRecord {
    private static final String JSON = "application/json";
    /** How long a command that does not say is valid. */
    private static final Duration DEFAULT_EXPIRY = Duration.ofHours(1);

    private CommandRecord() {}

    /**
     * The command in a record of the commands topic.
     *
     * @throws IllegalArgumentException naming what is missing or not of its form
     */
    static PendingCommand read(ConsumerRecord<byte[], byte[]> record, Duration longestExpiry) {
        String id = require(record, RecordHeaders.COMMAND_ID);
        String name = require(record, RecordHeaders.NAME);
        return new PendingCommand(id, name, body(record), expiresAt(record, longestExpiry));
    }

    static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static String require(ConsumerRecord<byte[], byte[]> record, String name) {
        String text = text(record, name);
        if (text == null) {
            throw new IllegalArgumentException("a command without the header " + name);
        }
        return text;
    }

    private static long expiresAt(ConsumerRecord<byte[], byte[]> record, Duration longestExpiry) {
        long latest = record.timestamp() + longestExpiry.toMillis();
        String given = text(record, RecordHeaders.EXPIRES_AT);
        if (given == null) {
            return Math.min(latest, record.timestamp() + DEFAULT_EXPIRY.toMillis());
        }
        return Math.min(latest, Long.parseLong(given));
    }

    private static Payload body(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            return Payload.NULL;
        }
        String type = text(record, RecordHeaders.CONTENT_TYPE);
        if (type != null && type.toLowerCase(java.util.Locale.ROOT).startsWith(JSON)) {
            return BodyCodec.fromJson(new String(value, StandardCharsets.UTF_8));
        }
        return checked(value);
    }

    /** Anyone may produce commands: what goes on to a device is looked at first. */
    private static Payload checked(byte[] value) {
        BodyWalk walk = new BodyWalk();
        int end;
        try {
            end = walk.walk(value, 0, value.length);
        } catch (FrameException e) {
            throw new IllegalArgumentException("a command whose body is not CBOR: " + e.getMessage(), e);
        }
        if (end < value.length) {
            throw new IllegalArgumentException("a command with " + (value.length - end) + " bytes after its body");
        }
        if (walk.fault().isPresent()) {
            throw new IllegalArgumentException(
                    "a command whose body has " + walk.fault().get());
        }
        return Payload.wrap(value);
    }
}
