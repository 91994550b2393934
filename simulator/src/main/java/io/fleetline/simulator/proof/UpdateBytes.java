package io.fleetline.simulator.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads records of the command updates from their bytes, with nothing of ours but what reads events. */
final class UpdateBytes {
    private UpdateBytes() {}

    /**
     * Reads one record.
     *
     * @throws IOException if a header is not what it has to be; the message says what
     */
    static StoredUpdate read(ConsumerRecord<byte[], byte[]> record) throws IOException {
        if (record.key() == null) {
            throw new IOException("it has no key");
        }
        Header position = record.headers().lastHeader("fl");
        Header id = record.headers().lastHeader("command-id");
        Header status = record.headers().lastHeader("status");
        return new StoredUpdate(
                "partition " + record.partition() + " offset " + record.offset(),
                new String(record.key(), UTF_8),
                Optional.ofNullable(id).map(UpdateBytes::text),
                status == null ? "" : text(status),
                position == null
                        ? Optional.empty()
                        : Optional.of(RecordBytes.place(position.value()).number()));
    }

    private static String text(Header header) {
        return new String(header.value(), UTF_8);
    }
}
