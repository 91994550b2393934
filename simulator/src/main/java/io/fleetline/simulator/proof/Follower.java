package io.fleetline.simulator.proof;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads an events topic as it grows, on a thread of its own, and tells of each event of a run as soon as it is read: what a
 * consumer without a filter sees, repeats included.
 */
public final class Follower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long JOIN_MILLIS = 5_000;

    private final KafkaConsumer<byte[], byte[]> consumer; // the thread's, once it is started
    private final String run;
    private final LongConsumer dueMicros;
    private final Thread thread = new Thread(this::follow, "fleet-reader");
    private volatile boolean closed;

    /**
     * Begins at the topic's end.
     *
     * @param connection where Kafka is and how to speak to it: settings of Kafka's clients
     * @param run of which run it tells
     * @param dueMicros hears when each event was due, in us since the beginning of the run; called on the follower's thread
     */
    public Follower(Map<String, ?> connection, String topic, String run, LongConsumer dueMicros) {
        this.run = run;
        this.dueMicros = dueMicros;
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "fleetline-simulator-reader");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            // Where they end now is where this begins, whatever comes before the first poll.
            consumer.endOffsets(partitions).forEach(consumer::seek);
        } catch (RuntimeException e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
        thread.setDaemon(true);
        thread.start();
    }

    private void follow() {
        try (consumer) {
            while (!closed) {
                consumer.poll(POLL).forEach(this::tell);
            }
        } catch (WakeupException e) {
            LOG.debug("the events topic is no longer followed");
        } catch (KafkaException e) {
            LOG.error("the events topic can no longer be followed", e);
        }
    }

    private void tell(ConsumerRecord<byte[], byte[]> record) {
        try {
            RecordBytes.read(record)
                    .mark()
                    .filter(mark -> mark.run().map(run::equals).orElse(false))
                    .ifPresent(mark -> mark.dueMicros().ifPresent(dueMicros));
        } catch (IOException e) {
            LOG.debug("a record that cannot be read is the proof's to find", e);
        }
    }

    @Override
    public String toString() {
        return thread.getName();
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
