package io.fleetline.ingest.kafka;

import io.fleetline.ingest.telemetry.EventSink;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.utils.Utils;

/** Stores items as Kafka records: those of lanes 0 to 2 among the events, those of lane 3 among the command updates. */
public final class KafkaEventSink implements EventSink, AutoCloseable {
    private final List<Producer<byte[], byte[]>> producers;
    private final NodeTime time;
    private final KafkaConfig.TopicNames topics;
    private final int partitions;

    /** Over producers that {@link #close} closes. */
    KafkaEventSink(
            List<Producer<byte[], byte[]>> producers, NodeTime time, KafkaConfig.TopicNames topics, int partitions) {
        this.producers = List.copyOf(producers);
        this.time = time;
        this.topics = topics;
        this.partitions = partitions;
    }

    @Override
    public Route route(DeviceId device, Lane lane) {
        byte[] key = device.toString().getBytes(StandardCharsets.UTF_8);
        // As Kafka's default partitioner, of which this node needs no second opinion for each record (rule K1).
        int partition = Utils.toPositive(Utils.murmur2(key)) % partitions;
        Producer<byte[], byte[]> producer = producers.get(partition % producers.size());
        String topic = lane == Lane.OUTCOMES ? topics.commandUpdates() : topics.events();
        return new RecordRoute(producer, time, topic, topics.deadLetters(), partition, key);
    }

    /** Waits until all that was handed over is answered, or the delivery timeout has passed. */
    public void flush() {
        producers.forEach(Producer::flush);
    }

    /** Lets what was handed over be answered within this time, and fails the rest. */
    public void close(Duration timeout) {
        producers.forEach(producer -> producer.close(timeout));
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
