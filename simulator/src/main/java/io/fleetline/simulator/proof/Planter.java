package io.fleetline.simulator.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Plants a fault in Kafka itself. A log can only be appended to, so a whole partition is read, deleted, and written again
 * with the fault in it: what a check reads afterwards is what is stored.
 */
public final class Planter {
    private final String bootstrap;
    private final String topic;
    private final LongSupplier nanoTime;

    /**
     * Plants in this topic at these bootstrap servers.
     *
     * @param nanoTime a clock that never goes back
     */
    public Planter(String bootstrap, String topic, LongSupplier nanoTime) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.nanoTime = nanoTime;
    }

    /**
     * Spoils the first partition that has something to spoil.
     *
     * @return what was done; empty if no partition has anything to spoil
     * @throws TimeoutException if Kafka does not answer in this time
     * @throws ExecutionException if Kafka refuses
     */
    public Optional<String> plant(PlantedFault fault, JournalReading journal, Duration patience)
            throws InterruptedException, TimeoutException, ExecutionException {
        Map<Integer, List<CopiedRecord>> partitions;
        try (RawLog log = new RawLog(bootstrap, topic, nanoTime)) {
            partitions = log.copy(patience);
        }
        for (Map.Entry<Integer, List<CopiedRecord>> partition : partitions.entrySet()) {
            Optional<PlantedFault.Spoilt> spoilt = fault.spoil(partition.getValue(), journal);
            if (spoilt.isPresent()) {
                rewrite(
                        new TopicPartition(topic, partition.getKey()),
                        spoilt.get().records());
                return Optional.of(spoilt.get().sentence() + ", in partition " + partition.getKey() + " of " + topic);
            }
        }
        return Optional.empty();
    }

    private void rewrite(TopicPartition partition, List<CopiedRecord> records)
            throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            // -1 means up to the end.
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            for (CopiedRecord record : records) {
                sent.add(producer.send(record.toProduce(partition)));
            }
            for (Future<?> each : sent) {
                each.get();
            }
        }
    }
}
