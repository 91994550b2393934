package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a configuration a node takes over while it runs, and what it does not. */
class ReloadTest {
    private final DeviceId id = TestNode.newDeviceId();

    @TempDir
    Path directory;

    @Test
    void limitsHoldForConnectionsToComeAndNobodyIsCut() {
        try (TestNode node = TestNode.start()) {
            TestDevice before = node.connect(id);
            assertThat(before.hello().heartbeatMillis()).isEqualTo(25_000);
            before.open(Lane.NORMAL, 1, 0);

            node.server().reload(TestNode.set(node.config(), "limits.heartbeat=7s", "listener.connectionsPerSource=2"));
            assertThat(node.connect(TestNode.newDeviceId()).hello().heartbeatMillis())
                    .isEqualTo(7_000);
            DeviceId third = TestNode.newDeviceId();
            String secret = node.register(third);
            assertThat(refusals(node, third, secret)).contains("all 2 connections of one address are taken");
            before.publish(Lane.NORMAL, 1, 0, TestDevice.reading(1));
            before.awaitAck(Lane.NORMAL, 1);
        }
    }

    @Test
    void aFileIsFollowedAndWhatCannotBeUsedIsNot() throws IOException {
        try (TestNode node = TestNode.start()) {
            Path file = directory.resolve("node.yaml");
            Files.writeString(file, node.config().toYaml());
            ConfigFile followed = ConfigFile.of(file, Map.of(), List.of("limits.windowItems=77"));
            followed.read();
            List<IngestConfig> heard = new ArrayList<>();
            node.server().follow(followed, heard::add);
            node.server().lookAtFiles();
            assertThat(heard).as("nothing has changed").isEmpty();

            Files.writeString(file, "limits:\n  heartbeet: 1s\n");
            node.server().lookAtFiles();
            assertThat(heard).as("no such key").isEmpty();

            IngestConfig wanted = TestNode.set(node.config(), "log.level=debug", "budgetBytes=16MiB", "drainTime=9s");
            Files.writeString(file, wanted.toYaml());
            node.server().lookAtFiles();
            IngestConfig now = heard.get(0);
            assertThat(now.log().level()).isEqualTo(LogConfig.Level.DEBUG);
            assertThat(now.limits().windowItems()).as("set beside the file").isEqualTo(77);
            assertThat(now.budgetBytes()).isEqualTo(node.config().budgetBytes());
            assertThat(node.connect(id).hello().windowItems()).isEqualTo(77);
            node.server().lookAtFiles();
            assertThat(heard).hasSize(1);
        }
    }

    @Test
    void whatIsTakenOverAndWhatWaitsIsNamed() {
        IngestConfig now = IngestConfig.DEFAULTS;
        LiveConfig live = LiveConfig.of(
                now,
                TestNode.set(
                        now,
                        "limits.maxFrameBytes=32KiB",
                        "limits.eventsPerSecond=7",
                        "listener.port=1",
                        "listener.outgoingFrames=5",
                        "log.levels.io.fleetline.ingest.jetty=warn",
                        "node=other"));
        assertThat(live.changed())
                .containsExactly(
                        "limits.eventsPerSecond", "listener.outgoingFrames", "log.levels.io.fleetline.ingest.jetty");
        assertThat(live.waiting()).containsExactly("limits.maxFrameBytes", "listener.port", "node");
        assertThat(live.current().limits().maxFrameBytes())
                .isEqualTo(now.limits().maxFrameBytes());
        assertThat(live.current().listener().port()).isEqualTo(now.listener().port());
        assertThat(live.current().limits().eventsPerSecond()).isEqualTo(7);
        assertThat(LiveConfig.of(live.current(), live.current()).changed()).isEmpty();
    }

    private static List<String> refusals(TestNode node, DeviceId device, String secret) {
        try (RawPeer peer = new RawPeer(node.server().url(), TestDevice.basic(device, secret))) {
            peer.raw(peer.goodHead());
            assertThat(peer.httpOutcome()).isEqualTo("429");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return node.server().refusedAttempts().latest().stream()
                .map(attempt -> attempt.why())
                .toList();
    }
}
