package io.fleetline.bench.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import io.fleetline.devkafka.DevKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka broker that all sides share. It keeps little of what it gets, so that a run leaves the disk alone as far as it
 * can.
 *
 * <ul>
 *   <li>{@code start {directory}}: gives {@code bootstrap}
 *   <li>{@code topic {name, partitions}}: makes a topic
 * </ul>
 */
public final class BrokerRole implements Role {
    private static final long SEGMENT_BYTES = 64L << 20;

    private @Nullable DevKafka kafka;

    /** For the child process. */
    public BrokerRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws ExecutionException, InterruptedException {
        return switch (verb) {
            case "start" -> {
                DevKafka started = DevKafka.builder()
                        .inProcess()
                        .startTimeout(Stage.PATIENCE)
                        .directory(Path.of(arguments.path("directory").asText()))
                        .property("log.segment.bytes", SEGMENT_BYTES)
                        .property("log.retention.bytes", SEGMENT_BYTES)
                        .property("log.retention.check.interval.ms", 1_000)
                        .property("log.segment.delete.delay.ms", 0)
                        .start();
                kafka = started;
                yield Map.of("bootstrap", started.bootstrapServers());
            }
            case "topic" -> {
                makeTopic(
                        arguments.path("name").asText(),
                        arguments.path("partitions").asInt());
                yield Map.of();
            }
            default -> throw new IllegalArgumentException("a broker does not know how to " + verb);
        };
    }

    private void makeTopic(String name, int partitions) throws ExecutionException, InterruptedException {
        DevKafka running = kafka;
        if (running == null) {
            throw new IllegalStateException("the broker has not been started");
        }
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, running.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    @Override
    public void close() {
        if (kafka != null) {
            kafka.close();
        }
    }
}
