package io.fleetline.ingest;

import static io.fleetline.ingest.TestDevice.event;
import static io.fleetline.ingest.TestDevice.reading;
import static io.fleetline.ingest.TestDevice.readings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection's life beside publishing: takeover, reject, TLS, the end of the node. */
class ConnectionTest {
    private static TestNode node;

    private final DeviceId id = TestNode.newDeviceId();

    @TempDir
    Path directory;

    @BeforeAll
    static void startNode() {
        node = TestNode.start();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void aNewerConnectionTakesOverAndItsNumberIsTheReason() {
        String secret = node.register(id);
        TestDevice older = node.connect(id, secret);
        long first = older.hello().connection();
        TestDevice newer = node.connect(id, secret);
        long second = newer.hello(first).connection();

        assertThat(second).isGreaterThan(first);
        assertThat(older.closed()).isEqualTo(new TestDevice.Closed(4409, Long.toString(second)));
        newer.open(Lane.NORMAL, 1, 0);
        newer.publish(Lane.NORMAL, 1, 0, reading(1));
        newer.awaitAck(Lane.NORMAL, 1);
    }

    @Test
    void aRejectedItemLiesInTheDeadLettersAndAGapTakesItsPlace() {
        byte[] large = new byte[40_000];
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, reading(1), event("image", large), reading(3));
            device.awaitAck(Lane.NORMAL, 1);
            ServerFrame.Reject reject = device.expect(ServerFrame.Reject.class);
            assertThat(reject.seq()).isEqualTo(2);
            assertThat(reject.code()).isEqualTo(RejectCode.TOO_LARGE);

            device.open(Lane.NORMAL, 2, 1);
            device.publish(Lane.NORMAL, 2, 1, new Item.Gap(2, GapReason.REFUSED), reading(3), reading(4));
            device.awaitAck(Lane.NORMAL, 4);
        }
        assertThat(node.events(id, 4))
                .extracting(PublishTest::position)
                .extracting(RecordPosition::seq)
                .containsExactly(1L, 2L, 3L, 4L);
        ConsumerRecord<String, byte[]> letter = node.records(
                        node.config().kafka().topics().deadLetters(), id, 1)
                .get(0);
        assertThat(letter.value()).hasSizeGreaterThan(large.length);
        assertThat(PublishTest.text(letter, "reject-code")).isEqualTo("TOO_LARGE");
        assertThat(PublishTest.text(letter, "channel")).isEqualTo("image");
        assertThat(PublishTest.position(letter).seq()).isEqualTo(2);
    }

    @Test
    void aConnectionThatBreaksIsFollowedByOneThatSendsAgainWhatWasNotAcknowledged() {
        String secret = node.register(id);
        TestDevice first = node.connect(id, secret);
        long number = first.hello().connection();
        first.open(Lane.NORMAL, 1, 0);
        first.publish(Lane.NORMAL, 1, 0, readings(1, 5));
        first.close();
        try (TestDevice second = node.connect(id, secret)) {
            second.hello(number);
            second.open(Lane.NORMAL, 1, 0);
            second.publish(Lane.NORMAL, 1, 0, readings(1, 7));
            second.awaitAck(Lane.NORMAL, 7);
        }
    }

    @Test
    void aNodeThatStopsAsksItsDevicesToLeaveAndEndsThoseThatStay() {
        TestNode stopping = TestNode.start(config -> config.withDrainTime(Duration.ofMillis(300)));
        TestDevice leaver = stopping.connect(id);
        TestDevice stayer = stopping.connect(TestNode.newDeviceId());
        leaver.hello();
        stayer.hello();
        stayer.open(Lane.NORMAL, 1, 0);
        stayer.publish(Lane.NORMAL, 1, 0, reading(1));
        stayer.awaitAck(Lane.NORMAL, 1);

        Thread close = new Thread(stopping.server()::close);
        close.start();
        ServerFrame.Drain drain = leaver.expect(ServerFrame.Drain.class);
        assertThat(drain.reconnectWindowMillis())
                .as("half of four fifths: two devices, two slices")
                .isEqualTo(120);
        leaver.socket().sendClose(1000, "").join();
        assertThat(leaver.closed().code()).isEqualTo(1000);
        assertThat(stayer.closed().code()).isEqualTo(1001);
        Eventually.isTrue("the node has stopped", () -> !close.isAlive());
        stopping.close();
    }

    @Test
    void overTlsTheCertificateOfThePemFilesIsShown() throws Exception {
        TestAuthority authority = TestAuthority.create();
        try (TestNode secure = TestNode.start(config -> config.withListener(
                config.listener().at("127.0.0.1", 0, Optional.of(tls(authority.server(), false)))))) {
            assertThat(secure.server().url().getScheme()).isEqualTo("wss");
            String secret = secure.register(id);
            try (TestDevice device =
                    TestDevice.connect(client(authority), secure.server().url(), id, secret)) {
                device.hello();
                device.open(Lane.NORMAL, 1, 0);
                device.publish(Lane.NORMAL, 1, 0, readings(1, 100));
                device.awaitAck(Lane.NORMAL, 100);
            }
            assertThatThrownBy(() -> TestDevice.connect(
                            client(TestAuthority.create()), secure.server().url(), id, secret))
                    .hasMessageContaining("PKIX path");
            assertThatThrownBy(() -> TestDevice.connect(
                            client(authority, "TLSv1.2"), secure.server().url(), id, secret))
                    .hasMessageContaining("protocol_version");
        }
    }

    @Test
    void aNewCertificateIsTakenIntoUseWithoutCuttingAnybody() throws Exception {
        TestAuthority first = TestAuthority.create();
        TestAuthority second = TestAuthority.create();
        ListenerConfig.Tls files = tls(first.server(), false);
        try (TestNode secure = TestNode.start(
                config -> config.withListener(config.listener().at("127.0.0.1", 0, Optional.of(files))))) {
            String secret = secure.register(id);
            try (TestDevice device =
                    TestDevice.connect(client(first), secure.server().url(), id, secret)) {
                device.hello();
                Files.writeString(files.key(), "half a key");
                secure.server().reloadCertificates();
                DeviceId other = TestNode.newDeviceId();
                String othersSecret = secure.register(other);
                TestDevice.connect(client(first), secure.server().url(), other, othersSecret)
                        .close();

                tls(second.server(), false);
                secure.server().reloadCertificates();
                TestDevice.connect(client(second), secure.server().url(), other, othersSecret)
                        .close();
                assertThatThrownBy(() -> TestDevice.connect(
                                client(first), secure.server().url(), other, othersSecret))
                        .hasMessageContaining("PKIX path");
                device.open(Lane.NORMAL, 1, 0);
                device.publish(Lane.NORMAL, 1, 0, reading(1));
                device.awaitAck(Lane.NORMAL, 1);
            }
        }
    }

    @Test
    void aNodeThatStopsGoesOnWhileItSaysThatItIsNotReady() {
        TestNode stopping = TestNode.start(config -> config.withUnreadyTime(Duration.ofSeconds(2)));
        String secret = stopping.register(id);
        Thread close = new Thread(stopping.server()::close);
        close.start();
        Eventually.isTrue(
                "the node says so", () -> stopping.server().status().notReady().isPresent());
        TestDevice late = stopping.connect(id, secret);
        late.hello();
        assertThat(late.closed().code()).isEqualTo(1001);
        Eventually.isTrue("the node has stopped", () -> !close.isAlive());
        stopping.close();
    }

    private ListenerConfig.Tls tls(TestCertificate certificate, boolean allowTls12) {
        TestCertificate.PemFiles files = certificate.writeTo(directory, "node");
        return new ListenerConfig.Tls(files.chain(), files.key(), allowTls12);
    }

    private static HttpClient client(TestAuthority trusted, String... protocols) throws Exception {
        SSLParameters parameters = new SSLParameters();
        if (protocols.length > 0) {
            parameters.setProtocols(protocols);
        }
        return HttpClient.newBuilder()
                .sslContext(trusted.clientContext())
                .sslParameters(parameters)
                .build();
    }
}
