package io.fleetline.ingest.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka's clients with the settings that the delivery rules rest on. */
final class KafkaClients {
    /**
     * A producer never blocks whoever hands it a record, which is a thread that reads thousands of sockets. The metadata is
     * warm and the node's budget below the buffer, so there is nothing to wait for; where there were, as when somebody deletes
     * a topic, the record fails, and its lane is rewound.
     */
    private static final Duration MAX_BLOCK = Duration.ZERO;
    /** With a pause after each, in all as long as a broker needs to come up. */
    private static final int WARMING_ATTEMPTS = 300;

    private static final long WARMING_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Topics that nobody wrote to for long stay known, for the first record after them would fail. */
    private static final Duration METADATA_KEPT = Duration.ofDays(10_000);
    /** Beside the batches that are full: one that is being filled for each partition of each topic. */
    private static final int TOPICS_WRITTEN = 3;

    /** With topics for each tenant: so many tenants may fill batches of all partitions at once before the budget pays for it. */
    private static final int BUSY_TENANTS = 8;

    /** Kafka's default. */
    private static final int LEAST_REQUEST_BYTES = 1024 * 1024;

    private KafkaClients() {}

    /**
     * A producer as rule N5 wants it.
     *
     * @param budgetBytes how many bytes the node lets be on their way; the buffer is larger
     * @param maxMessageBytes how large a batch may become, and a record that fills a batch alone
     */
    static Producer<byte[], byte[]> producer(
            KafkaConfig config, String clientId, long budgetBytes, int maxMessageBytes) {
        return new KafkaProducer<>(
                producerSettings(config, clientId, budgetBytes, maxMessageBytes),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * A producer of transactions, for few and small records that somebody waits for.
     *
     * @param transactionalId whoever has it last fences off all others
     * @param transactionTimeout after how long Kafka ends a transaction that its producer left open
     */
    static Producer<byte[], byte[]> transactional(
            KafkaConfig config, String transactionalId, Duration transactionTimeout) {
        Map<String, Object> settings = common(config, transactionalId);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) transactionTimeout.toMillis());
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, transactionTimeout.toMillis());
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) transactionTimeout.toMillis() / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) transactionTimeout.toMillis());
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** The same, for a tool that may wait for Kafka until its records would be in doubt anyway. */
    static Producer<byte[], byte[]> patientProducer(
            KafkaConfig config, String clientId, long budgetBytes, int maxMessageBytes) {
        Map<String, Object> settings = producerSettings(config, clientId, budgetBytes, maxMessageBytes);
        settings.put(
                ProducerConfig.MAX_BLOCK_MS_CONFIG, config.deliveryTimeout().toMillis());
        // The topic may have been made a moment ago. Of two batches on their way to a partition that the broker does
        // not lead yet, it can refuse the first and take the second; the first is then out of order for ever.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static Map<String, Object> producerSettings(
            KafkaConfig config, String clientId, long budgetBytes, int maxMessageBytes) {
        Map<String, Object> settings = common(config, clientId);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, config.linger().toMillis());
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, config.batchBytes());
        settings.put(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                budgetBytes + (long) topicsWritten(config) * config.partitions() * config.batchBytes());
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Math.max(LEAST_REQUEST_BYTES, maxMessageBytes));
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, config.compression());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        settings.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, METADATA_KEPT.toMillis());
        // Kafka's default (KIP-899) forgets all topics when no broker can be reached, and each record would block then.
        settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, MetadataRecoveryStrategy.NONE.name);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                config.deliveryTimeout().toMillis());
        settings.put(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) config.deliveryTimeout().minus(config.linger()).toMillis() / 2);
        return settings;
    }

    private static int topicsWritten(KafkaConfig config) {
        return config.topics().perTenant() ? BUSY_TENANTS * TOPICS_WRITTEN : TOPICS_WRITTEN;
    }

    /**
     * Has the producer learn where these topics are, without which it takes no record of theirs.
     *
     * @throws IllegalStateException if Kafka does not tell
     */
    static void warm(Producer<byte[], byte[]> producer, List<String> topics) {
        for (String topic : topics) {
            int attempt = 1;
            while (!knows(producer, topic, attempt)) {
                LockSupport.parkNanos(WARMING_PAUSE_NANOS);
                attempt++;
            }
        }
    }

    private static boolean knows(Producer<byte[], byte[]> producer, String topic, int attempt) {
        try {
            return !producer.partitionsFor(topic).isEmpty();
        } catch (TimeoutException e) {
            if (attempt == WARMING_ATTEMPTS) {
                throw new IllegalStateException(
                        "Kafka does not tell where topic " + topic + " is: " + e.getMessage(), e);
            }
            return false;
        }
    }

    /** A consumer that belongs to no group: it is told what to read. */
    static Consumer<byte[], byte[]> consumer(KafkaConfig config, String clientId) {
        return new KafkaConsumer<>(
                consumerSettings(config, clientId), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static Map<String, Object> consumerSettings(KafkaConfig config, String clientId) {
        Map<String, Object> settings = common(config, clientId);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        // The registry is written in transactions; where there are none this changes nothing.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return settings;
    }

    static Admin admin(KafkaConfig config, String clientId) {
        return Admin.create(common(config, clientId));
    }

    private static Map<String, Object> common(KafkaConfig config, String clientId) {
        Map<String, Object> settings = new HashMap<>(config.client());
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        settings.putIfAbsent("enable.metrics.push", "false");
        return settings;
    }
}
