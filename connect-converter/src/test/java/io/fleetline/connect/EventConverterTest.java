package io.fleetline.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Map;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;

final class EventConverterTest {
    private static final String TOPIC = "fleetline.events.exact";
    private final EventConverter converter = new EventConverter();

    private static Headers headers() {
        return new RecordHeaders()
                .add(
                        "fl",
                        RecordHeaderCodec.encode(new RecordPosition(
                                Lane.URGENT,
                                11,
                                22,
                                3,
                                1,
                                7,
                                5,
                                1_700_000_000_000L,
                                ClockQuality.DEVICE,
                                OptionalLong.empty())))
                .add("channel", "pump/temperature".getBytes(StandardCharsets.UTF_8));
    }

    private SchemaAndValue read() {
        return converter.toConnectData(
                TOPIC, headers(), BodyCodec.encode(Map.of("celsius", 21.5)).toByteArray());
    }

    @Test
    @SuppressWarnings("JavaUtilDate") // Connect's timestamps are such
    void anEventBecomesARow() {
        Struct row = (Struct) read().value();
        row.validate();
        assertThat(row.get("channel")).isEqualTo("pump/temperature");
        assertThat(row.get("time")).isEqualTo(new Date(1_700_000_000_000L));
        assertThat(row.get("lane")).isEqualTo(1);
        assertThat(row.get("store")).isEqualTo(11L);
        assertThat(row.get("run")).isEqualTo(22L);
        assertThat(row.get("seq")).isEqualTo(7L);
        assertThat(row.get("source")).isNull();
        assertThat(row.get("body")).isEqualTo("{\"celsius\":21.5}");
    }

    @Test
    void theDeviceComesFromTheKey() {
        SchemaAndValue event = read();
        SinkRecord record =
                new SinkRecord(TOPIC, 0, Schema.STRING_SCHEMA, "acme/pump-7", event.schema(), event.value(), 42);
        try (DeviceField<SinkRecord> device = new DeviceField<>()) {
            SinkRecord with = device.apply(record);
            Struct row = (Struct) with.value();
            row.validate();
            assertThat(with.valueSchema().fields().get(0).name()).isEqualTo("device");
            assertThat(row.get("device")).isEqualTo("acme/pump-7");
            assertThat(row.get("seq")).isEqualTo(7L);
            assertThat(with.kafkaOffset()).isEqualTo(42);
            SinkRecord bytesAsKey =
                    new SinkRecord(TOPIC, 0, Schema.BYTES_SCHEMA, new byte[] {1}, event.schema(), event.value(), 42);
            assertThatThrownBy(() -> device.apply(bytesAsKey)).hasMessageContaining("key.converter");
        }
    }

    @Test
    void whatIsNoEventIsNullOrRefused() {
        assertThat(converter.toConnectData(TOPIC, headers(), null)).isEqualTo(SchemaAndValue.NULL);
        assertThatThrownBy(() -> converter.toConnectData(TOPIC, new RecordHeaders(), new byte[] {1}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no node wrote it");
        assertThatThrownBy(() -> converter.toConnectData(TOPIC, headers(), new byte[] {(byte) 0xff}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> converter.fromConnectData(TOPIC, EventConverter.SCHEMA, "x"))
                .isInstanceOf(DataException.class);
        assertThatThrownBy(() -> converter.configure(Map.of(), true)).hasMessageContaining("StringConverter");
    }

    @Test
    void workersFindBothWithoutSearchingAllClasses() {
        assertThat(ServiceLoader.load(Converter.class)).hasAtLeastOneElementOfType(EventConverter.class);
        assertThat(ServiceLoader.load(Transformation.class)).hasAtLeastOneElementOfType(DeviceField.class);
    }
}
