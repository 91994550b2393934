package io.fleetline.examples.flink;

import io.fleetline.backend.HeldKafkaRecords;
import io.fleetline.protocol.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Whole records of the events topic, as (device, record): the filter wants headers and timestamp too. The records of a device
 * lie in one partition, and stay in order up to the function that is keyed by the device.
 */
final class EventsByDevice implements KafkaRecordDeserializationSchema<Tuple2<String, byte[]>> {
    private static final long serialVersionUID = 1L;

    /** The source, from the earliest record on. */
    static KafkaSourceBuilder<Tuple2<String, byte[]>> source(String bootstrapServers) {
        return KafkaSource.<Tuple2<String, byte[]>>builder()
                .setBootstrapServers(bootstrapServers)
                .setTopics(Topics.EVENTS)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new EventsByDevice());
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Tuple2<String, byte[]>> out) {
        if (record.key() != null) {
            byte[] bytes = codec(record.topic(), record.partition()).encode(record);
            out.collect(Tuple2.of(new String(record.key(), StandardCharsets.UTF_8), bytes));
        }
    }

    static HeldKafkaRecords codec(String topic, int partition) {
        return new HeldKafkaRecords(new TopicPartition(topic, partition));
    }

    @Override
    public TypeInformation<Tuple2<String, byte[]>> getProducedType() {
        return Types.TUPLE(Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    }
}
