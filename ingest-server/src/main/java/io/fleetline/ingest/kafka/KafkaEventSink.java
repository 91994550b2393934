package io.fleetline.ingest.kafka;

import io.fleetline.ingest.telemetry.EventSink;
import io.fleetline.ingest.telemetry.Refusal;
import io.fleetline.ingest.telemetry.Settlement;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.utils.Utils;

/** Stores items as Kafka records: those of lanes 0 to 2 among the events, those of lane 3 among the command updates. */
public final class KafkaEventSink implements EventSink, AutoCloseable {
    private final List<Producer<byte[], byte[]>> producers;
    private final NodeTime time;
    private final KafkaConfig config;
    private final Predicate<String> tenantIsReady;

    /** Over producers that {@link #close} closes, and topics that all tenants share. */
    public KafkaEventSink(List<Producer<byte[], byte[]>> producers, NodeTime time, KafkaConfig config) {
        this(producers, time, config, tenant -> true);
    }

    /**
     * Over producers that {@link #close} closes.
     *
     * @param tenantIsReady whether the topics of a tenant can be written to
     */
    KafkaEventSink(
            List<Producer<byte[], byte[]>> producers,
            NodeTime time,
            KafkaConfig config,
            Predicate<String> tenantIsReady) {
        this.producers = List.copyOf(producers);
        this.time = time;
        this.config = config;
        this.tenantIsReady = tenantIsReady;
    }

    @Override
    public Route route(DeviceId device, Lane lane) {
        if (!tenantIsReady.test(device.tenant())) {
            return new NoRoute("the topics of tenant " + device.tenant() + " are not ready");
        }
        byte[] key = device.toString().getBytes(StandardCharsets.UTF_8);
        int partition = partition(key);
        TopicNames topics = config.topics();
        String topic = lane == Lane.OUTCOMES ? topics.commandUpdates() : topics.events(device.tenant());
        return new RecordRoute(
                producer(partition),
                time,
                topic,
                topics.deadLetters(device.tenant()),
                partition,
                key,
                config.records());
    }

    /** As Kafka's default partitioner, of which this node needs no second opinion for each record (rule K1). */
    int partition(byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % config.partitions();
    }

    /** The one that writes all that goes to this partition, so that it lands in the order in which it is handed over. */
    Producer<byte[], byte[]> producer(int partition) {
        return producers.get(partition % producers.size());
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

    /** Of a device whose records cannot be stored now: its lanes are rewound, and it comes again. */
    private record NoRoute(String reason) implements Route {
        @Override
        public void store(RecordPosition position, Item item, Settlement settlement, long slot) {
            settlement.failed(slot, new IllegalStateException(reason));
        }

        @Override
        public void bury(RecordPosition position, Item item, Refusal refusal, Settlement settlement, long slot) {
            settlement.failed(slot, new IllegalStateException(reason));
        }
    }
}
