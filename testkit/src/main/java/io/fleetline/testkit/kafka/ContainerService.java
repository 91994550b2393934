package io.fleetline.testkit.kafka;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A Kafka in a container; the only user of Testcontainers here. */
final class ContainerService implements KafkaService {

    private final KafkaContainer container;

    private ContainerService(KafkaContainer container) {
        this.container = container;
    }

    static ContainerService start(String image, Map<String, String> brokerProperties) {
        return start(
                image, brokerProperties, () -> DockerClientFactory.instance().isDockerAvailable());
    }

    static ContainerService start(String image, Map<String, String> brokerProperties, BooleanSupplier dockerAvailable) {
        if (!dockerAvailable.getAsBoolean()) {
            throw new IllegalStateException(KafkaSwitch.KIND_PROPERTY + "=container asks for Kafka in a container ("
                    + image + "), but no Docker can be reached from here; start Docker, or leave the switch unset for"
                    + " the embedded Kafka");
        }
        KafkaContainer container =
                new KafkaContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("apache/kafka"));
        environment(brokerProperties).forEach(container::withEnv);
        container.start();
        return new ContainerService(container);
    }

    /** The image reads broker properties from variables: KAFKA_ and the name in capitals with underscores for dots. */
    static Map<String, String> environment(Map<String, String> brokerProperties) {
        Map<String, String> properties = new TreeMap<>(Map.of(
                // As dev-kafka sets them; a test must not depend on which Kafka it meets.
                "auto.create.topics.enable", "false",
                "unclean.leader.election.enable", "false",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1"));
        properties.putAll(brokerProperties);
        Map<String, String> variables = new TreeMap<>();
        properties.forEach((name, value) ->
                variables.put("KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        return variables;
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public void close() {
        container.stop();
    }
}
