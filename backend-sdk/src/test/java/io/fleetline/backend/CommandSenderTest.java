package io.fleetline.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.testkit.kafka.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands through a real Kafka; the test plays the node and the device. */
@Timeout(60)
class CommandSenderTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump-7");
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private final TestKafka kafka = TestKafka.shared();
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "outcomes"));
    private String commands;
    private String updates;
    private TestNode node;
    private CommandSender sender;

    @BeforeEach
    void start() {
        commands = kafka.createTopic("commands", 2);
        updates = kafka.createTopic("updates", 2);
        node = new TestNode(kafka.bootstrapServers(), updates);
        node.update(PUMP, "earlier", "SUCCEEDED");
        sender = settings().build();
    }

    @AfterEach
    void stop() {
        sender.close();
        node.close();
        executor.shutdownNow();
    }

    private CommandSenderBuilder settings() {
        return CommandSender.builder()
                .bootstrapServers(kafka.bootstrapServers())
                .kafka(Map.of("fetch.max.wait.ms", 50, "linger.ms", 0))
                .commandsTopic(commands)
                .updatesTopic(updates)
                .executor(executor)
                .clock(InstantSource.fixed(NOW));
    }

    private static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private ConsumerRecord<byte[], byte[]> onlyCommand() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(commands, 0), new TopicPartition(commands, 1)));
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (records.isEmpty()) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            assertThat(records).hasSize(1);
            return records.get(0);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void theRecordOfACommandHasAllThatNodesReadFromIt() {
        SentCommand sent = sender.send(
                CommandRequest.of(PUMP, "set-interval", Map.of("seconds", 5)).withExpiry(Duration.ofMinutes(10)));
        get(sent.stored());
        ConsumerRecord<byte[], byte[]> record = onlyCommand();
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("acme/pump-7");
        assertThat(BodyCodec.decode(Payload.wrap(record.value()))).isEqualTo(Map.of("seconds", 5L));
        assertThat(header(record, RecordHeaders.COMMAND_ID)).isEqualTo(sent.id());
        assertThat(header(record, RecordHeaders.NAME)).isEqualTo("set-interval");
        assertThat(header(record, RecordHeaders.EXPIRES_AT))
                .isEqualTo(Long.toString(NOW.plus(Duration.ofMinutes(10)).toEpochMilli()));
    }

    @Test
    void theFirstTerminalStateIsTheOutcomeAndLaterOnesAreNot() {
        SentCommand sent = sender.send(CommandRequest.of(PUMP, "read-now", null));
        get(sent.stored());
        node.update(PUMP, sent.id(), "QUEUED");
        node.update(PUMP, sent.id(), "SENT");
        node.gap(PUMP, 1, 1, 0);
        node.outcome(PUMP, 2, sent.id(), OutcomeStatus.SUCCEEDED, BodyCodec.encode(21.5));
        node.update(PUMP, sent.id(), "NO_OUTCOME");
        CommandOutcome outcome = get(sent.outcome());
        assertThat(outcome.state()).isEqualTo(CommandState.SUCCEEDED);
        assertThat(outcome.device()).isEqualTo(PUMP);
        assertThat(outcome.commandId()).isEqualTo(sent.id());
        assertThat(BodyCodec.decode(outcome.body())).isEqualTo(21.5);
        assertThat(outcome.recordTime()).isAfter(Instant.ofEpochMilli(TestNode.FIRST_RECORD_MILLIS));
    }

    @Test
    void outcomesOfOtherCommandsAndDevicesAreNotTaken() {
        SentCommand first = sender.send(CommandRequest.of(PUMP, "one", null).withId("same-id"));
        DeviceId fan = new DeviceId("acme", "fan-3");
        SentCommand other = sender.send(CommandRequest.of(fan, "one", null).withId("same-id"));
        node.update(PUMP, "foreign", "SUCCEEDED");
        node.outcome(fan, 1, "same-id", OutcomeStatus.FAILED, BodyCodec.encode("no fan"));
        assertThat(get(other.outcome()).state()).isEqualTo(CommandState.FAILED);
        assertThat(first.outcome().toCompletableFuture()).isNotDone();
        node.update(PUMP, "same-id", "EXPIRED");
        assertThat(get(first.outcome())).satisfies(outcome -> {
            assertThat(outcome.state()).isEqualTo(CommandState.EXPIRED);
            assertThat(outcome.body()).isEqualTo(Payload.NULL);
        });
    }

    @Test
    void updatesThatCannotBeReadAreNoObstacle() {
        SentCommand sent = sender.send(CommandRequest.of(PUMP, "read-now", null));
        node.update(PUMP, sent.id(), "A_STATE_OF_A_LATER_RELEASE");
        node.write(
                "not a device",
                null,
                List.of(TestNode.text("command-id", sent.id()), TestNode.text("status", "FAILED")));
        node.update(PUMP, sent.id(), "UNKNOWN_COMMAND");
        assertThat(get(sent.outcome()).state()).isEqualTo(CommandState.UNKNOWN_COMMAND);
    }

    @Test
    void outcomesCompleteOnTheApplicationsExecutor() {
        SentCommand sent = sender.send(CommandRequest.of(PUMP, "read-now", null));
        CompletionStage<String> thread =
                sent.outcome().thenApply(outcome -> Thread.currentThread().getName());
        node.update(PUMP, sent.id(), "CANCELLED");
        assertThat(get(thread)).isEqualTo("outcomes");
    }

    @Test
    void patienceEndsWithAnExceptionThatNamesTheCommand() {
        SentCommand sent = sender.send(CommandRequest.of(PUMP, "read-now", null).withPatience(Duration.ofMillis(50)));
        assertThatThrownBy(() -> get(sent.outcome()))
                .hasCauseInstanceOf(CommandTimeoutException.class)
                .hasMessageContaining(sent.id())
                .hasMessageContaining("acme/pump-7");
        // The id is free again: sending it once more is the same command, whose outcome is awaited again.
        SentCommand again =
                sender.send(CommandRequest.of(PUMP, "read-now", null).withId(sent.id()));
        node.update(PUMP, sent.id(), "SUCCEEDED");
        assertThat(get(again.outcome()).state()).isEqualTo(CommandState.SUCCEEDED);
    }

    @Test
    void oneCommandIsNotAwaitedTwice() {
        CommandRequest request = CommandRequest.of(PUMP, "read-now", null).withId("once");
        sender.send(request);
        assertThatThrownBy(() -> sender.send(request))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("once");
    }

    @Test
    void closingFailsWhatIsAwaited() {
        SentCommand sent = sender.send(CommandRequest.of(PUMP, "read-now", null));
        sender.close();
        assertThatThrownBy(() -> get(sent.outcome())).hasCauseInstanceOf(IllegalStateException.class);
        get(sent.stored()); // what was sent before is stored
        assertThatThrownBy(() -> sender.send(CommandRequest.of(PUMP, "read-now", null)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aCommandThatKafkaCannotTakeFailsItsOutcome() {
        try (CommandSender lost = settings()
                .kafka(Map.of("max.block.ms", 200))
                .commandsTopic("no such topic")
                .build()) {
            SentCommand sent = lost.send(CommandRequest.of(PUMP, "read-now", null));
            assertThatThrownBy(() -> get(sent.stored())).hasMessageContaining("no such topic");
            assertThatThrownBy(() -> get(sent.outcome())).hasMessageContaining("no such topic");
        }
    }

    @Test
    void requestsAndSettingsThatAreNotOfTheirFormAreRefused() {
        assertThatThrownBy(() -> CommandRequest.of(PUMP, "no spaces", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no spaces");
        assertThatThrownBy(() -> CommandRequest.of(PUMP, "big", new byte[40_000]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("command body");
        CommandRequest request = CommandRequest.of(PUMP, "read-now", null);
        assertThatThrownBy(() -> request.withExpiry(Duration.ofDays(8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expiry");
        assertThatThrownBy(() -> request.withPatience(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request.withId("ü")).isInstanceOf(IllegalArgumentException.class);
        for (String setting : List.of("acks", "transactional.id", "key.serializer", "value.deserializer")) {
            assertThatThrownBy(() -> settings().kafka(Map.of(setting, "x")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(setting);
        }
        assertThatThrownBy(() -> settings().updatesTopic("not-there").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not-there");
    }
}
