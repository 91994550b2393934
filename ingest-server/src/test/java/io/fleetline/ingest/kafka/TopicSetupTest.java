package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.Eventually;
import io.fleetline.testkit.kafka.TestKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** Topics are made as the delivery rules want them, and refused where they are otherwise. */
class TopicSetupTest {
    private static final int PARTITIONS = 3;
    private static final int MAX_FRAME_BYTES = 64 * 1024;
    private static final int MAX_ITEM_BYTES = 32 * 1024;

    private final TestKafka kafka = TestKafka.shared();
    private final String prefix = TestKafka.uniqueName("setup") + ".";

    @Test
    void topicsThatDoNotExistAreMadeAndPassTheirOwnCheckTheNextTime() throws Exception {
        setup(config(true, PARTITIONS)).ensureShared();
        setup(config(false, PARTITIONS)).ensureShared();
        assertThat(kafka.admin().listTopics().names().get())
                .containsAll(Set.of(
                        prefix + "events",
                        prefix + "dead",
                        prefix + "commands",
                        prefix + "updates",
                        prefix + "devices",
                        prefix + "tenants",
                        prefix + "audit"));
    }

    @Test
    void missingTopicsAreNamedWhereTheyMayNotBeMade() {
        assertThatThrownBy(() -> setup(config(false, PARTITIONS)).ensureShared())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(prefix + "events")
                .hasMessageContaining("createTopics is off");
    }

    @Test
    void anotherNumberOfPartitionsIsRefusedWithWhatToDo() {
        setup(config(true, PARTITIONS)).ensureShared();
        assertThatThrownBy(() -> setup(config(true, PARTITIONS + 1)).ensureShared())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("topic " + prefix + "events: partitions is 3, expected 4")
                .hasMessageContaining("set kafka.partitions to 3, or name another topic");
    }

    @Test
    void aRegistryThatIsNotCompactedIsRefused() throws Exception {
        make("devices", Map.of("cleanup.policy", "delete"));
        assertThatThrownBy(() -> setup(config(true, PARTITIONS)).ensureRegistry())
                .hasMessageContaining("topic " + prefix + "devices: cleanup.policy is delete, expected compact");
    }

    /** Each with a command that mends it: that command is run, and then the node starts. */
    @Test
    void everyDifferenceIsNamedAtOnceAndWhatMendsIt() throws Exception {
        make(
                "events",
                Map.of(
                        "cleanup.policy", "compact,delete",
                        "unclean.leader.election.enable", "true",
                        "retention.ms", "60000",
                        "retention.bytes", "1000000",
                        "max.message.bytes", "20000"));
        String topic = "topic " + prefix + "events: ";
        String command =
                "kafka-configs.sh --alter --entity-type topics --entity-name " + prefix + "events --add-config ";
        assertThatThrownBy(() -> setup(config(true, PARTITIONS)).ensureShared())
                .hasMessageContaining(topic + "cleanup.policy is compact,delete, expected delete (" + command)
                .hasMessageContaining(topic + "unclean.leader.election.enable is true, expected false")
                .hasMessageContaining(topic + "retention.ms is 60000, expected at least 259200000 (" + command
                        + "retention.ms=259200000; the expectation comes from kafka.retention")
                .hasMessageContaining(topic + "retention.bytes is 1000000, expected -1")
                .hasMessageContaining(topic + "max.message.bytes is 20000, expected at least 139264");

        alter(
                "events",
                Map.of(
                        "cleanup.policy", "delete",
                        "unclean.leader.election.enable", "false",
                        "retention.ms", "259200000",
                        "retention.bytes", "-1",
                        "max.message.bytes", "139264"));
        setup(config(true, PARTITIONS)).ensureShared();
    }

    @Test
    void fewerReplicasOrAFewerInSyncAreRefused() throws Exception {
        make("devices", Map.of("cleanup.policy", "compact"));
        make("tenants", Map.of("cleanup.policy", "compact"));
        KafkaConfig three = new KafkaConfig(
                kafka.bootstrapServers(),
                config(true, PARTITIONS).topics(),
                PARTITIONS,
                9,
                7,
                false,
                Duration.ofDays(3),
                true,
                1,
                Duration.ofMillis(2),
                64 * 1024,
                "none",
                Duration.ofSeconds(20),
                Duration.ofDays(7),
                RecordFormat.DEFAULTS,
                Map.of());
        assertThatThrownBy(() -> setup(three).ensureRegistry())
                .hasMessageContaining("devices: replication is ")
                .hasMessageContaining(", expected at least 9 (add replicas")
                .hasMessageContaining("devices: min.insync.replicas is ")
                .hasMessageContaining("expected at least 7");
    }

    @Test
    void aRetentionWithoutALimitIsLongEnough() throws Exception {
        make("events", Map.of("retention.ms", "-1", "max.message.bytes", "1000000"));
        setup(config(true, PARTITIONS)).ensureShared();
    }

    @Test
    void commandsAreKeptAsLongAsTheyMayBeValid() {
        setup(config(true, PARTITIONS)).ensureShared();
        assertThat(setting("commands", "retention.ms")).isEqualTo("604800000");
        assertThat(setting("updates", "retention.ms")).isEqualTo("604800000");
        assertThat(setting("events", "retention.ms")).isEqualTo("259200000");
    }

    @Test
    void jsonNeedsRoomForWhatCborSaysInLess() {
        KafkaConfig json = config(true, PARTITIONS)
                .withRecords(new RecordFormat(RecordFormat.Values.JSON, RecordFormat.Headers.COMPACT));
        setup(json).ensureShared();
        assertThat(setting("events", "max.message.bytes")).isEqualTo(Integer.toString(8 * MAX_ITEM_BYTES + 8 * 1024));
        assertThat(setting("commands", "max.message.bytes"))
                .as("which are not JSON")
                .isEqualTo("139264");
    }

    /** What Kafka calls a message is a batch: a producer under load fills it, whatever the size of the items. */
    @Test
    void aFullBatchOfSmallItemsIsLetThrough() {
        KafkaConfig config = config(true, PARTITIONS);
        assertThat(config.batchBytes()).isGreaterThan(Math.max(MAX_FRAME_BYTES, MAX_ITEM_BYTES));
        setup(config).ensureShared();
        for (String topic : List.of("events", "dead", "updates")) {
            assertThat(Integer.parseInt(setting(topic, "max.message.bytes")))
                    .as(topic)
                    .isGreaterThan(config.batchBytes());
        }
    }

    @Test
    void eachTenantHasItsTopicsMadeOrChecked() throws Exception {
        KafkaConfig perTenant = config(true, PARTITIONS)
                .withTopics(new TopicNames(
                        prefix + "events.{tenant}",
                        prefix + "dead",
                        prefix + "commands",
                        prefix + "updates",
                        prefix + "devices",
                        prefix + "tenants",
                        prefix + "audit"));
        make("events.odd", Map.of("retention.ms", "1000"));
        setup(perTenant).ensureShared();
        assertThatThrownBy(() -> setup(perTenant).ensureTenants(Set.of("acme", "odd")))
                .hasMessageContaining("topic " + prefix + "events.odd: retention.ms is 1000");
        setup(perTenant).ensureTenants(Set.of("acme"));
        assertThat(kafka.admin().listTopics().names().get())
                .contains(prefix + "events.acme", prefix + "dead")
                .doesNotContain(prefix + "events", prefix + "events.{tenant}");
    }

    private String setting(String name, String key) {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, prefix + name);
        return kafka.admin()
                .describeConfigs(List.of(topic))
                .all()
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .get(topic)
                .get(key)
                .value();
    }

    private void alter(String name, Map<String, String> settings) throws Exception {
        List<AlterConfigOp> changes = settings.entrySet().stream()
                .map(entry ->
                        new AlterConfigOp(new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, prefix + name);
        kafka.admin().incrementalAlterConfigs(Map.of(topic, changes)).all().get();
        // Brokers hear of it from the controller, a moment later.
        Eventually.isTrue(
                "the settings of " + topic.name() + " are changed",
                () -> settings.keySet().stream()
                        .allMatch(key -> setting(name, key).equals(settings.get(key))));
    }

    private void make(String name, Map<String, String> settings) throws Exception {
        Admin admin = kafka.admin();
        NewTopic topic = new NewTopic(prefix + name, Optional.of(PARTITIONS), Optional.empty()).configs(settings);
        admin.createTopics(List.of(topic)).all().get();
    }

    private static TopicSetup setup(KafkaConfig config) {
        return new TopicSetup(config, MAX_FRAME_BYTES, MAX_ITEM_BYTES);
    }

    private KafkaConfig config(boolean createTopics, int partitions) {
        KafkaConfig config = KafkaConfig.DEFAULTS
                .withBootstrapServers(kafka.bootstrapServers())
                .withTopics(new TopicNames(
                        prefix + "events",
                        prefix + "dead",
                        prefix + "commands",
                        prefix + "updates",
                        prefix + "devices",
                        prefix + "tenants",
                        prefix + "audit"))
                .forSingleBroker(partitions);
        return createTopics ? config : config.withoutMakingTopics();
    }
}
