package io.fleetline.device.internal.transport;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetline.device.fake.ConnectProxy;
import io.fleetline.device.fake.FakeNode;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.SocketNode;
import io.fleetline.device.internal.connection.Ending;
import io.fleetline.device.internal.connection.Link;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.strategy.AdaptiveExecutionStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which thread reads what a node sends: what Jetty's selector counts, and what is handed to other threads. */
class SharedSelectorTest {
    private static final int FRAMES = 50;
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    private final QueuedThreadPool threads = new QueuedThreadPool(4);
    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler();
    private final AtomicInteger handedOver = new AtomicInteger();
    private final FakeNode node =
            new FakeNode(new NodeBehaviour() {}, (nanos, task) -> task.run(), System::currentTimeMillis);
    private final BlockingQueue<ServerFrame> received = new LinkedBlockingQueue<>();

    private SharedSelector selector;

    /** Knows the selector, which keeps its counters to itself. */
    private ClientConnector counters;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        threads.start();
        scheduler.start();
        selector = new SharedSelector(
                task -> {
                    handedOver.incrementAndGet();
                    threads.execute(task);
                },
                scheduler);
        counters = selector.newConnector();
        counters.start();
    }

    @AfterEach
    void stop() throws Exception {
        counters.stop();
        selector.close();
        scheduler.stop();
        threads.stop();
    }

    @Test
    void framesAreReadByTheSelectorsThread() throws Exception {
        assertReadInPlace(Optional.empty(), Optional.empty());
    }

    @Test
    void soTheyAreUnderTls() throws Exception {
        assertReadInPlace(Optional.of(AUTHORITY.server()), Optional.empty());
    }

    @Test
    void soTheyAreInAProxysTunnel() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy(Optional.empty())) {
            assertReadInPlace(
                    Optional.of(AUTHORITY.server()),
                    Optional.of(new TransportSettings.Proxy("127.0.0.1", proxy.port(), Optional.empty())));
            assertThat(proxy.tunnels()).hasSize(1);
        }
    }

    private void assertReadInPlace(Optional<TestCertificate> certificate, Optional<TransportSettings.Proxy> proxy)
            throws Exception {
        TransportSettings settings =
                new TransportSettings(Optional.of(AUTHORITY.writeCertificate(directory)), Optional.empty(), proxy);
        try (SocketNode socket = new SocketNode(node, certificate);
                JettyTransport transport =
                        new JettyTransport(selector, settings, new TimeFloor(System::currentTimeMillis, 0))) {
            BlockingQueue<Optional<Ending>> turns = new LinkedBlockingQueue<>();
            Link link = transport.dial(socket.url(), Optional.empty(), new Heard(turns));
            assertThat(turns.poll(1, MINUTES)).as("opened").isEmpty();
            for (int i = 0; i <= FRAMES; i++) {
                link.demand();
            }
            exchange(link, new DeviceFrame.Hello(0, BodyCodec.encode(Map.of())), ServerFrame.Welcome.class);

            long others = readByOthers();
            assertThat(others)
                    .as("the handshake is not for the selector's thread")
                    .isPositive();
            int handedOverBefore = handedOver.get();
            long inPlace = sum(AdaptiveExecutionStrategy::getPCTasksConsumed);
            for (int i = 1; i <= FRAMES; i++) {
                exchange(link, new DeviceFrame.Heartbeat(i), ServerFrame.HeartbeatAck.class);
            }
            assertThat(readByOthers()).isEqualTo(others);
            assertThat(handedOver).hasValue(handedOverBefore);
            assertThat(sum(AdaptiveExecutionStrategy::getPCTasksConsumed) - inPlace)
                    .isBetween(1L, (long) FRAMES);

            link.send(FrameEncoder.encode(new DeviceFrame.Heartbeat(FRAMES + 1)));
            await().untilAsserted(() -> assertThat(node.sent()).hasSize(FRAMES + 2));
            assertThat(received).as("not asked for").isEmpty();
            link.demand();
            assertThat(received.poll(1, MINUTES)).isInstanceOf(ServerFrame.HeartbeatAck.class);
            link.abort();
            assertThat(turns.poll(1, MINUTES)).as("ended").isNotEmpty();
            assertThat(node.breaches()).isEmpty();
        }
    }

    private void exchange(Link link, DeviceFrame frame, Class<? extends ServerFrame> answer) throws Exception {
        link.send(FrameEncoder.encode(frame));
        assertThat(received.poll(1, MINUTES)).isInstanceOf(answer);
    }

    private long readByOthers() {
        return sum(AdaptiveExecutionStrategy::getEPCTasksConsumed)
                + sum(AdaptiveExecutionStrategy::getPECTasksExecuted);
    }

    private long sum(ToLongFunction<AdaptiveExecutionStrategy> counter) {
        return counters.getSelectorManager().getContainedBeans(AdaptiveExecutionStrategy.class).stream()
                .mapToLong(counter)
                .sum();
    }

    /** Tells when the link opens, and how it ends. */
    private final class Heard implements Link.Listener {
        private final BlockingQueue<Optional<Ending>> turns;

        Heard(BlockingQueue<Optional<Ending>> turns) {
            this.turns = turns;
        }

        @Override
        public void opened() {
            turns.add(Optional.empty());
        }

        @Override
        public void received(ServerFrame frame) {
            received.add(frame);
        }

        @Override
        public void writable() {}

        @Override
        public void ended(Ending ending) {
            turns.add(Optional.of(ending));
        }
    }
}
