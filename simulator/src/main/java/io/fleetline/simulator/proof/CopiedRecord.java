package io.fleetline.simulator.proof;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** A record as it was read, to be written again, with what it says. */
final class CopiedRecord {
    private static final CBORFactory CBOR = new CBORFactory();
    /** The place of the number in the header: {@code [version, lane, store, run, order, first, seq, …]}. */
    private static final int SEQ = 6;

    private final long timestamp;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final Headers headers;
    private final Optional<Numbered> numbered;

    private CopiedRecord(
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers,
            Optional<Numbered> numbered) {
        this.timestamp = timestamp;
        this.key = key;
        this.value = value;
        this.headers = headers;
        this.numbered = numbered;
    }

    /** What its headers and body say; empty unless it is an event with a number and a mark. */
    Optional<Numbered> numbered() {
        return numbered;
    }

    byte @Nullable [] value() {
        return value;
    }

    /** The same record for this partition of this topic. */
    ProducerRecord<byte[], byte[]> toProduce(TopicPartition partition) {
        return new ProducerRecord<>(partition.topic(), partition.partition(), timestamp, key, value, headers);
    }

    /**
     * What an event's record says.
     *
     * @param device whose it is
     * @param number its number
     * @param counter the application's own number
     */
    record Numbered(String device, StreamNumber number, long counter) {
        boolean isInLaneOf(Numbered other) {
            return device.equals(other.device)
                    && number.lane() == other.number.lane()
                    && number.store() == other.number.store()
                    && number.run() == other.number.run();
        }

        boolean isRepeatOf(Numbered other) {
            return isInLaneOf(other) && number.seq() == other.number.seq();
        }

        @Override
        public String toString() {
            return "counter " + counter + " of " + device + " (" + number + ")";
        }
    }

    static CopiedRecord of(ConsumerRecord<byte[], byte[]> record) {
        Optional<Numbered> numbered;
        try {
            StoredEvent event = RecordBytes.read(record);
            numbered = event.place()
                    .flatMap(place ->
                            event.mark().map(mark -> new Numbered(event.device(), place.number(), mark.counter())));
        } catch (IOException e) {
            numbered = Optional.empty();
        }
        return new CopiedRecord(record.timestamp(), record.key(), record.value(), record.headers(), numbered);
    }

    boolean isInLaneOf(Numbered other) {
        return numbered.isPresent() && numbered.get().isInLaneOf(other);
    }

    boolean isRepeatOf(Numbered other) {
        return numbered.isPresent() && numbered.get().isRepeatOf(other);
    }

    CopiedRecord withValue(byte @Nullable [] other) {
        return new CopiedRecord(timestamp, key, other, headers, numbered);
    }

    /** The same event under another number. */
    CopiedRecord withSeq(long seq) {
        Header position = headers.lastHeader("fl");
        RecordHeaders changed = new RecordHeaders(headers.toArray());
        changed.remove("fl");
        changed.add("fl", withSeq(position.value(), seq));
        return new CopiedRecord(timestamp, key, value, changed, numbered);
    }

    private static byte[] withSeq(byte[] header, long seq) {
        try {
            List<Long> numbers = new ArrayList<>();
            try (JsonParser parser = CBOR.createParser(header)) {
                parser.nextToken();
                while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                    numbers.add(parser.getLongValue());
                }
            }
            numbers.set(SEQ, seq);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (JsonGenerator generator = CBOR.createGenerator(bytes)) {
                generator.writeStartArray(numbers, numbers.size());
                for (long number : numbers) {
                    generator.writeNumber(number);
                }
                generator.writeEndArray();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("a header that could be read cannot be written", e);
        }
    }
}
