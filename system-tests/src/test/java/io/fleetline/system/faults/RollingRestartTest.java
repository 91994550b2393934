package io.fleetline.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.cli.Fleetline;
import io.fleetline.device.DisconnectReason;
import io.fleetline.devkafka.DevKafka;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.proof.JournalCheck;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.RawLog;
import io.fleetline.simulator.proof.Verdict;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes in processes of their own that are restarted one after the other while devices publish. */
class RollingRestartTest {
    private static final int DEVICES = 200;
    private static final Duration PACE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    @Test
    @Tag("interop")
    void nothingIsLostAndNoConnectionIsCut() throws Exception {
        try (DevKafka kafka = DevKafka.builder().inProcess().start()) {
            KafkaConfig config = KafkaConfig.DEFAULTS
                    .withBootstrapServers(kafka.bootstrapServers())
                    .forSingleBroker(6);
            List<Integer> ports = List.of(RealFaultsTest.freePort(), RealFaultsTest.freePort());
            List<URI> nodes = ports.stream()
                    .map(port -> URI.create("ws://127.0.0.1:" + port + "/connect"))
                    .toList();
            List<ChildProcess> running = new ArrayList<>();
            try (Fleet fleet = new Fleet(nodes, register(config), directory.resolve("journal"), PACE)) {
                for (int node = 0; node < nodes.size(); node++) {
                    running.add(start(node, ports.get(node), kafka.bootstrapServers()));
                }
                fleet.start();
                fleet.awaitFurther(20, PATIENCE);
                for (int node = 0; node < nodes.size(); node++) {
                    assertThat(running.get(node).end())
                            .as("exit code of node " + node)
                            .isZero();
                    running.set(node, start(node, ports.get(node), kafka.bootstrapServers()));
                    fleet.awaitFurther(20, PATIENCE);
                }
                fleet.stop(PATIENCE);

                List<Duration> silences = fleet.silences();
                System.out.printf(
                        Locale.ROOT,
                        "longest gap between two receipts of a device, of %d devices that publish every %d ms:"
                                + " half %d ms, p99 %d ms, the longest %d ms; connections ended: %s%n",
                        DEVICES,
                        PACE.toMillis(),
                        silences.get(DEVICES / 2).toMillis(),
                        silences.get(DEVICES * 99 / 100).toMillis(),
                        silences.get(DEVICES - 1).toMillis(),
                        fleet.partings());
                assertThat(fleet.partings())
                        .containsKey(DisconnectReason.DRAINED)
                        .doesNotContainKey(DisconnectReason.LOST);
                assertAllStored(kafka, config);
            } finally {
                running.forEach(ChildProcess::close);
            }
        }
    }

    private void assertAllStored(DevKafka kafka, KafkaConfig config) throws Exception {
        JournalCheck check = new JournalCheck(JournalReading.read(directory.resolve("journal")));
        try (RawLog log = new RawLog(kafka.bootstrapServers(), config.topics().events(), System::nanoTime)) {
            log.readInto(check, Map.of(), PATIENCE);
        }
        Verdict verdict = check.verdict();
        System.out.println(verdict.receipts() + " receipts of " + verdict.published() + " published, "
                + verdict.records() + " records, " + verdict.repeats() + " repeats");
        assertThat(verdict.faults()).isEmpty();
        assertThat(verdict.receipts()).isGreaterThan(40L * DEVICES);
    }

    private static Map<DeviceId, String> register(KafkaConfig config) {
        List<DeviceId> ids = IntStream.rangeClosed(1, DEVICES)
                .mapToObj(i -> new DeviceId("faults", "rolling-" + i))
                .toList();
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(config)) {
            return registrar.register(ids);
        }
    }

    private ChildProcess start(int node, int port, String bootstrap) throws IOException, InterruptedException {
        Path file =
                Files.writeString(directory.resolve("node-" + node + ".yaml"), """
                node: node-%d
                listener:
                  port: %d
                  connectionsPerSource: 0
                limits:
                  eventsPerSecond: 0
                kafka:
                  bootstrapServers: "%s"
                  partitions: 6
                  replication: 1
                  minInsyncReplicas: 1
                  acceptLowDurability: true
                budgetBytes: 16MiB
                unreadyTime: 1s
                drainTime: 8s
                """.formatted(node, port, bootstrap));
        ChildProcess started = ChildProcess.start(
                "node-" + node,
                directory.resolve("node-" + node + ".log"),
                Fleetline.class.getName(),
                List.of("-Xmx256m"),
                "server",
                "--config",
                file.toString(),
                "--set",
                "log.format=text",
                "--until-eof");
        started.await("ready", PATIENCE);
        return started;
    }
}
