package io.fleetline.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.cli.Fleetline;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.OutboxConfig;
import io.fleetline.device.Statistics;
import io.fleetline.devkafka.DevKafka;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.JournalledPublisher;
import io.fleetline.testkit.TcpProxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One device that publishes a hundred events a second for twenty minutes, with its outbox on disk, while its node is killed
 * ten times and its link is cut twenty times, each time just after an acknowledgement came. Then it drains, and Kafka is
 * compared with a journal that the SDK knows nothing of.
 *
 * <p>{@code -Dfleetline.steady.minutes=2} makes it shorter, with fewer faults; {@code -Dfleetline.seed} puts the same faults
 * into the same order.
 */
@Tag("long")
class SteadyDeviceTest {
    private static final DeviceId DEVICE = DeviceId.parse("faults/steady");
    private static final int MINUTES = Integer.getInteger("fleetline.steady.minutes", 20);
    private static final int KILLS = Math.max(2, MINUTES / 2);
    private static final int CUTS = Math.max(4, MINUTES);
    private static final int EVENTS_PER_SECOND = 500;
    private static final Duration PACE = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private enum Fault {
        KILL_NODE,
        CUT_LINK
    }

    @TempDir
    Path directory;

    private final long seed = Long.getLong("fleetline.seed", new Random().nextInt(1 << 20));
    private final Random random = new Random(seed);
    private final LongAdder receipts = new LongAdder();
    private final LongAdder published = new LongAdder();
    private Path nodeFile = Path.of("");
    private ChildProcess node;

    @Test
    void nothingIsLostDoubledOrReorderedWhateverBreaks() throws Exception {
        try (DevKafka kafka =
                        DevKafka.builder().startTimeout(Duration.ofMinutes(4)).start();
                TcpProxy link = TcpProxy.open()) {
            KafkaConfig config = KafkaConfig.DEFAULTS
                    .withBootstrapServers(kafka.bootstrapServers())
                    .forSingleBroker(3);
            String secret;
            try (DeviceRegistrar registrar = DeviceRegistrar.connect(config)) {
                secret = registrar.register(DEVICE);
            }
            int port = RealFaultsTest.freePort();
            link.to(port);
            nodeFile = writeNode(port, kafka.bootstrapServers());
            node = startNode();
            Path journal = directory.resolve("journal");
            try {
                String run = run(URI.create("ws://127.0.0.1:" + link.port() + "/connect"), secret, journal, link);
                String topic = config.topics().events();
                System.out.println(new Judgement(kafka.bootstrapServers(), topic, journal).pass(run));
            } finally {
                node.close();
            }
        }
    }

    private String run(URI endpoint, String secret, Path journalFile, TcpProxy link) throws Exception {
        ScheduledExecutorService steps = Executors.newSingleThreadScheduledExecutor();
        try (Journal journal = Journal.create(journalFile);
                DeviceClient client = DeviceClient.builder()
                        .endpoint(endpoint)
                        .identity(DEVICE)
                        .secret(secret)
                        .outbox(OutboxConfig.durable(directory.resolve("outbox")))
                        .build()
                        .start()) {
            JournalledPublisher publisher = new JournalledPublisher(
                    DEVICE, client::publish, journal, 0, System::nanoTime, nanos -> receipts.increment());
            ScheduledFuture<?> publishing = steps.scheduleAtFixedRate(
                    () -> {
                        published.increment();
                        var unused = publisher.publish("steady/step", Map.of("step", published.sum()));
                    },
                    0,
                    PACE.toMillis(),
                    TimeUnit.MILLISECONDS);
            breakThings(link, publishing);
            publishing.cancel(false);
            steps.shutdown();
            assertThat(steps.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            long drainBegan = System.nanoTime();
            long waited = client.statistics().outboxEvents();
            // The node takes no more than its limit, and on a busy machine faults come one upon the other.
            Duration drainPatience = PATIENCE.plusSeconds(2 * waited / EVENTS_PER_SECOND);
            assertThat(client.flush(drainPatience)).as("drained, seed %s", seed).isTrue();
            assertThat(publisher.awaitQuiet(PATIENCE)).as("all receipts came").isTrue();
            Duration drain = Duration.ofNanos(System.nanoTime() - drainBegan);
            Statistics after = client.statistics();
            assertThat(after.outboxEvents()).isZero();
            assertThat(after.dropped()).isZero();
            assertThat(after.connects()).isGreaterThan(KILLS + CUTS);
            return "seed " + seed + ", " + MINUTES + " min: " + published.sum() + " events, node killed " + KILLS
                    + " times, link cut " + CUTS + " times, " + after.connects() + " connections, " + after.resent()
                    + " items sent again, " + waited + " drained at the end within " + drain.toMillis() + " ms";
        } finally {
            steps.shutdownNow();
        }
    }

    private void breakThings(TcpProxy link, ScheduledFuture<?> publishing) throws InterruptedException {
        List<Fault> faults = new ArrayList<>(Collections.nCopies(KILLS, Fault.KILL_NODE));
        faults.addAll(Collections.nCopies(CUTS, Fault.CUT_LINK));
        Collections.shuffle(faults, random);
        Duration each = Duration.ofMinutes(MINUTES).dividedBy(faults.size() + 1);
        long beganNanos = System.nanoTime();
        for (int i = 0; i < faults.size(); i++) {
            Patience.elapse(each.multipliedBy(i + 1).minusNanos(System.nanoTime() - beganNanos));
            requireRuns(publishing);
            long before = receipts.sum();
            Patience.until("a fresh acknowledgement comes, seed " + seed, PATIENCE, () -> receipts.sum() > before);
            if (faults.get(i) == Fault.KILL_NODE) {
                node.kill();
                Patience.elapse(Duration.ofMillis(200 + random.nextInt(3_000)));
                node = startNode();
            } else {
                link.cut();
                Patience.elapse(Duration.ofMillis(random.nextInt(2_000)));
                link.mend();
            }
        }
        Patience.elapse(Duration.ofMinutes(MINUTES).minusNanos(System.nanoTime() - beganNanos));
        requireRuns(publishing);
    }

    /** A step that failed is the last. */
    private static void requireRuns(ScheduledFuture<?> publishing) throws InterruptedException {
        if (publishing.isDone()) {
            try {
                publishing.get();
            } catch (ExecutionException e) {
                throw new AssertionError("the device stopped publishing", e.getCause());
            }
        }
    }

    private Path writeNode(int port, String bootstrap) throws Exception {
        return Files.writeString(directory.resolve("node.yaml"), """
                node: steady-node
                listener:
                  host: 127.0.0.1
                  port: %d
                  connectsPerDevice: 0
                limits:
                  eventsPerSecond: %d
                kafka:
                  bootstrapServers: "%s"
                  partitions: 3
                  replication: 1
                  minInsyncReplicas: 1
                  acceptLowDurability: true
                budgetBytes: 16MiB
                """.formatted(port, EVENTS_PER_SECOND, bootstrap));
    }

    private ChildProcess startNode() throws InterruptedException {
        ChildProcess started = ChildProcess.start(
                "node",
                directory.resolve("node.log"),
                Fleetline.class.getName(),
                List.of("-Xmx256m"),
                "server",
                "--config",
                nodeFile.toString(),
                "--until-eof");
        started.await("ready", PATIENCE);
        return started;
    }
}
