package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.testkit.kafka.TestKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

/** Topics are made as the delivery rules want them, and refused where they are otherwise. */
class TopicSetupTest {
    private static final int PARTITIONS = 3;
    private static final int MAX_FRAME_BYTES = 64 * 1024;

    private final TestKafka kafka = TestKafka.shared();
    private final String prefix = TestKafka.uniqueName("setup") + ".";

    @Test
    void topicsThatDoNotExistAreMadeAndPassTheirOwnCheckTheNextTime() throws Exception {
        setup(config(true, PARTITIONS)).ensureAll();
        setup(config(false, PARTITIONS)).ensureAll();
        assertThat(kafka.admin().listTopics().names().get())
                .containsAll(Set.of(
                        prefix + "events",
                        prefix + "dead",
                        prefix + "commands",
                        prefix + "updates",
                        prefix + "devices"));
    }

    @Test
    void missingTopicsAreNamedWhereTheyMayNotBeMade() {
        assertThatThrownBy(() -> setup(config(false, PARTITIONS)).ensureAll())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(prefix + "events")
                .hasMessageContaining("createTopics is off");
    }

    @Test
    void anotherNumberOfPartitionsIsRefused() {
        setup(config(true, PARTITIONS)).ensureAll();
        assertThatThrownBy(() -> setup(config(true, PARTITIONS + 1)).ensureAll())
                .hasMessageContaining("topic " + prefix + "events has 3 partitions, not 4");
    }

    @Test
    void anEventsTopicThatIsCompactedIsRefused() throws Exception {
        make("events", Map.of("cleanup.policy", "compact"));
        assertThatThrownBy(() -> setup(config(true, PARTITIONS)).ensureAll())
                .hasMessageContaining("topic " + prefix + "events has cleanup.policy compact, not delete");
    }

    @Test
    void aRegistryThatIsNotCompactedIsRefused() throws Exception {
        make("devices", Map.of("cleanup.policy", "delete"));
        assertThatThrownBy(() -> setup(config(true, PARTITIONS)).ensureDevices())
                .hasMessageContaining("topic " + prefix + "devices has cleanup.policy delete, not compact");
    }

    @Test
    void everyDifferenceIsNamedAtOnce() throws Exception {
        make(
                "events",
                Map.of(
                        "unclean.leader.election.enable",
                        "true",
                        "retention.ms",
                        "60000",
                        "max.message.bytes",
                        "20000"));
        assertThatThrownBy(() -> setup(config(true, PARTITIONS)).ensureAll())
                .hasMessageContaining("unclean.leader.election.enable true, not false")
                .hasMessageContaining("retention.ms 60000, not at least 259200000")
                .hasMessageContaining("max.message.bytes 20000, not at least 73728");
    }

    @Test
    void aRetentionWithoutALimitIsLongEnough() throws Exception {
        make("events", Map.of("retention.ms", "-1", "unclean.leader.election.enable", "false"));
        setup(config(true, PARTITIONS)).ensureAll();
    }

    private void make(String name, Map<String, String> settings) throws Exception {
        Admin admin = kafka.admin();
        NewTopic topic = new NewTopic(prefix + name, Optional.of(PARTITIONS), Optional.empty()).configs(settings);
        admin.createTopics(List.of(topic)).all().get();
    }

    private static TopicSetup setup(KafkaConfig config) {
        return new TopicSetup(config, MAX_FRAME_BYTES);
    }

    private KafkaConfig config(boolean createTopics, int partitions) {
        return new KafkaConfig(
                kafka.bootstrapServers(),
                new KafkaConfig.TopicNames(
                        prefix + "events",
                        prefix + "dead",
                        prefix + "commands",
                        prefix + "updates",
                        prefix + "devices"),
                partitions,
                1,
                1,
                true,
                Duration.ofDays(3),
                createTopics,
                1,
                Duration.ofMillis(2),
                64 * 1024,
                "none",
                Duration.ofSeconds(20),
                Duration.ofDays(7),
                Map.of());
    }
}
