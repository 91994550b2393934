package io.fleetline.connect;

import io.fleetline.backend.serde.EventSerdes;
import io.fleetline.backend.serde.EventValue;
import io.fleetline.protocol.RecordPosition;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.jspecify.annotations.Nullable;

/**
 * Kafka Connect's view of an event, for {@code value.converter}: a struct of channel, time, lane, store, run, seq and the
 * body as JSON text. A gap, and any record without a value, becomes null, which the predicate {@code RecordIsTombstone} tells
 * from the others. The device is the record's key; {@link DeviceField} puts it into the struct.
 *
 * <p>For sinks only, and for the exact topic: from the events topic a sink gets repeats. Safe for use by many threads.
 */
public final class EventConverter implements Converter {
    /** The channel that the event was published on; text. */
    public static final String CHANNEL = "channel";

    /** When it happened, by the device; {@link Timestamp}. */
    public static final String TIME = "time";

    /** Its lane, 0 to 3. */
    public static final String LANE = "lane";

    /** Which life of the device's outbox it is from. With device, lane, run and seq, it names the event. */
    public static final String STORE = "store";

    /** Which opening of that store. */
    public static final String RUN = "run";

    /** Its number in the stream of device, lane and store. */
    public static final String SEQ = "seq";

    /** The sensor behind the device, where it names one; text. */
    public static final String SOURCE = "source";

    /** The body as JSON on one line; text. */
    public static final String BODY = "body";

    /** What an event becomes. */
    public static final Schema SCHEMA = SchemaBuilder.struct()
            .name("io.fleetline.Event")
            .version(1)
            .field(CHANNEL, Schema.STRING_SCHEMA)
            .field(TIME, Timestamp.SCHEMA)
            .field(LANE, Schema.INT32_SCHEMA)
            .field(STORE, Schema.INT64_SCHEMA)
            .field(RUN, Schema.INT64_SCHEMA)
            .field(SEQ, Schema.INT64_SCHEMA)
            .field(SOURCE, Schema.OPTIONAL_STRING_SCHEMA)
            .field(BODY, Schema.STRING_SCHEMA)
            .build();

    /** For Kafka Connect. */
    public EventConverter() {}

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        if (isKey) {
            throw new DataException("EventConverter is for values; keys are texts: use StringConverter");
        }
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte @Nullable [] value) {
        return toConnectData(topic, new RecordHeaders(), value);
    }

    /** @throws DataException if the record is not one that a node wrote, or its body is not CBOR or JSON */
    @Override
    @SuppressWarnings("JavaUtilDate") // Connect's timestamps are such
    public SchemaAndValue toConnectData(String topic, Headers headers, byte @Nullable [] value) {
        if (value == null) {
            return SchemaAndValue.NULL;
        }
        EventValue event = EventSerdes.event().deserializer().deserialize(topic, headers, value);
        try {
            Optional<RecordPosition> position = event.position();
            if (position.isEmpty()) {
                throw new DataException("a record of " + topic + " has no position: no node wrote it");
            }
            RecordPosition at = position.get();
            Struct row = new Struct(SCHEMA)
                    .put(CHANNEL, event.channel())
                    .put(TIME, new Date(at.timeMillis()))
                    .put(LANE, at.lane().number())
                    .put(STORE, at.store())
                    .put(RUN, at.run())
                    .put(SEQ, at.seq())
                    .put(SOURCE, event.source().orElse(null))
                    .put(BODY, event.json());
            return new SchemaAndValue(SCHEMA, row);
        } catch (IllegalArgumentException e) {
            throw new DataException("a record of " + topic + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Events come from devices, not from Connect. */
    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        throw new DataException("EventConverter is for sinks; nothing but a node writes events");
    }
}
