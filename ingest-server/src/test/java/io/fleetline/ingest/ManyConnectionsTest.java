package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a thousand devices on it, over TLS. */
@Tag("long")
class ManyConnectionsTest {
    private static final int DEVICES = 1_000;

    @TempDir
    Path directory;

    @Test
    void aCertificateIsSwappedUnderThemAndCutsNone() throws Exception {
        TestAuthority first = TestAuthority.create();
        TestAuthority second = TestAuthority.create();
        ListenerConfig.Tls files = write(first.server());
        try (TestNode node = TestNode.start(config -> TestNode.set(
                config.withListener(config.listener().at("127.0.0.1", 0, Optional.of(files))),
                "limits.heartbeat=1h"))) { // they are silent until all of them are there
            List<DeviceId> ids = IntStream.range(0, DEVICES)
                    .mapToObj(i -> new DeviceId("acme", "many-" + i))
                    .toList();
            Map<DeviceId, String> secrets = node.registrar().register(ids);
            Eventually.isTrue(
                    "the node knows them", () -> node.server().registry().size() >= DEVICES);
            long began = System.nanoTime();
            HttpClient http = client(first);
            List<TestDevice> devices = new ArrayList<>();
            for (DeviceId id : ids) {
                TestDevice device = TestDevice.connect(http, node.server().url(), id, secrets.get(id));
                device.hello();
                devices.add(device);
            }
            System.out.printf(Locale.ROOT, "%d devices connected over TLS within %s%n", DEVICES, since(began));

            X509Certificate before = shown(node, first);
            TestCertificate next = second.server();
            write(next);
            began = System.nanoTime();
            node.server().lookAtFiles();
            X509Certificate after = shown(node, second);
            System.out.printf(
                    Locale.ROOT, "another certificate is shown %s after the look at the files%n", since(began));
            assertThat(after).isNotEqualTo(before);

            for (int i = 0; i < DEVICES; i++) {
                devices.get(i).send(new DeviceFrame.Heartbeat(i + 1));
            }
            for (int i = 0; i < DEVICES; i++) {
                assertThat(devices.get(i).await(ServerFrame.HeartbeatAck.class).token())
                        .isEqualTo(i + 1);
                assertThat(devices.get(i).isClosed()).isFalse();
            }
            assertThat(node.server().status().devicesConnected()).isEqualTo(DEVICES);
            System.out.printf(Locale.ROOT, "all %d connections answer, none was cut%n", DEVICES);
            devices.forEach(TestDevice::close);
        }
    }

    private ListenerConfig.Tls write(TestCertificate certificate) {
        TestCertificate.PemFiles pem = certificate.writeTo(directory, "node");
        return new ListenerConfig.Tls(pem.chain(), pem.key(), false);
    }

    private static HttpClient client(TestAuthority trusted) throws GeneralSecurityException {
        return HttpClient.newBuilder()
                .sslContext(trusted.clientContext())
                .connectTimeout(Duration.ofSeconds(30))
                .build();
    }

    private static X509Certificate shown(TestNode node, TestAuthority trusted) throws Exception {
        SSLContext context = trusted.clientContext();
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket("127.0.0.1", node.server().url().getPort())) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static String since(long beganNanos) {
        return Duration.ofNanos(System.nanoTime() - beganNanos).toMillis() + " ms";
    }
}
