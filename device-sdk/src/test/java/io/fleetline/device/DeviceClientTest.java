package io.fleetline.device;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetline.device.fake.FakeNode;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.SocketNode;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.testkit.TestAuthority;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against a node behind a real socket. */
class DeviceClientTest {
    private static final DeviceId BOILER = DeviceId.parse("acme/boiler-7");

    @TempDir
    Path directory;

    @Test
    void anEventPublishedOverTlsGetsItsReceipt() throws Exception {
        TestAuthority authority = TestAuthority.create();
        FakeNode node = new FakeNode(new NodeBehaviour() {}, (nanos, task) -> task.run(), System::currentTimeMillis);
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.server("127.0.0.1")));
                DeviceClient client = DeviceClient.builder()
                        .endpoint(socket.url())
                        .identity(BOILER)
                        .secret("s3cret")
                        .trustedCertificates(authority.writeCertificate(directory))
                        .build()) {
            client.start();
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                receipts.add(
                        client.publish("temperature", Map.of("celsius", 20 + i)).toCompletableFuture());
            }
            for (int i = 0; i < receipts.size(); i++) {
                Receipt receipt = receipts.get(i).get(10, SECONDS);
                assertThat(receipt.seq()).isEqualTo(i + 1);
                assertThat(receipt.lane()).isEqualTo(Lane.NORMAL);
            }
            assertThat(client.flush(Duration.ofSeconds(5))).isTrue();
            assertThat(client.status().state()).isEqualTo(ConnectionState.CONNECTED);
            assertThat(client.statistics().outboxEvents()).isZero();
        }
        assertThat(node.breaches()).isEmpty();
        assertThat(node.numbers(Lane.NORMAL)).hasSize(1000).isSorted();
    }

    @Test
    void statisticsSayWhereEventsAreKept() throws Exception {
        assertThat(kept(OutboxConfig.memory())).containsExactly(OutboxMode.MEMORY, DiskState.NOT_USED);
        assertThat(kept(OutboxConfig.durable(directory.resolve("durable"))))
                .containsExactly(OutboxMode.DURABLE, DiskState.WORKING);
        assertThat(kept(OutboxConfig.buffered(directory.resolve("buffered"))))
                .containsExactly(OutboxMode.BUFFERED, DiskState.WORKING);
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(kept(OutboxConfig.durable(file.resolve("outbox"))))
                .as("a directory that cannot be made")
                .containsExactly(OutboxMode.MEMORY, DiskState.UNUSABLE);
    }

    private static List<Object> kept(OutboxConfig outbox) {
        try (DeviceClient client = DeviceClient.builder()
                .endpoint(URI.create("ws://127.0.0.1:1/connect"))
                .identity(BOILER)
                .secret("s3cret")
                .outbox(outbox)
                .build()) {
            Statistics statistics = client.statistics();
            return List.of(statistics.outboxMode(), statistics.disk());
        }
    }

    @Test
    void aCommandReachesItsHandlerOnceAndItsOutcomeComesBack() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        FakeNode node = new FakeNode(new NodeBehaviour() {}, (nanos, task) -> task.run(), System::currentTimeMillis);
        try (SocketNode socket = new SocketNode(node, Optional.empty());
                DeviceClient client = DeviceClient.builder()
                        .endpoint(socket.url())
                        .identity(BOILER)
                        .secret("s3cret")
                        .onCommand("set-target", command -> {
                            runs.incrementAndGet();
                            return CommandResult.done(
                                    Map.of("was", command.body().asMap().get("celsius")));
                        })
                        .build()) {
            client.start();
            client.publish("hello", "there").toCompletableFuture().get(10, SECONDS);
            ServerFrame.Command command = new ServerFrame.Command(
                    "c-1", "set-target", 60_000, BodyCodec.encode(Map.of("celsius", 21)), Attributes.NONE);
            node.latest().send(command);
            await().until(() -> node.numbers(Lane.OUTCOMES).size() == 1);
            node.latest().send(command);
            await().until(() -> node.numbers(Lane.OUTCOMES).size() == 2);
            node.latest().send(new ServerFrame.Command("c-2", "self-destruct", 0, Payload.NULL, Attributes.NONE));
            await().until(() -> node.numbers(Lane.OUTCOMES).size() == 3);
        }
        assertThat(runs).hasValue(1);
        List<Item.Outcome> outcomes = node.log().stream()
                .filter(landed -> landed.lane() == Lane.OUTCOMES)
                .map(landed -> (Item.Outcome) landed.item())
                .toList();
        assertThat(outcomes).extracting(Item.Outcome::commandId).containsExactly("c-1", "c-1", "c-2");
        assertThat(outcomes)
                .extracting(Item.Outcome::status)
                .containsExactly(OutcomeStatus.SUCCEEDED, OutcomeStatus.SUCCEEDED, OutcomeStatus.UNKNOWN_COMMAND);
        assertThat(BodyCodec.toJson(outcomes.get(0).body())).isEqualTo("{\"was\":21}");
        assertThat(node.breaches()).isEmpty();
    }

    @Test
    void eachReceiptEndsWhateverIsPublishedAndAcknowledgedWhileTheClientCloses() throws Exception {
        FakeNode node = new FakeNode(new NodeBehaviour() {}, (nanos, task) -> task.run(), System::currentTimeMillis);
        int stored = 0;
        int abandoned = 0;
        try (SocketNode socket = new SocketNode(node, Optional.empty());
                DeviceRuntime runtime = DeviceRuntime.create()) {
            for (int round = 0; round < 10; round++) {
                Queue<CompletableFuture<Receipt>> receipts = new ConcurrentLinkedQueue<>();
                DeviceClient client = DeviceClient.builder()
                        .runtime(runtime)
                        .endpoint(socket.url())
                        .identity(BOILER)
                        .secret("s3cret")
                        .outbox(OutboxConfig.memory().maxBytes(256 << 10).blocking(Duration.ofSeconds(30)))
                        .build()
                        .start();
                List<Thread> publishers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    publishers.add(new Thread(() -> publishUntilClosed(client, receipts)));
                }
                publishers.forEach(Thread::start);
                client.publish("first", round).toCompletableFuture().get(10, SECONDS);
                var unused = client.close(round % 2 == 0 ? Duration.ZERO : Duration.ofMillis(5));
                for (Thread publisher : publishers) {
                    publisher.join();
                }
                for (CompletableFuture<Receipt> receipt : receipts) {
                    try {
                        assertThat(receipt.get(10, SECONDS).seq()).isPositive();
                        stored++;
                    } catch (ExecutionException e) {
                        assertThat(e.getCause()).isInstanceOf(ClientClosedException.class);
                        abandoned++;
                    }
                }
            }
        }
        assertThat(node.breaches()).isEmpty();
        assertThat(stored).isPositive();
        assertThat(abandoned).isPositive();
    }

    private static void publishUntilClosed(DeviceClient client, Queue<CompletableFuture<Receipt>> receipts) {
        try {
            while (true) {
                receipts.add(client.publish("t", Map.of("celsius", 20)).toCompletableFuture());
            }
        } catch (ClientClosedException e) {
            // That is the end.
        }
    }
}
