package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fleetline.ingest.admin.AdminConfig;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.jetty.ProxyConfig;
import io.fleetline.ingest.jetty.ProxyConfig.AddressFrom;
import io.fleetline.ingest.jetty.ProxyConfig.CertificateFrom;
import io.fleetline.ingest.registry.CertificateAuthority;
import io.fleetline.ingest.registry.Provisioning;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node behind the real HAProxy and nginx, with the configuration files that deploy/ has for them. */
@Tag("interop")
class ProxyInteropTest {
    private static final String LOOPBACK = "127.0.0.1";
    /** Where the device comes from: an address that neither proxy nor node has. */
    private static final String DEVICE_ADDRESS = "127.0.0.77";

    private static final TestAuthority SERVERS = TestAuthority.create("the operator's");
    private static final TestAuthority FLEET = TestAuthority.create("the fleet's");
    private static final TestAuthority STRANGER = TestAuthority.create("nobody's");
    private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private final DeviceId pump = TestNode.newDeviceId();

    @Test
    void haproxyPassesTlsOnAndSaysWhoComes() throws Exception {
        Path haproxy = program("haproxy");
        TestCertificate.PemFiles files = SERVERS.server().writeTo(directory, "node");
        ListenerConfig.Tls tls = new ListenerConfig.Tls(files.chain(), files.key(), false);
        try (TestNode node = node(Optional.of(tls), AddressFrom.PROXY_PROTOCOL, CertificateFrom.NONE);
                Proxy proxy = haproxy(haproxy, "passthrough.cfg", node)) {
            everythingWorksThrough(proxy, node);
        }
    }

    @Test
    void haproxyEndsTlsAndPassesTheCertificateOn() throws Exception {
        Path haproxy = program("haproxy");
        try (TestNode node = node(Optional.empty(), AddressFrom.X_FORWARDED_FOR, CertificateFrom.CLIENT_CERT);
                Proxy proxy = haproxy(haproxy, "termination.cfg", node)) {
            everythingWorksThrough(proxy, node);
        }
    }

    @Test
    void nginxEndsTlsAndPassesTheCertificateOn() throws Exception {
        Path nginx = program("nginx");
        try (TestNode node = node(Optional.empty(), AddressFrom.X_FORWARDED_FOR, CertificateFrom.SSL_CLIENT_CERT);
                Proxy proxy = nginx(nginx, node)) {
            everythingWorksThrough(proxy, node);
        }
    }

    private void everythingWorksThrough(Proxy proxy, TestNode node) throws Exception {
        trust(node);
        String secret = node.register(pump);
        for (boolean certified : new boolean[] {false, true}) {
            HttpClient http = HttpClient.newBuilder()
                    .sslContext(SERVERS.clientContext(certified ? FLEET.client("acme", pump.device()) : null))
                    .build();
            Optional<String> authorization = certified ? Optional.empty() : Optional.of(TestDevice.basic(pump, secret));
            try (TestDevice device = TestDevice.connect(http, proxy.url(), authorization)) {
                device.hello();
                device.open(Lane.NORMAL, 1, 0);
                device.publish(Lane.NORMAL, 1, 0, TestDevice.readings(1, 100));
                device.awaitAck(Lane.NORMAL, 100);
            }
        }

        // The address that an operator reads is the device's, whatever the device says about itself.
        String own = ":"
                + Base64.getEncoder()
                        .encodeToString(FLEET.client("acme", pump.device())
                                .chain()
                                .get(0)
                                .getEncoded())
                + ":";
        for (List<String> lies : List.of(
                List.<String>of(),
                List.of("X-Forwarded-For: 203.0.113.9"),
                List.of("X-Forwarded-For: " + LOOPBACK, "X-Forwarded-For: 203.0.113.9"),
                List.of("Client-Cert: " + own, "Client-Cert-Chain: " + own),
                List.of("SSL-Client-Cert: -----BEGIN%20CERTIFICATE-----"))) {
            assertThat(handshake(proxy, null, lies)).as("with %s", lies).isEqualTo("401");
            assertThat(node.server().refusedAttempts().latest().get(0).source())
                    .as("with %s", lies)
                    .isEqualTo(DEVICE_ADDRESS);
        }
        assertThat(handshake(proxy, STRANGER.client("acme", pump.device()), List.of()))
                .as("a certificate of nobody's")
                .isEqualTo("401");
        assertThat(handshake(proxy, STRANGER.client("acme", pump.device()), List.of("Client-Cert: " + own)))
                .as("a certificate of nobody's, and a good one in a header of its own")
                .isEqualTo("401");
    }

    // ---- the node

    private TestNode node(Optional<ListenerConfig.Tls> tls, AddressFrom address, CertificateFrom certificate) {
        Path tokens = directory.resolve("admin.tokens");
        return TestNode.start(config -> config.withListener(config.listener()
                        .at(LOOPBACK, 0, tls)
                        .withProxy(new ProxyConfig(LOOPBACK, address, certificate)))
                .withAdmin(new AdminConfig(LOOPBACK, 0, Optional.of(tokens), false)));
    }

    private static void trust(TestNode node) {
        Tenant tenant = new Tenant(
                false,
                List.of(),
                List.of(new CertificateAuthority("fleet", FLEET.certificate(), Provisioning.NONE)),
                Set.of(),
                List.of());
        node.registrar().putTenant("acme", tenant);
        Eventually.isTrue(
                "the tenant is known",
                () -> node.server().registry().tenant("acme").equals(tenant));
    }

    // ---- the proxies

    private static Path program(String name) {
        Optional<Path> found = Stream.concat(
                        Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(place -> Path.of(place, name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeThat(found).as(name + " is not installed here").isPresent();
        return found.orElseThrow();
    }

    private Proxy haproxy(Path program, String config, TestNode node) throws Exception {
        TestCertificate.PemFiles files = SERVERS.server().writeTo(directory, "proxy");
        Path both = directory.resolve("both.pem");
        Files.writeString(both, Files.readString(files.chain()) + Files.readString(files.key()));
        int port = freePort();
        String listener = LOOPBACK + ":" + node.server().url().getPort();
        String admin = Integer.toString(node.server().adminUrl().orElseThrow().getPort());
        ProcessBuilder builder = new ProcessBuilder(
                program.toString(),
                "-db",
                "-f",
                DEPLOY.resolve("haproxy").resolve(config).toString());
        builder.environment()
                .putAll(Map.of(
                        "FLEETLINE_LISTEN",
                        LOOPBACK + ":" + port,
                        "FLEETLINE_CERTIFICATE",
                        both.toString(),
                        "FLEETLINE_AUTHORITIES",
                        FLEET.writeCertificate(directory).toString(),
                        "FLEETLINE_NODE_1",
                        listener,
                        "FLEETLINE_NODE_2",
                        listener,
                        "FLEETLINE_ADMIN_1",
                        admin,
                        "FLEETLINE_ADMIN_2",
                        admin));
        return new Proxy(builder, port);
    }

    private Proxy nginx(Path program, TestNode node) throws Exception {
        TestCertificate.PemFiles files = SERVERS.server().writeTo(directory, "proxy");
        int port = freePort();
        Files.createDirectories(directory.resolve("fleetline"));
        Files.createDirectories(directory.resolve("logs"));
        Files.writeString(
                directory.resolve("fleetline/nodes.conf"),
                "server " + LOOPBACK + ":" + node.server().url().getPort() + ";\n");
        Files.writeString(
                directory.resolve("fleetline/listen.conf"),
                "listen " + LOOPBACK + ":" + port + " ssl;\n"
                        + "ssl_certificate " + files.chain() + ";\n"
                        + "ssl_certificate_key " + files.key() + ";\n");
        StringBuilder temporary = new StringBuilder();
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            temporary.append(kind + "_temp_path " + directory.resolve("temporary-" + kind) + ";\n");
        }
        Path config = directory.resolve("nginx.conf");
        Files.writeString(
                config,
                "daemon off;\nmaster_process off;\npid " + directory.resolve("nginx.pid") + ";\n"
                        + "error_log stderr;\nevents {}\nhttp {\naccess_log off;\n" + temporary + "include "
                        + DEPLOY.resolve("nginx/fleetline.conf") + ";\n}\n");
        return new Proxy(new ProcessBuilder(program.toString(), "-p", directory + "/", "-c", config.toString()), port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A proxy as a process of its own, once it listens. */
    private final class Proxy implements AutoCloseable {
        private final Process process;
        private final Path log = directory.resolve("proxy.log");
        private final int port;

        Proxy(ProcessBuilder builder, int port) throws IOException {
            this.port = port;
            process = builder.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Eventually.isTrue("the proxy listens", () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("the proxy ended: " + said());
                }
                try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    return probe.isConnected();
                } catch (IOException notYet) {
                    return false;
                }
            });
        }

        private String said() {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                return e.toString();
            }
        }

        URI url() {
            return URI.create("wss://" + LOOPBACK + ":" + port + "/connect");
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit()
                    .completeOnTimeout(process, 20, TimeUnit.SECONDS)
                    .join()
                    .destroyForcibly();
        }
    }

    // ---- the device

    private static String handshake(Proxy proxy, @Nullable TestCertificate certificate, List<String> headers)
            throws Exception {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(DEVICE_ADDRESS, 0));
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), proxy.url().getPort()));
        Socket tls = SERVERS.clientContext(certificate)
                .getSocketFactory()
                .createSocket(socket, LOOPBACK, proxy.url().getPort(), true);
        try (RawPeer peer = new RawPeer(proxy.url(), "", tls)) {
            String head = peer.goodHead().replaceAll("(?m)^Authorization: .*\r\n", "");
            peer.raw(head.replace(
                    "\r\n\r\n",
                    "\r\n"
                            + String.join(
                                    "", headers.stream().map(h -> h + "\r\n").toList()) + "\r\n"));
            return peer.httpOutcome();
        }
    }
}
