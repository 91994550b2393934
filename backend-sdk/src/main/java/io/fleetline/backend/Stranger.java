package io.fleetline.backend;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record that says nothing about a place in a device's stream: replayed from the dead letters, or produced by somebody
 * else. It is handed on as it is, as often as it is in the topic.
 *
 * @param record the record, to be left alone
 */
public record Stranger(ConsumerRecord<byte[], byte[]> record) implements Delivery {
    /** The device that its key names, if it does. */
    public Optional<DeviceId> device() {
        byte[] key = record.key();
        if (key == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(DeviceId.parse(new String(key, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Where it stood in the dead letters, if it was replayed from there. */
    public Optional<String> replayOf() {
        return header(RecordHeaders.REPLAY_OF);
    }

    /** The text of a record header, by the names in {@link RecordHeaders}. */
    public Optional<String> header(String name) {
        return Event.text(record, name);
    }

    @Override
    public String topic() {
        return record.topic();
    }

    @Override
    public int partition() {
        return record.partition();
    }

    @Override
    public long offset() {
        return record.offset();
    }
}
