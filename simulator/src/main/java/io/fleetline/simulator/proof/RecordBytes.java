package io.fleetline.simulator.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads records from their bytes, with a general CBOR parser and nothing of ours: a mistake in the codec that device,
 * node and filter share must not hide itself here.
 */
final class RecordBytes {
    /** The names that the application's mark has in a body. */
    static final String DEVICE = "device";

    static final String COUNTER = "counter";

    static final String RUN = "run";
    static final String DUE = "due";

    private static final CBORFactory CBOR = new CBORFactory();
    private static final JsonFactory JSON = new JsonFactory();
    private static final int VERSION = 1;

    private RecordBytes() {}

    /**
     * Reads one record.
     *
     * @throws IOException if a header or the body is not what it has to be; the message says what
     */
    static StoredEvent read(ConsumerRecord<byte[], byte[]> record) throws IOException {
        byte[] key = record.key();
        if (key == null) {
            throw new IOException("it has no key");
        }
        Header position = record.headers().lastHeader("fl");
        Header gap = record.headers().lastHeader("gap");
        return new StoredEvent(
                record.partition(),
                record.offset(),
                new String(key, UTF_8),
                position == null ? Optional.empty() : Optional.of(place(position.value())),
                gap == null ? Optional.empty() : Optional.of(gapTo(gap.value())),
                mark(record),
                record.timestamp());
    }

    static StoredEvent.Place place(byte[] header) throws IOException {
        try (JsonParser parser = CBOR.createParser(header)) {
            expect(parser.nextToken() == JsonToken.START_ARRAY, "its header fl is not an array");
            long version = integer(parser);
            expect(version == VERSION, "its header fl is of version " + version);
            int lane = (int) integer(parser);
            long store = integer(parser);
            long run = integer(parser);
            long order = integer(parser);
            integer(parser); // first
            long seq = integer(parser);
            return new StoredEvent.Place(new StreamNumber(lane, store, run, seq), order);
        }
    }

    private static long gapTo(byte[] header) throws IOException {
        try (JsonParser parser = CBOR.createParser(header)) {
            expect(parser.nextToken() == JsonToken.START_ARRAY, "its header gap is not an array");
            return integer(parser);
        }
    }

    private static long integer(JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.VALUE_NUMBER_INT, "a header has something else where a number belongs");
        return parser.getLongValue();
    }

    /** The mark in the body: CBOR, or JSON where nodes are told to store that; in no other is there one. */
    private static Optional<StoredEvent.Mark> mark(ConsumerRecord<byte[], byte[]> record) throws IOException {
        Header type = record.headers().lastHeader("content-type");
        if (record.value() == null) {
            return Optional.empty();
        }
        if (type == null) {
            return mark(record.value(), CBOR);
        }
        return new String(type.value(), UTF_8).equals("application/json")
                ? mark(record.value(), JSON)
                : Optional.empty();
    }

    /** The mark in a body, if the body is a map that has it at its top. */
    private static Optional<StoredEvent.Mark> mark(byte[] body, JsonFactory format) throws IOException {
        String device = null;
        Long counter = null;
        String run = null;
        OptionalLong due = OptionalLong.empty();
        try (JsonParser parser = format.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            for (@Nullable String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (name.equals(DEVICE) && value == JsonToken.VALUE_STRING) {
                    device = parser.getText();
                } else if (name.equals(COUNTER) && value == JsonToken.VALUE_NUMBER_INT) {
                    counter = parser.getLongValue();
                } else if (name.equals(RUN) && value == JsonToken.VALUE_STRING) {
                    run = parser.getText();
                } else if (name.equals(DUE) && value == JsonToken.VALUE_NUMBER_INT) {
                    due = OptionalLong.of(parser.getLongValue());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return device == null || counter == null
                ? Optional.empty()
                : Optional.of(new StoredEvent.Mark(device, counter, Optional.ofNullable(run), due));
    }

    private static void expect(boolean met, String otherwise) throws IOException {
        if (!met) {
            throw new IOException(otherwise);
        }
    }
}
