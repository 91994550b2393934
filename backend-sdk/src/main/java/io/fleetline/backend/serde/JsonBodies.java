package io.fleetline.backend.serde;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.cbor.BodyCodec;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Maps bodies, CBOR or JSON, to an application's classes with Jackson. Needs {@code jackson-databind}, which is not among
 * this library's dependencies: an application that uses this class brings it along.
 *
 * <pre>{@code
 * record Reading(double celsius) {}
 * JsonBodies<Reading> readings = JsonBodies.of(Reading.class);
 * Reading reading = readings.read(event.bytes(), event.contentType());
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @param <T> what a body becomes
 */
public final class JsonBodies<T> {
    private final ObjectMapper mapper;
    private final Class<T> type;

    private JsonBodies(ObjectMapper mapper, Class<T> type) {
        this.mapper = mapper;
        this.type = type;
    }

    /**
     * Bodies of this class, with a mapper of default settings.
     *
     * @param <T> what a body becomes
     */
    public static <T> JsonBodies<T> of(Class<T> type) {
        return of(type, new ObjectMapper());
    }

    /**
     * Bodies of this class.
     *
     * @param mapper maps JSON bodies, and what CBOR bodies decode to
     * @param <T> what a body becomes
     */
    public static <T> JsonBodies<T> of(Class<T> type, ObjectMapper mapper) {
        return new JsonBodies<>(mapper, type);
    }

    /**
     * Reads a body.
     *
     * @param body its bytes
     * @param contentType its media type, where it is not CBOR
     * @throws IOException if it is JSON and does not fit the class
     * @throws IllegalArgumentException if it is CBOR and does not fit the class, or neither CBOR nor JSON
     */
    public T read(byte[] body, Optional<String> contentType) throws IOException {
        if (contentType.isEmpty()) {
            return mapper.convertValue(BodyCodec.decode(Payload.wrap(body)), type);
        }
        if (contentType.get().toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return mapper.readValue(body, type);
        }
        throw new IllegalArgumentException("a body of type " + contentType.get() + " is neither CBOR nor JSON");
    }

    /** For {@code value.deserializer}: a body that does not fit fails with a {@link SerializationException}. */
    public Deserializer<T> deserializer() {
        return new BodyDeserializer();
    }

    private final class BodyDeserializer implements Deserializer<T> {
        @Override
        public T deserialize(String topic, byte @Nullable [] data) {
            return deserialize(topic, new RecordHeaders(), data);
        }

        @Override
        @SuppressWarnings("NullAway") // Kafka's way to say that there is none
        public T deserialize(String topic, Headers headers, byte @Nullable [] data) {
            if (data == null) {
                return null;
            }
            try {
                return read(data, new EventValue(data, headers).contentType());
            } catch (IOException | IllegalArgumentException e) {
                throw new SerializationException(
                        "a value of " + topic + " is no " + type.getSimpleName() + ": " + e.getMessage(), e);
            }
        }
    }
}
