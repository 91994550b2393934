package io.fleetline.connect;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Puts the record's key, {@code tenant/device} read by {@code StringConverter}, into the struct that {@link EventConverter}
 * made, as its first field {@value #DEVICE}: a converter sees no keys. Records without a value pass as they are.
 *
 * @param <R> Connect's record
 */
public final class DeviceField<R extends ConnectRecord<R>> implements Transformation<R> {
    /** The device; text. */
    public static final String DEVICE = "device";

    private static final Schema SCHEMA = schema();

    /** For Kafka Connect. */
    public DeviceField() {}

    private static Schema schema() {
        SchemaBuilder builder = SchemaBuilder.struct()
                .name(EventConverter.SCHEMA.name())
                .version(EventConverter.SCHEMA.version())
                .field(DEVICE, Schema.STRING_SCHEMA);
        for (Field field : EventConverter.SCHEMA.fields()) {
            builder.field(field.name(), field.schema());
        }
        return builder.build();
    }

    /** @throws DataException if key or value are not what the two converters make */
    @Override
    public R apply(R record) {
        Object value = record.value();
        if (value == null) {
            return record;
        }
        if (!(value instanceof Struct event) || !(record.key() instanceof String device)) {
            throw new DataException("a record of " + record.topic()
                    + " is no event with a text as key: it needs value.converter io.fleetline.connect.EventConverter and"
                    + " key.converter org.apache.kafka.connect.storage.StringConverter");
        }
        Struct row = new Struct(SCHEMA).put(DEVICE, device);
        for (Field field : EventConverter.SCHEMA.fields()) {
            row.put(field.name(), event.get(field.name()));
        }
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                SCHEMA,
                row,
                record.timestamp(),
                record.headers().duplicate());
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // There is nothing to set.
    }

    @Override
    public void close() {
        // There is nothing to let go of.
    }
}
