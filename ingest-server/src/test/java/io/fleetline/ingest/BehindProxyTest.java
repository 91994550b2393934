package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.jetty.ProxyConfig;
import io.fleetline.ingest.jetty.ProxyConfig.AddressFrom;
import io.fleetline.ingest.jetty.ProxyConfig.CertificateFrom;
import io.fleetline.ingest.registry.CertificateAuthority;
import io.fleetline.ingest.registry.Provisioning;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.protocol.DeviceId;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node believes of what proxies say, and of what others say who are none. */
class BehindProxyTest {
    private static final String PROXY = "127.0.0.2";
    private static final String INNER_PROXY = "127.0.7.7";
    private static final String STRANGER = "127.0.0.3";
    private static final String TRUSTED = PROXY + ", 127.0.7.0/24";
    private static final String DEVICE = "203.0.113.9";

    private static final TestAuthority SERVERS = TestAuthority.create("the node's");
    private static final TestAuthority FLEET = TestAuthority.create("the fleet's");
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

    @TempDir
    static Path directory;

    /** Behind proxies that end TLS. */
    private static TestNode http;
    /** Behind proxies that pass TLS on. */
    private static TestNode tcp;

    private final DeviceId pump = TestNode.newDeviceId();

    @BeforeAll
    static void start() {
        TestCertificate.PemFiles files = SERVERS.server().writeTo(directory, "node");
        http = TestNode.start(config -> config.withListener(config.listener()
                .withProxy(new ProxyConfig(TRUSTED, AddressFrom.X_FORWARDED_FOR, CertificateFrom.CLIENT_CERT))));
        tcp = TestNode.start(config -> config.withListener(config.listener()
                .at("127.0.0.1", 0, Optional.of(new ListenerConfig.Tls(files.chain(), files.key(), false)))
                .withProxy(new ProxyConfig(TRUSTED, AddressFrom.PROXY_PROTOCOL, CertificateFrom.NONE))));
        Tenant tenant = new Tenant(
                false,
                List.of(),
                List.of(new CertificateAuthority("fleet", FLEET.certificate(), Provisioning.NONE)),
                Set.of(),
                List.of());
        http.registrar().putTenant("acme", tenant);
        Eventually.isTrue(
                "the tenant is known",
                () -> http.server().registry().tenant("acme").equals(tenant));
    }

    @AfterAll
    static void stop() {
        http.close();
        tcp.close();
    }

    // ---- X-Forwarded-For

    @Test
    void theAddressThatATrustedProxyAppendedCounts() throws Exception {
        assertThat(sourceOf(PROXY, "X-Forwarded-For: " + DEVICE)).isEqualTo(DEVICE);
        assertThat(sourceOf(PROXY, "X-Forwarded-For: " + DEVICE + ":50123")).isEqualTo(DEVICE);
        assertThat(sourceOf(PROXY, "X-Forwarded-For: 2001:db8::9")).isEqualTo("2001:db8:0:0:0:0:0:9");
        assertThat(sourceOf(PROXY)).as("no header").isEqualTo(PROXY);
    }

    @Test
    void whatADeviceWroteBeforeItDoesNot() throws Exception {
        assertThat(sourceOf(PROXY, "X-Forwarded-For: 192.0.2.1, " + DEVICE)).isEqualTo(DEVICE);
        assertThat(sourceOf(PROXY, "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: " + DEVICE))
                .isEqualTo(DEVICE);
        assertThat(sourceOf(PROXY, "X-Forwarded-For: " + PROXY + ", " + DEVICE)).isEqualTo(DEVICE);
        assertThat(sourceOf(PROXY, "X-Forwarded-For: 192.0.2.1, " + DEVICE + ", " + INNER_PROXY))
                .as("two proxies, one behind the other")
                .isEqualTo(DEVICE);
        assertThat(sourceOf(PROXY, "X-Forwarded-For: 192.0.2.1, nonsense, " + INNER_PROXY))
                .as("nothing to be read there")
                .isEqualTo(INNER_PROXY);
    }

    @Test
    void whoIsNoTrustedProxyCannotSetAnAddressOrBringACertificate() throws Exception {
        http.register(pump);
        String certificate = item(FLEET.client("acme", pump.device()));

        assertThat(sourceOf(STRANGER, "X-Forwarded-For: " + DEVICE)).isEqualTo(STRANGER);
        assertThat(sourceOf(STRANGER, "Forwarded: for=" + DEVICE)).isEqualTo(STRANGER);
        assertThat(sourceOf(STRANGER, "X-Forwarded-For: " + PROXY)).isEqualTo(STRANGER);
        assertThat(outcome(STRANGER, "Client-Cert: " + certificate)).isEqualTo("401");
        assertThat(outcome(STRANGER, "Client-Cert: " + certificate, "X-Forwarded-For: " + PROXY))
                .isEqualTo("401");
        assertThat(outcome(PROXY, "Client-Cert: " + certificate)).isEqualTo("101");
    }

    @Test
    void limitsCountForTheDevicesAddress() throws Exception {
        try (TestNode node = TestNode.start(config -> config.withListener(limited(config)
                .withProxy(new ProxyConfig(TRUSTED, AddressFrom.X_FORWARDED_FOR, CertificateFrom.NONE))))) {
            for (int i = 0; i < ListenerConfig.DEFAULTS.badCredentialsPerDevice(); i++) {
                assertThat(bad(node, "X-Forwarded-For: " + DEVICE)).isEqualTo("401");
            }
            assertThat(bad(node, "X-Forwarded-For: " + DEVICE)).isEqualTo("429");
            assertThat(bad(node, "X-Forwarded-For: 192.0.2.77, " + DEVICE))
                    .as("with an address of its own choice before it")
                    .isEqualTo("429");
            assertThat(bad(node, "X-Forwarded-For: 203.0.113.10")).isEqualTo("401");
        }
    }

    // ---- certificates in a header

    @Test
    void aCertificateThatATrustedProxyPassesOnIsJudgedLikeOneThatCameByTls() throws Exception {
        http.register(pump);
        assertThat(outcome(PROXY, "Client-Cert: " + item(FLEET.client("acme", pump.device()))))
                .isEqualTo("101");
        assertThat(outcome(PROXY, "Client-Cert: " + item(FLEET.expiredClient("acme", pump.device()))))
                .isEqualTo("401");
        assertThat(outcome(
                        PROXY,
                        "Client-Cert: " + item(TestAuthority.create("nobody's").client("acme", pump.device()))))
                .isEqualTo("401");
        assertThat(outcome(PROXY, "Client-Cert: :AAAA:")).isEqualTo("400");
        assertThat(outcome(PROXY)).as("none").isEqualTo("401");
    }

    // ---- the PROXY protocol

    @Test
    void theAddressInThePROXYHeaderOfATrustedProxyCounts() throws Exception {
        assertThat(sourceByTcp(PROXY, v2(0x21, 0x11, addresses(DEVICE, "192.0.2.1"))))
                .isEqualTo(DEVICE);
        assertThat(sourceByTcp(PROXY, v2(0x21, 0x21, addresses("2001:db8::9", "2001:db8::1"))))
                .isEqualTo("2001:db8:0:0:0:0:0:9");
        assertThat(sourceByTcp(PROXY, v2(0x20, 0x00, new byte[0])))
                .as("LOCAL: the proxy speaks for itself")
                .isEqualTo(PROXY);
        assertThat(sourceByTcp(
                        PROXY,
                        ("PROXY TCP4 " + DEVICE + " 192.0.2.1 50123 443\r\n").getBytes(StandardCharsets.US_ASCII)))
                .as("version 1")
                .isEqualTo(DEVICE);
    }

    @Test
    void aTrustedProxyThatDoesNotSayWhomItSpeaksForIsCut() throws Exception {
        assertThat(outcomeByTcp(PROXY, new byte[0])).isEqualTo("cut");
        assertThat(outcomeByTcp(PROXY, v2(0x31, 0x11, addresses(DEVICE, "192.0.2.1"))))
                .as("version 3")
                .isEqualTo("cut");
        assertThat(outcomeByTcp(PROXY, v2(0x21, 0x11, new byte[2_000])))
                .as("longer than a header is")
                .isEqualTo("cut");
    }

    @Test
    void whoIsNoTrustedProxyCannotSpeakThePROXYProtocol() throws Exception {
        assertThat(outcomeByTcp(STRANGER, v2(0x21, 0x11, addresses(DEVICE, "192.0.2.1"))))
                .isEqualTo("cut");
        assertThat(outcomeByTcp(STRANGER, new byte[0])).isEqualTo("401");
        assertThat(latestSource(tcp)).isEqualTo(STRANGER);
    }

    // ---- a node to which only its proxies are let

    @Test
    void withoutTlsOnlyTrustedProxiesAreLetIn() throws Exception {
        try (TestNode node = TestNode.start(config -> config.withListener(config.listener()
                .withProxy(new ProxyConfig(TRUSTED, AddressFrom.X_FORWARDED_FOR, CertificateFrom.NONE))
                .at("0.0.0.0", 0, Optional.empty())))) {
            try (RawPeer proxy = new RawPeer(node.server().url(), "", socket(node, PROXY))) {
                proxy.raw(proxy.goodHead());
                assertThat(proxy.httpOutcome()).isEqualTo("401");
            }
            try (RawPeer stranger = new RawPeer(node.server().url(), "", socket(node, STRANGER))) {
                stranger.raw(stranger.goodHead());
                assertThat(stranger.httpOutcome()).isEqualTo("cut");
            }
        }
    }

    // ---- peers

    private static ListenerConfig limited(IngestConfig config) {
        ListenerConfig limits = ListenerConfig.DEFAULTS;
        return limits.at("127.0.0.1", 0, config.listener().tls());
    }

    private static String bad(TestNode node, String header) throws IOException {
        try (RawPeer peer = new RawPeer(node.server().url(), "Basic bm8vYm9keTp4", socket(node, PROXY))) {
            peer.raw(with(peer.goodHead(), header));
            return peer.httpOutcome();
        }
    }

    private static String sourceOf(String peer, String... headers) throws IOException {
        assertThat(outcome(peer, headers)).isEqualTo("401");
        return latestSource(http);
    }

    private static String latestSource(TestNode node) {
        return node.server().refusedAttempts().latest().get(0).source();
    }

    private static String outcome(String from, String... headers) throws IOException {
        try (RawPeer peer = new RawPeer(http.server().url(), "", socket(http, from))) {
            String head = peer.goodHead().replaceAll("(?m)^Authorization: .*\r\n", "");
            for (String header : headers) {
                head = with(head, header);
            }
            peer.raw(head);
            return peer.httpOutcome();
        }
    }

    private static String with(String head, String header) {
        return head.replace("\r\n\r\n", "\r\n" + header + "\r\n\r\n");
    }

    private static String sourceByTcp(String from, byte[] header) throws Exception {
        assertThat(outcomeByTcp(from, header)).isEqualTo("401");
        return latestSource(tcp);
    }

    private static String outcomeByTcp(String from, byte[] header) throws Exception {
        Socket socket = socket(tcp, from);
        try {
            socket.getOutputStream().write(header);
            SSLSocket tls = (SSLSocket) SERVERS.clientContext()
                    .getSocketFactory()
                    .createSocket(socket, "127.0.0.1", tcp.server().url().getPort(), true);
            tls.startHandshake();
            try (RawPeer peer = new RawPeer(tcp.server().url(), "", tls)) {
                peer.raw(peer.goodHead().replaceAll("(?m)^Authorization: .*\r\n", ""));
                return peer.httpOutcome();
            }
        } catch (IOException noTls) {
            return "cut";
        } finally {
            socket.close();
        }
    }

    private static Socket socket(TestNode node, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), node.server().url().getPort()));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String item(TestCertificate certificate) throws Exception {
        return ":"
                + Base64.getEncoder().encodeToString(certificate.chain().get(0).getEncoded()) + ":";
    }

    private static byte[] v2(int versionAndCommand, int familyAndTransport, byte[] rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        out.write(versionAndCommand);
        out.write(familyAndTransport);
        out.writeBytes(ByteBuffer.allocate(2).putShort((short) rest.length).array());
        out.writeBytes(rest);
        return out.toByteArray();
    }

    private static byte[] addresses(String source, String destination) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(InetAddress.getByName(source).getAddress());
        out.writeBytes(InetAddress.getByName(destination).getAddress());
        out.writeBytes(ByteBuffer.allocate(4)
                .putShort((short) 50_123)
                .putShort((short) 443)
                .array());
        return out.toByteArray();
    }
}
