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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The broker goes away and comes back; devices stay connected, and nothing is lost. */
class KafkaOutageTest {
    private static final int BROKER = 1;
    /** After so many of silence, to which the node listens, it cuts a connection. */
    private static final int MISSED_HEARTBEATS = 3;

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
     * No clock of the test's own: a frame that waits for the budget waits until Kafka answers, and time is counted in the
     * node's signs of life, two for each heartbeat. {@code DeviceSessionTest} has the same on virtual time.
     */
    @Test
    void aKafkaThatDoesNotAnswerStopsTheReadingAndNothingElse() {
        int budget = 300_000;
        try (TestNode node = TestNode.start(
                kafka.bootstrapServers(),
                // The silence that is too long, and the idle time of a connection that shakes hands, are both outlived.
                config -> TestNode.set(config, "limits.heartbeat=2s", "listener.handshakeTimeout=5s")
                        .withBudgetBytes(budget)
                        .withKafka(config.kafka().withDeliveryTimeout(Duration.ofMinutes(2))))) {
            TestDevice device = node.connect(id);
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, event("warm", "up"));
            device.awaitAck(Lane.NORMAL, 1);

            killWithSignsOfLife(device);
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

            for (int i = 0; i < 2 * MISSED_HEARTBEATS + 1; i++) {
                assertThat(device.await(ServerFrame.HeartbeatAck.class).token())
                        .as("a sign of life that nobody asked for")
                        .isZero();
            }
            assertThat(sent).as("the node has read nothing meanwhile").isNotDone();
            assertThat(waitingForBudget(node)).isEqualTo(1);
            assertThat(device.isClosed()).isFalse();

            kafka.start(BROKER);
            device.awaitAck(Lane.NORMAL, frames + 1);
            sent.join();
            Eventually.isTrue(
                    "all budget is given back", () -> node.server().status().budgetUsedBytes() == 0);
        }
    }

    /** However long the broker takes to go: until then the node listens, and the device must not be silent. */
    private static void killWithSignsOfLife(TestDevice device) {
        CompletableFuture<Void> killed = CompletableFuture.runAsync(() -> kafka.kill(BROKER));
        long token = 0;
        while (!isDoneWithin(killed, Duration.ofMillis(500))) {
            device.send(new DeviceFrame.Heartbeat(++token));
        }
        ServerFrame.HeartbeatAck last = new ServerFrame.HeartbeatAck(0, 0, 0);
        while (last.token() < token) {
            last = device.await(ServerFrame.HeartbeatAck.class);
        }
    }

    private static boolean isDoneWithin(CompletableFuture<Void> task, Duration most) {
        try {
            task.get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
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
