package io.fleetline.testkit.kafka;

/** A Kafka that runs, of whatever kind. */
interface KafkaService extends AutoCloseable {

    String bootstrapServers();

    @Override
    void close();
}
