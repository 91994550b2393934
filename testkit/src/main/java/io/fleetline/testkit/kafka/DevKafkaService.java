package io.fleetline.testkit.kafka;

import io.fleetline.devkafka.DevKafka;
import java.time.Duration;
import java.util.Map;

/** A Kafka that dev-kafka runs. */
final class DevKafkaService implements KafkaService {

    private static final int PROCESSES = 3;
    /** No test is about how fast it starts, and a machine that builds beside it has been seen to take more than a minute. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private final DevKafka kafka;

    private DevKafkaService(DevKafka kafka) {
        this.kafka = kafka;
    }

    static DevKafkaService embedded(Map<String, String> brokerProperties) {
        return start(DevKafka.builder().inProcess(), brokerProperties);
    }

    static DevKafkaService processes(Map<String, String> brokerProperties) {
        return start(DevKafka.builder().processes(PROCESSES), brokerProperties);
    }

    private static DevKafkaService start(DevKafka.Builder builder, Map<String, String> brokerProperties) {
        brokerProperties.forEach(builder::property);
        return new DevKafkaService(builder.startTimeout(START_TIMEOUT).start());
    }

    @Override
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    @Override
    public void close() {
        kafka.close();
    }
}
