package io.fleetline.cli.deadletters;

import io.fleetline.ingest.kafka.DeadLetterHeaders;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * One record of the dead letters, as a node wrote it.
 *
 * @param record the record, to be left alone
 */
public record DeadLetter(ConsumerRecord<byte[], byte[]> record) {
    private static final byte[] NOTHING = new byte[0];

    /** Where it stands: partition and offset. */
    public record Place(int partition, long offset) {
        /**
         * Reads what {@link #toString} writes.
         *
         * @throws IllegalArgumentException if it is not of that form
         */
        public static Place parse(String text) {
            String[] parts = text.split(":", -1);
            try {
                if (parts.length == 2) {
                    return new Place(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new IllegalArgumentException("'" + text + "' is no letter such as 3:1042 (partition and offset)");
        }

        @Override
        public String toString() {
            return partition + ":" + offset;
        }
    }

    /** Where it stands. */
    public Place place() {
        return new Place(record.partition(), record.offset());
    }

    /** The device that sent it; empty for a record that no node wrote. */
    public String device() {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    /** When a node wrote it, by that node's clock. */
    public Instant time() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** Why it was rejected: the name of a reject code. */
    public Optional<String> code() {
        return text(DeadLetterHeaders.CODE);
    }

    /** The same for people. */
    public Optional<String> message() {
        return text(DeadLetterHeaders.MESSAGE);
    }

    /** At which byte of the body the fault is, where it is in the body. */
    public OptionalInt faultAt() {
        try {
            return text(DeadLetterHeaders.OFFSET)
                    .map(digits -> OptionalInt.of(Integer.parseInt(digits)))
                    .orElseGet(OptionalInt::empty);
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /** Where the item stood in its device's stream; empty if the header cannot be read. */
    public Optional<RecordPosition> position() {
        Header header = record.headers().lastHeader(RecordHeaders.POSITION);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(RecordHeaderCodec.decodePosition(header.value()));
        } catch (RecordHeaderException e) {
            return Optional.empty();
        }
    }

    /** Whether it is an event; the outcome of a command is none. */
    public boolean isEvent() {
        return text(RecordHeaders.CHANNEL).isPresent();
    }

    /** What the device sent. */
    public byte[] bytes() {
        return record.value() == null ? NOTHING : record.value();
    }

    /** The text of a header. */
    public Optional<String> text(String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** The body as JSON, with what is wrong in it mended as far as JSON needs it; empty if it is not CBOR. */
    public Optional<String> json() {
        if (text(RecordHeaders.CONTENT_TYPE).isPresent() || bytes().length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(BodyCodec.toJson(Payload.wrap(bytes())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** At most so many bytes from a little before the fault on. */
    public byte[] near(int most) {
        int from = Math.min(bytes().length, Math.max(0, faultAt().orElse(0) - most / 4));
        return Arrays.copyOfRange(bytes(), from, Math.min(bytes().length, from + most));
    }
}
