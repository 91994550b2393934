package io.fleetline.devkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers in this JVM, one test after the other, beside the tests whose brokers are processes. */
class EmbeddedKafkaTest {

    @Test
    void whatIsSentCanBeRead() throws Exception {
        try (DevKafka kafka = DevKafka.builder().start();
                Clients clients = new Clients(kafka)) {
            clients.createTopic("greetings");
            clients.send("greetings", "hello");
            clients.send("greetings", "again");

            assertThat(clients.read("greetings")).containsExactly("hello", "again");
        }
    }

    @Test
    void clientsOnADetourAreToldThePortOfWhatIsInBetween() throws Exception {
        int port = freePort();
        // What is in between is played by the broker's other listener, so that somebody answers there.
        int between = freePort();
        try (DevKafka kafka =
                        DevKafka.builder().port(between).detour(port, between).start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
            assertThat(kafka.port(1)).isEqualTo(between);
            assertThat(admin.describeCluster().nodes().get())
                    .extracting(Node::port)
                    .containsExactly(between);
        }
    }

    @Test
    void whatCannotBeIsRefusedBeforeAnythingStarts() {
        assertThatThrownBy(() -> DevKafka.builder().clientProtocol("TLS"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A security protocol is one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL, not TLS");
        assertThatThrownBy(() -> DevKafka.builder().processes(3).detour(1, 2).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 detours were given for 3 brokers");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aTemporaryDirectoryIsRemovedWhenItIsClosed() {
        Path directory;
        try (DevKafka kafka = DevKafka.builder().start()) {
            directory = kafka.directory();
            assertThat(directory).isDirectory();
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void aKeptDirectoryKeepsDataClusterIdAndPort(@TempDir Path directory) throws Exception {
        String clusterId;
        String bootstrapServers;
        try (DevKafka kafka = DevKafka.builder().directory(directory).start();
                Clients clients = new Clients(kafka)) {
            clusterId = kafka.clusterId();
            bootstrapServers = kafka.bootstrapServers();
            clients.createTopic("kept");
            clients.send("kept", "before");
        }
        try (DevKafka kafka = DevKafka.builder().directory(directory).start();
                Clients clients = new Clients(kafka)) {
            assertThat(kafka.clusterId()).isEqualTo(clusterId);
            assertThat(kafka.bootstrapServers()).isEqualTo(bootstrapServers);
            clients.send("kept", "after");
            assertThat(clients.read("kept")).containsExactly("before", "after");
        }
    }

    @Test
    void aKilledBrokerComesBackOnItsPortWithAllThatItAcknowledged() throws Exception {
        try (DevKafka kafka = DevKafka.builder().start();
                Clients clients = new Clients(kafka)) {
            clients.createTopic("survivors");
            clients.send("survivors", "before");

            kafka.kill(1);

            assertThat(kafka.isRunning(1)).isFalse();
            assertThat(kafka.processId(1)).isEmpty();
            assertThatThrownBy(() -> connect(kafka.port(1))).isInstanceOf(IOException.class);

            kafka.start(1);

            assertThat(kafka.isRunning(1)).isTrue();
            clients.send("survivors", "after");
            assertThat(clients.read("survivors")).containsExactly("before", "after");
            assertThat(Files.readString(kafka.logFile(1))).contains("Recovering unflushed segment");
        }
    }

    @Test
    @Tag("interop")
    void twoOfThemLiveBesideEachOtherEachWithItsOwnLog() throws Exception {
        try (DevKafka one = DevKafka.builder().start();
                DevKafka other = DevKafka.builder().start()) {
            assertThat(other.port(1)).isNotEqualTo(one.port(1));
            assertThat(Files.readString(one.logFile(1)))
                    .contains(one.directory().toString())
                    .doesNotContain(other.directory().toString());
            assertThat(Files.readString(other.logFile(1)))
                    .contains(other.directory().toString())
                    .doesNotContain(one.directory().toString());
        }
    }

    @Test
    void aFatalErrorEndsTheBrokerAndNotTheJvm() throws Exception {
        try (DevKafka kafka = DevKafka.builder().start();
                Clients clients = new Clients(kafka)) {
            delete(kafka.directory().resolve("broker-1/data"));
            clients.requestTopic("nowhere");

            await().atMost(Duration.ofSeconds(60)).until(() -> !kafka.isRunning(1));

            // Whichever part of Kafka finds it out first.
            assertThat(Files.readString(kafka.logFile(1)))
                    .containsAnyOf("Encountered fatal fault", "Kafka asked for the end of the process");
        }
    }

    @Test
    void aPortThatIsAskedForIsTakenOrTheStartIsRefused(@TempDir Path directory) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() ->
                            DevKafka.builder().directory(directory).port(port).start())
                    .isInstanceOf(DevKafkaException.class)
                    .hasMessageContaining("The port " + port + " of 127.0.0.1 is taken");
        }
    }

    @Test
    void aRememberedPortThatSomebodyElseHasTakenGivesWayToAnother(@TempDir Path directory) throws Exception {
        int port;
        try (DevKafka kafka = DevKafka.builder().directory(directory).start()) {
            port = kafka.port(1);
        }
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                DevKafka kafka = DevKafka.builder().directory(directory).start();
                Clients clients = new Clients(kafka)) {
            assertThat(kafka.port(1)).isNotEqualTo(taken.getLocalPort());
            clients.createTopic("moved");
            clients.send("moved", "here");
            assertThat(clients.read("moved")).containsExactly("here");
        }
    }

    @Test
    void aSettingThatKafkaRefusesIsReportedWithItsReasonAndNothingKeepsRunning(@TempDir Path directory) {
        assertThatThrownBy(() -> DevKafka.builder()
                        .directory(directory)
                        .property("num.io.threads", 0)
                        .start())
                .isInstanceOf(DevKafkaException.class)
                .hasMessageContaining("Kafka broker 1 of 1 in " + directory)
                .hasMessageContaining("num.io.threads");

        try (DevKafka kafka = DevKafka.builder().directory(directory).start()) {
            assertThat(kafka.isRunning(1)).isTrue();
        }
    }

    @Test
    void whatCannotBeAskedForIsRefusedAtOnce() {
        assertThatThrownBy(() -> DevKafka.builder().property("node.id", 7))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DevKafka.builder().processes(10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DevKafka.builder().port(65_536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DevKafka.builder().startTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBrokerInThisProcessCannotBePausedAndAClosedClusterDoesNothing() {
        DevKafka kafka = DevKafka.builder().start();
        try (kafka) {
            assertThatThrownBy(() -> kafka.pause(1)).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> kafka.kill(2)).isInstanceOf(IllegalArgumentException.class);
        }
        kafka.close();
        assertThat(kafka.isRunning(1)).isFalse();
        assertThatThrownBy(() -> kafka.start(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingIsPrintedByTheBrokerItAllGoesToItsLog(@TempDir Path directory) throws Exception {
        try (HolderProcess holder = new HolderProcess(directory.toString(), "0")) {
            holder.awaitReady();
            List<String> printed = holder.finish();

            assertThat(printed).singleElement().asString().startsWith("ready");
            assertThat(Files.readString(directory.resolve("broker-1/broker.log")))
                    .contains("Starting controller", "shutting down", "[SharedServer id=1] Stopping SharedServer");
        }
    }

    private static void connect(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> inside = Files.walk(root)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
