package io.fleetline.backend.serde;

import io.fleetline.protocol.DeviceId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Serdes for the records of events topics: for consumers, for Kafka Streams and whatever else takes Kafka's serdes.
 *
 * <pre>{@code
 * builder.stream("fleetline.events.exact",
 *         Consumed.with(EventSerdes.device(), EventSerdes.event(), new EventTimeExtractor(), null));
 * }</pre>
 *
 * <p>They read each record for itself: only from an <em>exact</em> topic comes each event once and in order. All of them are
 * without state and safe for use by many threads.
 */
public final class EventSerdes {
    private static final Serde<DeviceId> DEVICE = Serdes.serdeFrom(new DeviceSerializer(), new DeviceDeserializer());
    private static final Serde<EventValue> EVENT = Serdes.serdeFrom(new EventSerializer(), new EventDeserializer());

    private EventSerdes() {}

    /** For keys. A key that names no device fails with a {@link SerializationException}. */
    public static Serde<DeviceId> device() {
        return DEVICE;
    }

    /**
     * For values, with their headers; decodes nothing. A record without a value becomes one too (it may be a gap), as long
     * as it has headers. Written, an event takes its headers along where the record does not have them already.
     */
    public static Serde<EventValue> event() {
        return EVENT;
    }

    /**
     * For values as JSON text on one line ({@link EventValue#json}), for whoever wants nothing but the body.
     *
     * @return null for a record without a value
     */
    public static Deserializer<String> json() {
        return new JsonDeserializer();
    }

    /** Reads values: for {@code value.deserializer}. */
    public static final class EventDeserializer implements Deserializer<EventValue> {
        /** For Kafka. */
        public EventDeserializer() {}

        @Override
        public EventValue deserialize(String topic, byte @Nullable [] data) {
            return new EventValue(data, new RecordHeaders());
        }

        @Override
        @SuppressWarnings("NullAway") // Kafka's way to say that there is none
        public EventValue deserialize(String topic, Headers headers, byte @Nullable [] data) {
            // Without headers and value it is nothing: a tombstone, or what Kafka Streams keeps for absent.
            return data == null && headers.toArray().length == 0 ? null : new EventValue(data, headers);
        }
    }

    /** Writes values: for {@code value.serializer}. */
    public static final class EventSerializer implements Serializer<EventValue> {
        /** For Kafka. */
        public EventSerializer() {}

        @Override
        @SuppressWarnings("NullAway") // a gap has no value
        public byte[] serialize(String topic, @Nullable EventValue event) {
            return event == null ? null : event.value();
        }

        @Override
        public byte[] serialize(String topic, Headers headers, @Nullable EventValue event) {
            if (event != null) {
                for (Header header : event.headers()) {
                    if (headers.lastHeader(header.key()) == null) {
                        headers.add(header);
                    }
                }
            }
            return serialize(topic, event);
        }
    }

    /** Reads keys: for {@code key.deserializer}. */
    public static final class DeviceDeserializer implements Deserializer<DeviceId> {
        /** For Kafka. */
        public DeviceDeserializer() {}

        @Override
        @SuppressWarnings("NullAway") // Kafka's way to say that there is none
        public DeviceId deserialize(String topic, byte @Nullable [] data) {
            if (data == null) {
                return null;
            }
            try {
                return DeviceId.parse(new String(data, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new SerializationException("a key of " + topic + " names no device: " + e.getMessage(), e);
            }
        }
    }

    /** Writes keys: for {@code key.serializer}. */
    public static final class DeviceSerializer implements Serializer<DeviceId> {
        /** For Kafka. */
        public DeviceSerializer() {}

        @Override
        @SuppressWarnings("NullAway") // Kafka's way to say that there is none
        public byte[] serialize(String topic, @Nullable DeviceId device) {
            return device == null ? null : device.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    private static final class JsonDeserializer implements Deserializer<String> {
        @Override
        public String deserialize(String topic, byte @Nullable [] data) {
            return deserialize(topic, new RecordHeaders(), data);
        }

        @Override
        @SuppressWarnings("NullAway") // Kafka's way to say that there is none
        public String deserialize(String topic, Headers headers, byte @Nullable [] data) {
            if (data == null) {
                return null;
            }
            try {
                return new EventValue(data, headers).json();
            } catch (IllegalArgumentException e) {
                throw new SerializationException("a value of " + topic + " is not CBOR: " + e.getMessage(), e);
            }
        }
    }
}
