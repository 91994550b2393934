package io.fleetline.ingest;

import static io.fleetline.ingest.TestDevice.event;
import static io.fleetline.ingest.TestDevice.readings;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.devkafka.DevKafka;
import io.fleetline.ingest.metrics.IngestMetrics;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.ServerFrame;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The broker goes away and comes back; devices stay connected, and nothing is lost. */
class KafkaOutageTest {
    private static final int BROKER = 1;

    private static DevKafka kafka;

    private final DeviceId id = TestNode.newDeviceId();

    @BeforeAll
    static void startKafka() {
        kafka = DevKafka.builder().inProcess().start();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void whileTheBrokerIsDownLanesAreRewoundAndAfterwardsTheSameConnectionGoesOn() {
        try (TestNode node = TestNode.start(
                kafka.bootstrapServers(),
                config -> config.withKafka(config.kafka().withDeliveryTimeout(Duration.ofMillis(1_500))))) {
            TestDevice device = node.connect(id);
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, readings(1, 10));
            device.awaitAck(Lane.NORMAL, 10);

            kafka.kill(BROKER);
            device.publish(Lane.NORMAL, 11, 10, readings(11, 20));
            ServerFrame.Rewind rewind = device.await(ServerFrame.Rewind.class);
            assertThat(rewind.from()).isEqualTo(11);
            device.send(new DeviceFrame.Heartbeat(5));
            assertThat(device.await(ServerFrame.HeartbeatAck.class).token()).isEqualTo(5);

            kafka.start(BROKER);
            publishUntilAcknowledged(device, 11, 20);
            device.publish(Lane.NORMAL, 21, 20, readings(21, 30));
            device.awaitAck(Lane.NORMAL, 30);
            assertThat(device.isClosed()).isFalse();

            assertThat(node.events(id, 30))
                    .extracting(PublishTest::position)
                    .extracting(RecordPosition::seq)
                    .contains(numbers(1, 30));
        }
    }

    /**
     * Without a look at the clock: a frame that waits for the budget waits until Kafka answers, and the device's silence is
     * counted in heartbeats of 25 s. What heartbeats do meanwhile is {@code DeviceSessionTest}'s, on virtual time.
     */
    @Test
    void aKafkaThatDoesNotAnswerStopsTheReadingAndNothingElse() {
        int budget = 300_000;
        try (TestNode node = TestNode.start(
                kafka.bootstrapServers(),
                config -> config.withBudgetBytes(budget)
                        .withKafka(config.kafka().withDeliveryTimeout(Duration.ofMinutes(2))))) {
            TestDevice device = node.connect(id);
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, event("warm", "up"));
            device.awaitAck(Lane.NORMAL, 1);

            kafka.kill(BROKER);
            CompletableFuture<WebSocket> sent = CompletableFuture.completedFuture(device.socket());
            byte[] body = new byte[20_000];
            int frames = 800; // 16 MB: more than all buffers between here and there hold
            for (int i = 0; i < frames; i++) {
                DeviceFrame.Publish frame =
                        new DeviceFrame.Publish(Lane.NORMAL, 2 + i, 1, List.of(event("bulk", body)));
                sent = sent.thenCompose(s -> device.sendWithoutWaiting(frame));
            }

            Eventually.isTrue("a frame waits for the budget", () -> waitingForBudget(node) == 1);
            assertThat(node.server().status().budgetUsedBytes()).isBetween(budget / 2L, (long) budget);
            assertThat(sent).as("the device cannot send on").isNotDone();
            assertThat(device.isClosed()).isFalse();

            kafka.start(BROKER);
            device.awaitAck(Lane.NORMAL, frames + 1);
            sent.join();
            Eventually.isTrue(
                    "all budget is given back", () -> node.server().status().budgetUsedBytes() == 0);
        }
    }

    private static void publishUntilAcknowledged(TestDevice device, int from, int to) {
        ServerFrame answer;
        do {
            device.open(Lane.NORMAL, from, from - 1);
            device.publish(Lane.NORMAL, from, from - 1, readings(from, to));
            do {
                answer = device.next();
            } while (!(answer instanceof ServerFrame.Rewind)
                    && !(answer instanceof ServerFrame.Ack ack && ack.upTo() == to));
        } while (answer instanceof ServerFrame.Rewind);
    }

    private static int waitingForBudget(TestNode node) {
        return (int) node.meters().get(IngestMetrics.BUDGET_WAITING).gauge().value();
    }

    private static Long[] numbers(long from, long to) {
        List<Long> numbers = new ArrayList<>();
        for (long n = from; n <= to; n++) {
            numbers.add(n);
        }
        return numbers.toArray(Long[]::new);
    }
}
